// Runs a command's reading and thinking against a snapshot, off the one writer, and keeps its
// writes for later: many such can think at once, and their writes go in together.
//
// Only for commands that do not read what they write, and whose facts the caller can compare before
// Apply: nothing has locked them meanwhile.
//
// Example:
//   DeferredWrites later;
//   db.ReadNow([&](Transaction& tx) { DeferredTransaction t(tx, later); return Draw(t, …); });
//   db.WriteNow([&](Transaction& tx) { RETURN_IF_ERROR(still_so(tx)); return later.Apply(tx); });
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/platform/storage/database.h"

namespace assay::platform {

class DeferredWrites {
 public:
  // In the order in which they came; bulk rows of one table go in together. May be called again
  // in another transaction, as bodies may be run again.
  absl::Status Apply(Transaction& tx) const;

  // Where a command's writes begin, and to forget them if it fails.
  struct Mark {
    std::size_t statements = 0;
    std::vector<std::size_t> rows;  // By table.
  };
  Mark Here() const;
  void BackTo(const Mark& mark);

 private:
  friend class DeferredTransaction;
  struct Statement {
    std::string_view sql;
    std::size_t values = 0;  // Where its values begin …
    std::size_t count = 0;   // … and how many they are.
  };
  struct Rows {
    std::string table;
    std::vector<std::string> columns;
    std::vector<SqlValue> values;
  };

  std::string_view Keep(std::string_view text);
  SqlValue Keep(const SqlValue& value);

  std::deque<std::string> texts_;  // A deque: what is kept stays where it is.
  std::vector<SqlValue> values_;
  std::vector<Statement> statements_;
  std::vector<Rows> tables_;
};

// Reads from `snapshot`. Execute says that one row changed.
class DeferredTransaction final : public Transaction {
 public:
  using Transaction::Execute;
  using Transaction::Query;
  DeferredTransaction(Transaction& snapshot, DeferredWrites& writes)
      : snapshot_(snapshot), writes_(writes) {}

  absl::StatusOr<std::int64_t> Execute(std::string_view sql,
                                       std::span<const SqlValue> values) override;
  absl::Status Query(std::string_view sql, std::span<const SqlValue> values,
                     absl::FunctionRef<absl::Status(const SqlRow&)> row) override;
  absl::Status BulkInsert(std::string_view table, std::span<const std::string_view> columns,
                          std::int64_t rows,
                          absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) override;

 private:
  Transaction& snapshot_;
  DeferredWrites& writes_;
};

}  // namespace assay::platform
