// One connection to a SQLite file: statements prepared once, values bound, errors
// classified. Private to the room; used by one thread at a time.
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/storage/database.h"

namespace assay::platform::storage {

class SqliteConnection final : public Transaction {
 public:
  enum class Role { kWriter, kReader };
  // Not durable: a commit does not wait for the disk.
  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(const std::string& path, Role role,
                                                                bool durable);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  absl::StatusOr<std::int64_t> Execute(std::string_view sql,
                                       std::span<const SqlValue> values) override;
  absl::Status Query(std::string_view sql, std::span<const SqlValue> values,
                     absl::FunctionRef<absl::Status(const SqlRow&)> row) override;
  absl::Status BulkInsert(std::string_view table, std::span<const std::string_view> columns,
                          std::int64_t rows,
                          absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) override;
  absl::Status BulkInsertKept(
      std::string_view table, std::span<const std::string_view> columns, std::int64_t rows,
      absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) override;
  absl::Status ExecuteScript(std::string_view sql) override;

  // BEGIN, COMMIT, SAVEPOINT and the like: not doomed by, and no cause of, a failed body.
  absl::Status Control(std::string_view sql);
  // Runs `body`; OK only if it returned OK and none of its statements failed.
  absl::Status Run(Database::Body& body);
  // True between BEGIN and COMMIT, ROLLBACK or an error that undid the whole transaction.
  bool InTransaction() const { return sqlite3_get_autocommit(db_) == 0; }
  std::int64_t TotalChanges() const { return sqlite3_total_changes64(db_); }
  // The primary result code of the last failed call (SQLITE_IOERR, …).
  int last_error() const { return last_error_ & 0xff; }
  void RestoreBusyTimeout();
  sqlite3* handle() { return db_; }

 private:
  struct Statement {
    sqlite3_stmt* handle = nullptr;
    std::vector<int> places;  // places[n - 1] is SQLite's index of $n.
    bool in_use = false;
    Statement() = default;
    ~Statement() { sqlite3_finalize(handle); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
  };
  // A statement in use: reset and given back when it goes out of scope.
  class Lease;

  explicit SqliteConnection(sqlite3* db) : db_(db) {}
  absl::StatusOr<std::unique_ptr<Statement>> Prepare(std::string_view sql);
  absl::StatusOr<Lease> Take(std::string_view sql);
  absl::Status Bind(Statement& statement, std::span<const SqlValue> values);
  absl::StatusOr<std::int64_t> Step(Statement& statement);
  absl::Status InsertRows(std::string_view table, std::span<const std::string_view> columns,
                          std::int64_t begin, std::int64_t end, std::int64_t rows_a_statement,
                          absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill);
  absl::Status Doom(absl::Status status);
  absl::Status Classified(int code);

  sqlite3* db_;
  absl::flat_hash_map<std::string, std::unique_ptr<Statement>> statements_;
  absl::Status failure_;  // Of this body's first failed statement.
  int last_error_ = SQLITE_OK;
};

}  // namespace assay::platform::storage
