// What the stores of this folder share: a query that grows with what is asked, and rows as items.
//
// Example:
//   Query sql("SELECT id FROM reviews WHERE tenant = ");
//   sql.Bind(tenant);
//   if (state) sql.Add(" AND state = ").Bind(*state);
//   return Collect<std::string>(tx, sql, [](const SqlRow& row) { return std::string(row.Text(0));
//   });
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
#include "absl/time/time.h"
#include "services/moderation/model.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/database.h"

namespace assay::moderation {

// Texts that are bound must outlive it.
class Query {
 public:
  explicit Query(std::string_view sql) : sql_(sql) {}
  Query& Add(std::string_view sql) {
    sql_.append(sql);
    return *this;
  }
  Query& Bind(platform::SqlValue value) {
    values_.push_back(value);
    absl::StrAppend(&sql_, "$", values_.size());
    return *this;
  }
  const std::string& sql() const { return sql_; }
  std::span<const platform::SqlValue> values() const { return values_; }

 private:
  std::string sql_;
  std::vector<platform::SqlValue> values_;
};

template <typename Item, typename Make>
absl::StatusOr<std::vector<Item>> Collect(platform::Transaction& tx, const Query& query,
                                          Make make) {
  std::vector<Item> items;
  RETURN_IF_ERROR(tx.Query(query.sql(), query.values(), [&](const platform::SqlRow& row) {
    items.push_back(make(row));
    return absl::OkStatus();
  }));
  return items;
}

inline std::optional<std::int64_t> MicrosOf(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return std::nullopt;
  return absl::ToUnixMicros(*time);
}
inline std::optional<absl::Time> OptionalTimeAt(const platform::SqlRow& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return absl::FromUnixMicros(row.Int(column));
}
inline std::optional<std::int64_t> OptionalIntAt(const platform::SqlRow& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.Int(column);
}

}  // namespace assay::moderation
