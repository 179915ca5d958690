#include "services/platform/storage/deferred.h"

#include <algorithm>
#include <utility>

#include "services/platform/core/status_macros.h"

namespace assay::platform {

std::string_view DeferredWrites::Keep(std::string_view text) { return texts_.emplace_back(text); }

SqlValue DeferredWrites::Keep(const SqlValue& value) {
  if (const auto* text = std::get_if<std::string_view>(&value.value)) return Keep(*text);
  if (const auto* blob = std::get_if<Blob>(&value.value)) return Blob{Keep(blob->bytes)};
  return value;
}

DeferredWrites::Mark DeferredWrites::Here() const {
  Mark mark{.statements = statements_.size(), .rows = {}};
  for (const Rows& rows : tables_) mark.rows.push_back(rows.values.size());
  return mark;
}

void DeferredWrites::BackTo(const Mark& mark) {
  statements_.resize(mark.statements);
  tables_.resize(mark.rows.size());
  for (std::size_t i = 0; i < tables_.size(); ++i) tables_[i].values.resize(mark.rows[i], nullptr);
}

absl::Status DeferredWrites::Apply(Transaction& tx) const {
  for (const Statement& statement : statements_) {
    const auto values = std::span(values_).subspan(statement.values, statement.count);
    RETURN_IF_ERROR(tx.Execute(statement.sql, values).status());
  }
  for (const Rows& rows : tables_) {
    const std::vector<std::string_view> columns(rows.columns.begin(), rows.columns.end());
    const std::size_t width = columns.size();
    RETURN_IF_ERROR(tx.BulkInsertKept(
        rows.table, columns, static_cast<std::int64_t>(rows.values.size() / width),
        [&](std::int64_t i, std::span<SqlValue> out) {
          std::copy_n(rows.values.begin() + i * static_cast<std::int64_t>(width), width,
                      out.begin());
        }));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> DeferredTransaction::Execute(std::string_view sql,
                                                          std::span<const SqlValue> values) {
  writes_.statements_.push_back({writes_.Keep(sql), writes_.values_.size(), values.size()});
  for (const SqlValue& value : values) writes_.values_.push_back(writes_.Keep(value));
  return 1;
}

absl::Status DeferredTransaction::Query(std::string_view sql, std::span<const SqlValue> values,
                                        absl::FunctionRef<absl::Status(const SqlRow&)> row) {
  return snapshot_.Query(sql, values, row);
}

absl::Status DeferredTransaction::BulkInsert(
    std::string_view table, std::span<const std::string_view> columns, std::int64_t rows,
    absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) {
  if (columns.empty()) return absl::InternalError("a row has columns");
  const auto same = [&](const DeferredWrites::Rows& known) {
    return known.table == table && std::ranges::equal(known.columns, columns);
  };
  auto into = std::find_if(writes_.tables_.begin(), writes_.tables_.end(), same);
  if (into == writes_.tables_.end()) {
    into = writes_.tables_.insert(into, {std::string(table), {columns.begin(), columns.end()}, {}});
  }
  std::vector<SqlValue> values(columns.size(), nullptr);
  for (std::int64_t i = 0; i < rows; ++i) {
    fill(i, values);
    for (const SqlValue& value : values) into->values.push_back(writes_.Keep(value));
  }
  return absl::OkStatus();
}

}  // namespace assay::platform
