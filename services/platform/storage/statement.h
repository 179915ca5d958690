// Queries whose conditions depend on what is asked. Text that is bound must outlive the query; bind
// one value an expression, since the order of two in one is not said.
//
// Example:
//   Statement sql("SELECT id FROM series WHERE tenant = ");
//   sql.Bind(tenant);
//   if (!after.empty()) sql.Add(" AND id > ").Bind(after);
//   tx.Query(sql.sql(), sql.values(), …);
#pragma once
#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/storage/database.h"

namespace assay::platform {

// The values alone, for a text that is put together in another order than it is read, or that
// names one value twice.
class Parameters {
 public:
  // "$3", by which the text names the value.
  std::string Bind(SqlValue value) {
    values_.push_back(value);
    return absl::StrCat("$", values_.size());
  }
  // Text that would be gone before the query runs.
  template <std::same_as<std::string> Text>
  std::string Bind(Text&& text) = delete;
  // "($3, $4)"; "(NULL)" for none, which nothing is in.
  std::string BindAll(std::span<const std::string> texts) {
    std::string list;
    for (const std::string& text : texts) {
      absl::StrAppend(&list, list.empty() ? "" : ", ", Bind(text));
    }
    return absl::StrCat("(", list.empty() ? "NULL" : list, ")");
  }
  std::span<const SqlValue> values() const { return values_; }

 private:
  std::vector<SqlValue> values_;
};

class Statement {
 public:
  explicit Statement(std::string_view sql) : sql_(sql) {}
  Statement& Add(std::string_view sql) {
    sql_.append(sql);
    return *this;
  }
  Statement& Bind(SqlValue value) {
    sql_ += parameters_.Bind(value);
    return *this;
  }
  template <std::same_as<std::string> Text>
  Statement& Bind(Text&& text) = delete;
  const std::string& sql() const { return sql_; }
  std::span<const SqlValue> values() const { return parameters_.values(); }

 private:
  std::string sql_;
  Parameters parameters_;
};

}  // namespace assay::platform
