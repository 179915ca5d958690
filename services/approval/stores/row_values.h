// How the stores of this service keep days, numbers of states, lists and positions in pages.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/approval/store.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/database.h"

namespace assay::approval::rows {

inline std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }
inline std::optional<std::string> Text(const std::optional<absl::CivilDay>& day) {
  if (!day.has_value()) return std::nullopt;
  return absl::FormatCivilTime(*day);
}
inline std::string Lines(const std::vector<std::string>& lines) {
  return absl::StrJoin(lines, "\n");
}
inline std::vector<std::string> LinesOf(std::string_view text) {
  if (text.empty()) return {};
  return absl::StrSplit(platform::View(text), '\n');
}

inline absl::StatusOr<absl::CivilDay> DayOf(const platform::SqlRow& row, int column) {
  absl::CivilDay day;
  if (absl::ParseCivilTime(platform::View(row.Text(column)), &day)) return day;
  return absl::DataLossError(absl::StrCat("no day: ", platform::View(row.Text(column))));
}
inline absl::Time TimeOf(const platform::SqlRow& row, int column) {
  return absl::FromUnixMicros(row.Int(column));
}
template <typename T>
absl::StatusOr<T> EnumOf(const platform::SqlRow& row, int column, int count) {
  const std::int64_t value = row.Int(column);
  if (value >= 0 && value < count) return static_cast<T>(value);
  return absl::DataLossError(absl::StrCat("no such value: ", value));
}

// Which rows of a list in the order of centre and id are read: those after a position "centre/id",
// and of one centre only, if the list or the reach is of one. As bounds of the key, so that a page
// of one centre costs the same however many centres there are.
class Span {
 public:
  Span(const Reach& reach, std::string_view centre, std::string_view after) {
    if (centre.empty()) centre = reach.within;
    // A centre out of reach has nothing.
    none_ = !reach.within.empty() && centre != reach.within;
    const std::size_t slash = after.find('/');
    first_ = after.empty() ? centre : after.substr(0, slash);
    if (slash != after.npos) id_ = after.substr(slash + 1);
    last_ = centre.empty() ? kAfterAll : centre;
  }
  bool none() const { return none_; }
  std::string_view first() const { return first_; }
  std::string_view id() const { return id_; }
  std::string_view last() const { return last_; }

 private:
  static constexpr std::string_view kAfterAll =
      "~";  // Ids have lower-case letters, digits and "-".

  bool none_ = false;
  std::string_view first_, id_, last_;
};

}  // namespace assay::approval::rows
