// The values of a query whose conditions depend on what is asked. Text that is bound must outlive
// the query; bind one value an expression, since the order of two in one is not said.
//
// Example:
//   Statement sql("SELECT id FROM series WHERE tenant = ");
//   sql.Bind(tenant);
//   if (!after.empty()) sql.Add(" AND id > ").Bind(after);
//   tx.Query(sql.sql(), sql.values(), …);
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/storage/database.h"

namespace assay::platform {

class Statement {
 public:
  explicit Statement(std::string_view sql) : sql_(sql) {}
  Statement& Add(std::string_view sql) {
    sql_.append(sql);
    return *this;
  }
  Statement& Bind(SqlValue value) {
    values_.push_back(value);
    absl::StrAppend(&sql_, "$", values_.size());
    return *this;
  }
  const std::string& sql() const { return sql_; }
  std::span<const SqlValue> values() const { return values_; }

 private:
  std::string sql_;
  std::vector<SqlValue> values_;
};

}  // namespace assay::platform
