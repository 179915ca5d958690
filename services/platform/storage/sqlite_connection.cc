#include "services/platform/storage/sqlite_connection.h"

#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/engines.h"

namespace assay::platform::storage {
namespace {

constexpr int kBusyMillis = 5000;  // For a second process on the file: a migration, a backup.
// More than any service has; only texts that are put together at run time come near it.
constexpr std::size_t kStatementsMax = 512;
// Beyond it an INSERT of many rows gains little; a row has far fewer than 32,766 / 20 columns.
constexpr std::int64_t kRowsAStatement = 20;

absl::StatusCode CodeOf(int extended, int system_error) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return absl::StatusCode::kAlreadyExists;
    default:
      break;
  }
  switch (extended & 0xff) {
    case SQLITE_CONSTRAINT:
      return absl::StatusCode::kFailedPrecondition;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kAborted;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      // SQLite says FULL only where a write ran short, not where a file could not grow.
      return system_error == ENOSPC || system_error == EDQUOT ? absl::StatusCode::kResourceExhausted
                                                              : absl::StatusCode::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_TOOBIG:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kInternal;
  }
}

class Row final : public SqlRow {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t Int(int column) const override { return sqlite3_column_int64(statement_, column); }
  double Double(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view Text(int column) const override {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  std::string_view Bytes(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }

 private:
  sqlite3_stmt* statement_;
};

// SQLite binds a null pointer as NULL, and an empty view may have one.
const char* NotNull(std::string_view text) { return text.data() == nullptr ? "" : text.data(); }

struct Binder {
  sqlite3_stmt* statement;
  int place;
  int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, place); }
  int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, place, v); }
  int operator()(double v) const { return sqlite3_bind_double(statement, place, v); }
  int operator()(std::string_view v) const {
    return sqlite3_bind_text64(statement, place, NotNull(v), v.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(Blob v) const {
    return sqlite3_bind_blob64(statement, place, NotNull(v.bytes), v.bytes.size(), SQLITE_STATIC);
  }
};

bool HasNul(const SqlValue& value) {
  const auto* text = std::get_if<std::string_view>(&value.value);
  return text != nullptr && !text->empty() &&
         std::memchr(text->data(), '\0', text->size()) != nullptr;
}

bool OnlyBlanks(std::string_view text) {
  return text.find_first_not_of(" \t\r\n;") == std::string_view::npos;
}

// SQLite counts every allocation under one lock unless told not to, which threads that
// read at once would all wait for.
void ConfigureOnce() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

}  // namespace

class SqliteConnection::Lease {
 public:
  Lease(Statement* statement, std::unique_ptr<Statement> owned)
      : statement_(statement), owned_(std::move(owned)) {
    statement_->in_use = true;
  }
  Lease(Lease&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)), owned_(std::move(other.owned_)) {}
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_->handle);
    statement_->in_use = false;
  }
  Statement& operator*() const { return *statement_; }

 private:
  Statement* statement_;
  std::unique_ptr<Statement> owned_;  // If it is not in the cache.
};

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const std::string& path,
                                                                         Role role, bool durable) {
  ConfigureOnce();
  sqlite3* db = nullptr;
  // Read-write for readers too: a read-only connection cannot recover a log that a crash left.
  const int code = sqlite3_open_v2(
      path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(db));
  if (code != SQLITE_OK) {
    return absl::UnavailableError(
        absl::StrCat("cannot open ", path, ": ", db == nullptr ? "" : sqlite3_errmsg(db)));
  }
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, kBusyMillis);
  std::string mode;
  RETURN_IF_ERROR(connection->Query("PRAGMA journal_mode = WAL", {}, [&](const SqlRow& row) {
    mode = row.Text(0);
    return absl::OkStatus();
  }));
  if (mode != "wal") {
    return absl::UnavailableError(
        absl::StrCat(path, " cannot have a write-ahead log here; use a local file system"));
  }
  // FULL: NORMAL may lose acknowledged commits when the power goes (reliability, decision 9).
  // secure_delete: what is erased must not stay in the file.
  RETURN_IF_ERROR(connection->ExecuteScript(
      absl::StrCat("PRAGMA synchronous = ", durable ? "FULL" : "OFF",
                   "; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
                   " PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;"
                   " PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = ",
                   role == Role::kWriter ? "-8192" : "-2048",
                   "; PRAGMA query_only = ", role == Role::kWriter ? "OFF" : "ON")));
  return connection;
}

SqliteConnection::~SqliteConnection() {
  statements_.clear();
  sqlite3_close_v2(db_);
}

void SqliteConnection::RestoreBusyTimeout() { sqlite3_busy_timeout(db_, kBusyMillis); }

absl::Status SqliteConnection::Classified(int code) {
  last_error_ = code;
  // The message names tables and columns, never values.
  return absl::Status(CodeOf(code, sqlite3_system_errno(db_)), sqlite3_errmsg(db_));
}

absl::Status SqliteConnection::Doom(absl::Status status) {
  if (failure_.ok()) failure_ = status;
  return status;
}

absl::StatusOr<std::unique_ptr<SqliteConnection::Statement>> SqliteConnection::Prepare(
    std::string_view sql) {
  auto statement = std::make_unique<Statement>();
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement->handle, &tail);
  if (code != SQLITE_OK) return Classified(code);
  if (statement->handle == nullptr ||
      !OnlyBlanks(sql.substr(static_cast<std::size_t>(tail - sql.data())))) {
    return absl::InternalError("exactly one SQL statement is expected");
  }
  // SQLite numbers $2 before $1 if it stands first, so look each up by its name.
  const int count = sqlite3_bind_parameter_count(statement->handle);
  for (int n = 1; n <= count; ++n) {
    const int place = sqlite3_bind_parameter_index(statement->handle, absl::StrCat("$", n).c_str());
    if (place == 0) return absl::InternalError(absl::StrCat("SQL has parameters but no $", n));
    statement->places.push_back(place);
  }
  return statement;
}

absl::StatusOr<SqliteConnection::Lease> SqliteConnection::Take(std::string_view sql) {
  if (auto it = statements_.find(View(sql)); it != statements_.end()) {
    if (!it->second->in_use) return Lease(it->second.get(), nullptr);
    // The same text again from inside its own row callback.
    ASSIGN_OR_RETURN(std::unique_ptr<Statement> second, Prepare(sql));
    Statement* statement = second.get();
    return Lease(statement, std::move(second));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Statement> prepared, Prepare(sql));
  if (statements_.size() >= kStatementsMax) {
    absl::erase_if(statements_, [](const auto& entry) { return !entry.second->in_use; });
  }
  Statement* statement = prepared.get();
  statements_.emplace(std::string(sql), std::move(prepared));
  return Lease(statement, nullptr);
}

absl::Status SqliteConnection::Bind(Statement& statement, std::span<const SqlValue> values) {
  if (values.size() != statement.places.size()) {
    return absl::InternalError(absl::StrCat("SQL takes ", statement.places.size(),
                                            " values and was given ", values.size()));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (HasNul(values[i])) return TextError("text must not have a NUL character");
    const int code = std::visit(Binder{statement.handle, statement.places[i]}, values[i].value);
    if (code != SQLITE_OK) return Classified(code);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> SqliteConnection::Step(Statement& statement) {
  // sqlite3_changes keeps its last value when a statement changes no rows at all (CREATE …).
  const std::int64_t before = TotalChanges();
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement.handle);
  if (code != SQLITE_DONE) return Classified(code);
  return TotalChanges() == before ? 0 : sqlite3_changes64(db_);
}

absl::StatusOr<std::int64_t> SqliteConnection::Execute(std::string_view sql,
                                                       std::span<const SqlValue> values) {
  if (!failure_.ok()) return failure_;
  absl::StatusOr<Lease> statement = Take(sql);
  if (!statement.ok()) return Doom(statement.status());
  if (absl::Status status = Bind(**statement, values); !status.ok()) return Doom(status);
  absl::StatusOr<std::int64_t> changed = Step(**statement);
  if (!changed.ok()) return Doom(changed.status());
  return changed;
}

absl::Status SqliteConnection::Query(std::string_view sql, std::span<const SqlValue> values,
                                     absl::FunctionRef<absl::Status(const SqlRow&)> row) {
  if (!failure_.ok()) return failure_;
  absl::StatusOr<Lease> statement = Take(sql);
  if (!statement.ok()) return Doom(statement.status());
  if (absl::Status status = Bind(**statement, values); !status.ok()) return Doom(status);
  sqlite3_stmt* handle = (**statement).handle;
  const Row current(handle);
  while (true) {
    const int code = sqlite3_step(handle);
    if (code == SQLITE_DONE) return absl::OkStatus();
    if (code != SQLITE_ROW) return Doom(Classified(code));
    RETURN_IF_ERROR(row(current));
  }
}

absl::Status SqliteConnection::BulkInsert(
    std::string_view table, std::span<const std::string_view> columns, std::int64_t rows,
    absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) {
  return InsertRows(table, columns, 0, rows, 1, fill);
}

absl::Status SqliteConnection::BulkInsertKept(
    std::string_view table, std::span<const std::string_view> columns, std::int64_t rows,
    absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) {
  const std::int64_t whole = rows - rows % kRowsAStatement;
  RETURN_IF_ERROR(InsertRows(table, columns, 0, whole, kRowsAStatement, fill));
  return InsertRows(table, columns, whole, rows, 1, fill);
}

absl::Status SqliteConnection::InsertRows(
    std::string_view table, std::span<const std::string_view> columns, std::int64_t begin,
    std::int64_t end, std::int64_t rows_a_statement,
    absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) {
  if (!failure_.ok()) return failure_;
  if (begin == end) return absl::OkStatus();
  if (!IsPlainName(table)) return Doom(absl::InternalError("not a plain table name"));
  std::string sql = absl::StrCat("INSERT INTO ", View(table), " (");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!IsPlainName(columns[i])) return Doom(absl::InternalError("not a plain column name"));
    absl::StrAppend(&sql, i == 0 ? "" : ", ", View(columns[i]));
  }
  absl::StrAppend(&sql, ") VALUES ");
  const std::size_t count = columns.size() * static_cast<std::size_t>(rows_a_statement);
  for (std::size_t n = 0; n < count; ++n) {
    const bool first = n % columns.size() == 0;
    absl::StrAppend(&sql, !first ? ", $" : n == 0 ? "($" : "), ($", n + 1);
  }
  absl::StrAppend(&sql, ")");
  absl::StatusOr<Lease> statement = Take(sql);
  if (!statement.ok()) return Doom(statement.status());
  std::vector<SqlValue> values(count, nullptr);
  sqlite3_stmt* handle = (**statement).handle;
  for (std::int64_t i = begin; i < end; i += rows_a_statement) {
    for (std::int64_t r = 0; r < rows_a_statement; ++r) {
      fill(i + r, std::span(values).subspan(r * columns.size(), columns.size()));
    }
    if (absl::Status status = Bind(**statement, values); !status.ok()) return Doom(status);
    const int code = sqlite3_step(handle);
    if (code != SQLITE_DONE) return Doom(Classified(code));
    sqlite3_reset(handle);
  }
  return absl::OkStatus();
}

absl::Status SqliteConnection::ExecuteScript(std::string_view sql) {
  if (!failure_.ok()) return failure_;
  const int code = sqlite3_exec(db_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Doom(Classified(code));
}

absl::Status SqliteConnection::Control(std::string_view sql) {
  ASSIGN_OR_RETURN(const Lease statement, Take(sql));
  return Step(*statement).status();
}

absl::Status SqliteConnection::Run(Database::Body& body) {
  failure_ = absl::OkStatus();
  absl::Status status = RunBody(body, *this);
  absl::Status failure = std::exchange(failure_, absl::OkStatus());
  return status.ok() ? failure : status;
}

}  // namespace assay::platform::storage
