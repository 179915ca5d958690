// National registers: what their files look like, and one row of them as an entry.
//
// A register is an entry in a table: its columns, what form each has, and which register its rows
// belong to. Pure: rows come in as texts by column, what is wrong with them goes out by column.
//
// Example:
//   const Register* pathways = FindRegister("pathways");
//   RegisterRow row = ReadRow(*pathways, [&](std::string_view column) { return table.Get(column);
//   });
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/civil_time.h"

namespace assay::approval {

struct RegisterEntry {
  std::string id;
  std::string code;
  std::string title;
  std::string belongs_to;  // "pathways/1", or "".
  std::optional<absl::CivilDay> first_day;
  std::optional<absl::CivilDay> last_day;
  std::map<std::string, std::string> facts;

  friend bool operator==(const RegisterEntry&, const RegisterEntry&) = default;
};

struct RegisterFault {
  std::string column;
  std::string reason;   // "NUMBER_MALFORMED"
  std::string message;  // With the value and what to do.
};

struct RegisterRow {
  RegisterEntry entry;
  std::vector<RegisterFault> faults;  // Any: the row is refused.
  std::vector<RegisterFault> notes;   // Odd, and told; the row is taken.
};

// What a column holds, and what becomes of a value of another form.
enum class Form {
  kText,
  kNumber,        // Digits.
  kFlag,          // 0 or 1.
  kDay,           // 2026-06-30
  kSerialDay,     // Days since 1900, as spreadsheets count.
  kUkprn,         // Or "-".
  kLearningAim,   // Eight figures, the last of which may be an X; or a letter code: "ZTLOS001".
  kRegulated,     // "603/4268/7", the last figure may be an X.
  kRecognition,   // "RN5112": two letters, four figures.
  kOrganisation,  // "EPA0001"
  kArea,          // "15" or "15.1"
  kRegions,       // "London; North East", or "All".
};

enum class Use { kId, kCode, kTitle, kParent, kFirstDay, kLastDay, kFact };

struct RegisterColumn {
  std::string_view column;
  Form form = Form::kText;
  Use use = Use::kFact;
  std::string_view fact;  // Of kFact.
  bool required = false;
  // A value of another form is told and left out; otherwise it refuses the row.
  bool lenient = false;
};

struct Register {
  std::string_view name;
  char separator = ',';
  std::span<const RegisterColumn> columns;  // Those of kId, joined by hyphens, make the id.
  std::string_view parent;                  // Register that the rows belong to; "": none.
  // A fact whose value some entry of another register must have too; "": none.
  std::string_view shared_fact = "";
  std::string_view shared_with = "";
};

std::span<const Register> Registers();
const Register* FindRegister(std::string_view name);  // Null if there is none.
std::string RegisterNames();                          // "pathways, specialisms, …"

using ColumnOf = absl::FunctionRef<std::string_view(std::string_view)>;
RegisterRow ReadRow(const Register& reg, ColumnOf column);

// What differs: `title: "Old" to "New"`.
std::vector<std::string> ChangesBetween(const RegisterEntry& before, const RegisterEntry& after);

// Facts as one text, a name, a tab and a value a line, and back.
std::string WriteFacts(const std::map<std::string, std::string>& facts);
std::map<std::string, std::string> ReadFacts(std::string_view text);

// Whether a list of regions ("London; North East", "All") has a region.
bool Covers(std::string_view regions, std::string_view region);

}  // namespace assay::approval
