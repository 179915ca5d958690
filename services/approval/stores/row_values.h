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

// The two parts of a position "centre/id".
struct Position {
  std::string_view centre;
  std::string_view id;
};
inline Position PositionOf(std::string_view after) {
  const std::size_t slash = after.find('/');
  if (slash == after.npos) return {after, {}};
  return {after.substr(0, slash), after.substr(slash + 1)};
}

}  // namespace assay::approval::rows
