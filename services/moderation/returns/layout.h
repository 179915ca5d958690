// The shape of a regulator's return: its columns, where each value comes from, and the pattern it
// has to fit. The rule of a policy of kind `return`.
//
// Regulators publish a pattern for each field, and not all of them are well formed: some do not
// compile, some do not say what their own description allows ("-2 if there is none"), some have
// alternatives that escape their anchors. A layout keeps what was published; what is checked is
// that, wrapped so that it stands for the whole field and for what may stand for nothing, or
// a pattern of ours where the published one cannot be used. Whatever was done is in `note`.
//
// Example:
//   CheckedPattern checked = PatternOf(column);   // "^\d{1,6}$" with -2 → "^(?:-2|(?:^\d{1,6}$))$"
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace assay::moderation {

struct ReturnColumn {
  std::string name;                        // As the header has it.
  std::string source;                      // One of ReturnSources().
  std::string published;                   // The regulator's pattern, as it came.
  std::string pattern;                     // Ours, where that cannot be used; "" where it can.
  std::string note;                        // Why ours; must be there then.
  std::string absent;                      // Stands for no value: "-2"; "": there must be a value.
  std::string check;                       // "uln", "urn", "ukprn" (QUAL-10) or "".
  std::map<std::string, std::string> map;  // Values that are written otherwise.
};

struct ReturnLayout {
  std::vector<ReturnColumn> columns;
};

// Where values come from.
std::vector<std::string_view> ReturnSources();

// One sentence each.
std::vector<std::string> Contradictions(const ReturnLayout& layout);

struct CheckedPattern {
  std::string used;
  std::string note;  // What was done to the published pattern, and why; "" if nothing.
};
CheckedPattern PatternOf(const ReturnColumn& column);

}  // namespace assay::moderation
