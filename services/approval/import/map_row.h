// One row of a national file into the facts of an establishment, or what is wrong with it.
//
// Every fault of the row is told, each with its column; a row with a fault gives no
// establishment, because half a row would overwrite a whole one.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "services/approval/import/facts.h"
#include "services/approval/import/layout.h"
#include "services/approval/model.h"

namespace assay::approval {

struct RowFault {
  std::string field;    // Column; "" if it is the row as a whole.
  std::string reason;   // "URN_INVALID"
  std::string message;  // For people: the value, and what to do.

  friend bool operator==(const RowFault&, const RowFault&) = default;
};

struct MappedRow {
  Establishment establishment;   // Meaningful only without faults.
  Facts facts;                   // The same as the source says it, with `status` if it says one.
  std::vector<RowFault> faults;  // In column order of the layout.
};

// The value of a column in the row at hand, trimmed; "" if the file has no such column.
using FieldOf = absl::FunctionRef<std::string_view(std::string_view column)>;

// A close date that is still to come, seen from `today`, closes nothing.
//
// Faults: URN_MISSING, URN_INVALID, UKPRN_INVALID, LAESTAB_INVALID, NAME_MISSING,
// REFERENCE_INVALID,
// TEXT_TOO_LONG, STATUS_UNKNOWN, DATE_INVALID, DATES_CROSSED, AGE_INVALID, AGES_CROSSED.
MappedRow MapRow(const Layout& layout, absl::CivilDay today, FieldOf field);

// "43344" (days since the last day but one of 1899, as spreadsheets count), "2018-09-01",
// "01-09-2018" or "01/09/2018" (day first).
std::optional<absl::CivilDay> ParseDate(std::string_view text);

}  // namespace assay::approval
