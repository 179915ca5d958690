// What the stores share: statements whose conditions depend on what is asked, rows into items,
// and times as they are kept (Unix microseconds).
//
// Example:
//   Statement sql("SELECT id FROM series WHERE tenant = ");
//   sql.Bind(tenant);
//   if (!after.empty()) sql.Add(" AND id > ").Bind(after);
//   return Collect<std::string>(tx, sql.sql(), sql.values(),
//                               [](const platform::SqlRow& row) { return std::string(row.Text(0));
//                               });
#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/moderation/model.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/statement.h"

namespace assay::moderation {

inline std::int64_t Micros(absl::Time time) { return absl::ToUnixMicros(time); }
inline std::optional<std::int64_t> Micros(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return std::nullopt;
  return absl::ToUnixMicros(*time);
}
inline absl::Time TimeAt(const platform::SqlRow& row, int column) {
  return absl::FromUnixMicros(row.Int(column));
}
inline std::optional<std::int64_t> OptionalInt(const platform::SqlRow& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.Int(column);
}
inline std::optional<absl::Time> OptionalTime(const platform::SqlRow& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return TimeAt(row, column);
}

using platform::Statement;

// " AND …": what of the tenant's submissions is within reach.
inline void Limit(Statement& sql, const Reach& reach) {
  if (reach.all) return;
  if (!reach.centre.empty() && !reach.moderator.empty()) {
    sql.Add(" AND (centre = ").Bind(reach.centre).Add(" OR moderator_subject = ");
    sql.Bind(reach.moderator).Add(")");
  } else if (!reach.centre.empty()) {
    sql.Add(" AND centre = ").Bind(reach.centre);
  } else if (!reach.moderator.empty()) {
    sql.Add(" AND moderator_subject = ").Bind(reach.moderator);
  } else {
    sql.Add(" AND 1 = 0");  // A reach without centre and moderator is nothing at all.
  }
}

// Runs a query whose rows `make` turns into items.
template <typename Item, typename Make>
absl::StatusOr<std::vector<Item>> Collect(platform::Transaction& tx, std::string_view sql,
                                          std::span<const platform::SqlValue> values, Make make) {
  std::vector<Item> items;
  RETURN_IF_ERROR(tx.Query(sql, values, [&](const platform::SqlRow& row) {
    items.push_back(make(row));
    return absl::OkStatus();
  }));
  return items;
}
template <typename Item, typename Make>
absl::StatusOr<std::vector<Item>> Collect(platform::Transaction& tx, std::string_view sql,
                                          std::initializer_list<platform::SqlValue> values,
                                          Make make) {
  return Collect<Item>(tx, sql, std::span<const platform::SqlValue>(values.begin(), values.size()),
                       make);
}

}  // namespace assay::moderation
