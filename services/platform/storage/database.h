// A database, as services see it: commands, bound parameters, rows.
//
// SQL is written once, with $1, $2, … for parameters; both SQLite and
// PostgreSQL take it. Values are always bound, never pasted into the text.
//
// A write is a *command*: a function that storage runs. On SQLite one writer
// thread runs each queued command in a savepoint, commits once for all that had
// queued, and only then calls each `done`; on PostgreSQL a bounded pool of
// connections runs each in its own transaction. Neither blocks the caller.
//
// Both engines promise the same: commands see a serial history (SQLite has one
// writer, PostgreSQL runs SERIALIZABLE and reruns what conflicts), reads see one
// snapshot, and the first statement that fails dooms its transaction: what follows
// it fails too and nothing is kept, also if the body returns OK. To go on after a
// conflict, say ON CONFLICT DO NOTHING and look at the number of changed rows.
//
// Example:
//   db.Write([&](Transaction& tx) { return store.InsertCentre(tx, centre); },
//            [reply](absl::Status status) { reply(status); });
#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace assay::platform {

// Raw bytes: BLOB in SQLite, bytea in PostgreSQL.
struct Blob {
  std::string_view bytes;
};

// A value to bind. Text is not copied: it must outlive the call it is passed to.
class SqlValue {
 public:
  using Variant = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, Blob>;
  SqlValue(std::nullptr_t) : value(nullptr) {}  // NOLINT(google-explicit-constructor)
  template <typename T>
  requires std::is_integral_v<T> SqlValue(T v) : value(static_cast<std::int64_t>(v)) {}  // NOLINT
  SqlValue(double v) : value(v) {}                                                       // NOLINT
  SqlValue(std::string_view v) : value(v) {}                                             // NOLINT
  SqlValue(const std::string& v) : value(std::string_view(v)) {}                         // NOLINT
  SqlValue(const char* v) : value(std::string_view(v)) {}                                // NOLINT
  SqlValue(Blob v) : value(v) {}                                                         // NOLINT
  template <typename T>
  SqlValue(const std::optional<T>& v) : value(nullptr) {  // NOLINT
    if (v.has_value()) value = SqlValue(*v).value;
  }
  Variant value;
};

// One row, valid until the callback that received it returns. Columns from 0.
class SqlRow {
 public:
  virtual ~SqlRow() = default;
  virtual std::int64_t Int(int column) const = 0;
  virtual double Double(int column) const = 0;
  virtual std::string_view Text(int column) const = 0;
  virtual std::string_view Bytes(int column) const = 0;  // A Blob, as it went in.
  virtual bool IsNull(int column) const = 0;
};

class Transaction {
 public:
  virtual ~Transaction() = default;

  // Returns the number of rows changed.
  //
  // Returns ALREADY_EXISTS if a unique constraint refused the change,
  // FAILED_PRECONDITION if a foreign key or check did, UNAVAILABLE if the
  // connection is lost, RESOURCE_EXHAUSTED if the disk is full, DATA_LOSS if the
  // file is corrupt. These never have a reason (platform/error): the store turns
  // them into one that means something. INVALID_ARGUMENT (FIELD_INVALID) if a text
  // has a NUL character or is not UTF-8, which PostgreSQL cannot keep.
  virtual absl::StatusOr<std::int64_t> Execute(std::string_view sql,
                                               std::span<const SqlValue> values) = 0;
  // Calls `row` for each row; stops at, and returns, its first error. PostgreSQL
  // holds all rows in memory meanwhile: page what can be many. Do not change in
  // `row` the table that is being read.
  virtual absl::Status Query(std::string_view sql, std::span<const SqlValue> values,
                             absl::FunctionRef<absl::Status(const SqlRow&)> row) = 0;
  // Inserts `rows` rows by the fastest way the engine has (a prepared statement
  // on SQLite, COPY on PostgreSQL). `fill(i, out)` sets the i-th row's values, one
  // for each column; text it points to must live until the next call of `fill`.
  // Returns ALREADY_EXISTS as Execute does; which row it was is not told.
  virtual absl::Status BulkInsert(
      std::string_view table, std::span<const std::string_view> columns, std::int64_t rows,
      absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) = 0;
  // The same if all text that `fill` points to lives until this returns: twice as fast on SQLite,
  // which then inserts many rows a statement.
  virtual absl::Status BulkInsertKept(
      std::string_view table, std::span<const std::string_view> columns, std::int64_t rows,
      absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) {
    return BulkInsert(table, columns, rows, fill);
  }

  // Runs several statements, without values. For migrations only.
  virtual absl::Status ExecuteScript(std::string_view sql);

  absl::StatusOr<std::int64_t> Execute(std::string_view sql,
                                       std::initializer_list<SqlValue> values) {
    return Execute(sql, std::span<const SqlValue>(values.begin(), values.size()));
  }
  absl::Status Query(std::string_view sql, std::initializer_list<SqlValue> values,
                     absl::FunctionRef<absl::Status(const SqlRow&)> row) {
    return Query(sql, std::span<const SqlValue>(values.begin(), values.size()), row);
  }
};

enum class Engine { kSqlite, kPostgres };

// Thread-safe.
class Database {
 public:
  // May be run more than once (a serialization conflict, a rolled-back batch):
  // keeps no state between runs and has no effect outside the transaction.
  using Body = absl::AnyInvocable<absl::Status(Transaction&)>;
  // Called exactly once, on any thread; must not block.
  using Done = absl::AnyInvocable<void(absl::Status)>;

  virtual ~Database() = default;  // Finishes what was queued.

  // Runs `body` in a read-only transaction: on the calling thread (SQLite) or on
  // the pool (PostgreSQL). `done` gets body's status.
  virtual void Read(Body body, Done done) = 0;
  // Runs `body`; commits if it returns OK, else undoes its changes. `done` gets
  // body's status once the commit is durable, or why it could not be.
  // RESOURCE_EXHAUSTED (SERVER_BUSY) at once if too many commands wait; ABORTED if
  // a conflict outlasts the attempts. UNAVAILABLE after a connection was lost during
  // the commit: it may or may not have happened, so repeat with the same request id.
  virtual void Write(Body body, Done done) = 0;

  virtual Engine engine() const = 0;
  // A read that touches the disk or the server, for health checks.
  virtual absl::Status CheckReady() = 0;

  // The same, blocking: for start-up, background threads and tests. Never from a
  // gRPC thread or from inside a body.
  absl::Status ReadNow(absl::FunctionRef<absl::Status(Transaction&)> body);
  absl::Status WriteNow(absl::FunctionRef<absl::Status(Transaction&)> body);
};

struct DatabaseOptions {
  // "sqlite:PATH", "postgresql://…", or "sqlite::memory:": empty, and gone with the
  // Database (a file in a private temporary folder, so that readers and the writer
  // are as concurrent as on a real one).
  std::string uri;
  int connections_max = 8;  // PostgreSQL only.
  int waiting_writes_max = 16'384;
  // Called after each durable commit that changed something, on the committing
  // thread; must not block. The outbox relay wakes up by it.
  absl::AnyInvocable<void() const> on_commit;
  // Called once if SQLite could not make a commit durable (an I/O error). What the
  // disk holds is then unknown and nothing more is written (reliability: fail, do
  // not retry fsync). Empty: logs it and ends the process with exit code 74, so
  // that a restart recovers from the log. PostgreSQL decides this for itself.
  absl::AnyInvocable<void(const absl::Status&) const> on_broken;
};

// INVALID_ARGUMENT if the URI has another form, UNAVAILABLE if SQLite's file cannot
// be opened. A PostgreSQL server may come later: CheckReady tells.
absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(DatabaseOptions options);

}  // namespace assay::platform
