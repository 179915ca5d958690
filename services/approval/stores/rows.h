// What the stores of this service share: days, lists of texts and values of enums as they are kept,
// and statements whose conditions depend on what is asked.
//
// Example:
//   Statement sql("SELECT id FROM sites WHERE tenant = ");
//   sql.Bind(reach.tenant);
//   if (!centre.empty()) sql.Add(" AND centre = ").Bind(centre);
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/approval/store.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/statement.h"

namespace assay::approval {

inline std::string TextOf(absl::CivilDay day) { return absl::FormatCivilTime(day); }
inline std::optional<std::string> TextOf(const std::optional<absl::CivilDay>& day) {
  if (!day.has_value()) return std::nullopt;
  return absl::FormatCivilTime(*day);
}
inline std::optional<std::int64_t> MicrosOf(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return std::nullopt;
  return absl::ToUnixMicros(*time);
}

inline absl::StatusOr<absl::CivilDay> DayAt(const platform::SqlRow& row, int column) {
  absl::CivilDay day;
  if (absl::ParseCivilTime(platform::View(row.Text(column)), &day)) return day;
  return absl::DataLossError(absl::StrCat("no day: ", platform::View(row.Text(column))));
}
inline absl::StatusOr<std::optional<absl::CivilDay>> OptionalDayAt(const platform::SqlRow& row,
                                                                   int column) {
  if (row.IsNull(column)) return std::nullopt;
  ASSIGN_OR_RETURN(const absl::CivilDay day, DayAt(row, column));
  return day;
}
inline absl::Time TimeAt(const platform::SqlRow& row, int column) {
  return absl::FromUnixMicros(row.Int(column));
}
inline std::optional<absl::Time> OptionalTimeAt(const platform::SqlRow& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return TimeAt(row, column);
}

template <typename T>
absl::StatusOr<T> EnumAt(const platform::SqlRow& row, int column, int count) {
  const std::int64_t value = row.Int(column);
  if (value >= 0 && value < count) return static_cast<T>(value);
  return absl::DataLossError(absl::StrCat("no such value: ", value));
}

// Texts without line ends, one a line.
inline std::string LinesOf(const std::vector<std::string>& texts) {
  return absl::StrJoin(texts, "\n");
}
inline std::vector<std::string> LinesAt(const platform::SqlRow& row, int column) {
  const std::string text(row.Text(column));
  if (text.empty()) return {};
  return absl::StrSplit(text, '\n');
}

// Above every text that begins with `prefix`: word >= prefix AND word < this.
inline std::string AfterAllThatBegin(std::string_view prefix) {
  return absl::StrCat(platform::View(prefix), "\xF4\x8F\xBF\xBF");
}

using platform::Parameters;
using platform::Statement;

// Runs a query whose rows `make` turns into items or errors.
template <typename Item, typename Make>
absl::StatusOr<std::vector<Item>> Collect(platform::Transaction& tx, std::string_view sql,
                                          std::span<const platform::SqlValue> values, Make make) {
  std::vector<Item> items;
  RETURN_IF_ERROR(tx.Query(sql, values, [&](const platform::SqlRow& row) -> absl::Status {
    ASSIGN_OR_RETURN(Item item, make(row));
    items.push_back(std::move(item));
    return absl::OkStatus();
  }));
  return items;
}

// "centre/id" in two; a position without a slash is a centre before its first id.
inline std::pair<std::string_view, std::string_view> SplitPosition(std::string_view after) {
  const std::size_t slash = after.find('/');
  if (slash == after.npos) return {after, {}};
  return {after.substr(0, slash), after.substr(slash + 1)};
}

// Which rows of a list in the order of centre and id are read: those after a position "centre/id",
// and of one centre only, if the list or the reach is of one. As bounds of the key, so that a page
// of one centre costs the same however many centres there are.
class RowSpan {
 public:
  RowSpan(const Reach& reach, std::string_view centre, std::string_view after) {
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
  // Ids have lower-case letters, digits and "-".
  static constexpr std::string_view kAfterAll = "~";

  bool none_ = false;
  std::string_view first_, id_, last_;
};

}  // namespace assay::approval
