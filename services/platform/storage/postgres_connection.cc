#include "services/platform/storage/postgres_connection.h"

#include <charconv>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/engines.h"

namespace assay::platform::storage {
namespace {

// The server's catalogue numbers; stable by its promise.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kName = 19;
constexpr Oid kText = 25;
constexpr Oid kBpchar = 1042;
constexpr Oid kVarchar = 1043;

constexpr int kTextFormat = 0;
constexpr int kBinaryFormat = 1;
constexpr std::size_t kStatementsMax = 512;
constexpr std::size_t kCopyChunk = KiB(256);

bool IsText(Oid type) {
  return type == kText || type == kVarchar || type == kBpchar || type == kName;
}

absl::StatusCode CodeOf(std::string_view state, bool reading) {
  if (state == "23505") return absl::StatusCode::kAlreadyExists;
  if (state.starts_with("23")) return absl::StatusCode::kFailedPrecondition;
  if (state == "40001" || state == "40P01" || state == "55P03") return absl::StatusCode::kAborted;
  if (state.starts_with("53")) return absl::StatusCode::kResourceExhausted;
  if (state.starts_with("08") || state.starts_with("57") || state == "58030") {
    return absl::StatusCode::kUnavailable;
  }
  // A write that finds the server read-only has reached a standby; a read that writes is our bug.
  if (state == "25006" && !reading) return absl::StatusCode::kUnavailable;
  if (state.starts_with("XX00") && state != "XX000") return absl::StatusCode::kDataLoss;
  return absl::StatusCode::kInternal;
}

template <typename T>
T ParseNumber(const PGresult* result, int row, int column) {
  const char* text = PQgetvalue(result, row, column);
  if (PQftype(result, column) == kBool) return static_cast<T>(*text == 't');
  T number{};
  std::from_chars(text, text + PQgetlength(result, row, column), number);
  return number;
}

class Row final : public SqlRow {
 public:
  explicit Row(const PGresult* result) : result_(result), decoded_(PQnfields(result)) {}
  void Show(int row) { row_ = row; }

  std::int64_t Int(int column) const override {
    return ParseNumber<std::int64_t>(result_, row_, column);
  }
  double Double(int column) const override { return ParseNumber<double>(result_, row_, column); }
  std::string_view Text(int column) const override { return Raw(column); }
  std::string_view Bytes(int column) const override {
    const std::string_view raw = Raw(column);
    if (PQftype(result_, column) != kBytea || raw.size() < 2) return raw;
    // "\x" and two digits a byte.
    std::string& bytes = decoded_[column];
    bytes = absl::HexStringToBytes(View(raw.substr(2)));
    return bytes;
  }
  bool IsNull(int column) const override { return PQgetisnull(result_, row_, column) != 0; }

 private:
  std::string_view Raw(int column) const {
    return {PQgetvalue(result_, row_, column),
            static_cast<std::size_t>(PQgetlength(result_, row_, column))};
  }

  const PGresult* result_;
  int row_ = 0;
  mutable std::vector<std::string> decoded_;
};

template <typename T>
std::size_t Print(T number, std::array<char, 32>& out) {
  const auto end = std::to_chars(out.data(), out.data() + out.size() - 1, number);
  *end.ptr = '\0';
  return static_cast<std::size_t>(end.ptr - out.data());
}

bool HasNul(std::string_view text) {
  return !text.empty() && std::memchr(text.data(), '\0', text.size()) != nullptr;
}

absl::Status NulError() { return TextError("text must not have a NUL character"); }

// COPY's text form of one value.
class CopyText {
 public:
  explicit CopyText(std::string& out) : out_(out) {}
  bool operator()(std::nullptr_t) const {
    out_ += "\\N";
    return true;
  }
  bool operator()(std::int64_t v) const { return Number(v); }
  bool operator()(double v) const { return Number(v); }
  bool operator()(Blob v) const {
    static constexpr char kDigits[] = "0123456789abcdef";
    out_ += "\\\\x";
    for (const char c : v.bytes) {
      const auto byte = static_cast<unsigned char>(c);
      out_ += kDigits[byte >> 4];
      out_ += kDigits[byte & 15];
    }
    return true;
  }
  // False if the text cannot be sent.
  bool operator()(std::string_view v) const {
    if (HasNul(v)) return false;
    std::size_t from = 0;
    for (std::size_t at = v.find_first_of("\\\n\r\t"); at != std::string_view::npos;
         at = v.find_first_of("\\\n\r\t", from)) {
      out_ += v.substr(from, at - from);
      out_ += '\\';
      out_ += v[at] == '\n' ? 'n' : v[at] == '\r' ? 'r' : v[at] == '\t' ? 't' : '\\';
      from = at + 1;
    }
    out_ += v.substr(from);
    return true;
  }

 private:
  template <typename T>
  bool Number(T number) const {
    std::array<char, 32> text;
    out_.append(text.data(), Print(number, text));
    return true;
  }
  std::string& out_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(
    const std::string& uri) {
  // What stands before dbname is a default that the URI may change. The time-outs turn a peer that
  // is silently gone into an error within seconds.
  const char* const keys[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                              "keepalives_count", "tcp_user_timeout", "application_name",
                              "dbname",           "client_encoding",  nullptr};
  const char* const values[] = {"5", "5", "2", "3", "10000", "assay", uri.c_str(), "UTF8", nullptr};
  std::unique_ptr<PostgresConnection> connection(
      new PostgresConnection(PQconnectdbParams(keys, values, 1)));
  PGconn* raw = connection->connection_.get();
  if (PQstatus(raw) != CONNECTION_OK) {
    return absl::UnavailableError(absl::StrCat("cannot connect: ", PQerrorMessage(raw)));
  }
  PQsetNoticeProcessor(
      raw, [](void*, const char*) {}, nullptr);
  // A role or database may say otherwise; an acknowledged commit must be on a disk.
  RETURN_IF_ERROR(
      connection->Simple("SELECT set_config('synchronous_commit', 'on', false)"
                         " WHERE current_setting('synchronous_commit') = 'off'"));
  return connection;
}

absl::Status PostgresConnection::Classified(const PGresult* result) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (state == nullptr) {
    return lost() ? absl::UnavailableError("the connection to the database was lost")
                  : absl::InternalError(PQerrorMessage(connection_.get()));
  }
  const std::string_view code(state);
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (code == "22021") return TextError("text must be UTF-8 without NUL characters");
  // A migration has changed the table under a statement prepared before it.
  const bool stale = code == "0A000" && message != nullptr &&
                     std::string_view(message).find("cached plan") != std::string_view::npos;
  if (stale) forget_statements_ = true;
  if (stale || code == "40001" || code == "40P01") worth_another_try_ = true;
  // Not the detail, which quotes values.
  return absl::Status(stale ? absl::StatusCode::kAborted : CodeOf(code, access_ == Access::kRead),
                      absl::StrCat(message == nullptr ? "" : message, " (", state, ")"));
}

absl::Status PostgresConnection::Doom(absl::Status status) {
  if (failure_.ok()) failure_ = status;
  return status;
}

absl::Status PostgresConnection::Simple(const char* sql) {
  const Result result(PQexec(connection_.get(), sql), &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return absl::OkStatus();
  return Classified(result.get());
}

absl::StatusOr<const PostgresConnection::Statement*> PostgresConnection::Prepare(
    std::string_view sql) {
  if (auto it = statements_.find(View(sql)); it != statements_.end()) return it->second.get();
  if (statements_.size() >= kStatementsMax) {
    RETURN_IF_ERROR(Simple("DEALLOCATE ALL"));
    statements_.clear();
  }
  auto statement = std::make_unique<Statement>();
  statement->name = absl::StrCat("s", ++prepared_);
  std::string text(sql);
  const Result prepared(
      PQprepare(connection_.get(), statement->name.c_str(), text.c_str(), 0, nullptr), &PQclear);
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) return Classified(prepared.get());
  const Result described(PQdescribePrepared(connection_.get(), statement->name.c_str()), &PQclear);
  if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) return Classified(described.get());
  for (int i = 0; i < PQnparams(described.get()); ++i) {
    statement->types.push_back(PQparamtype(described.get(), i));
  }
  return statements_.emplace(std::move(text), std::move(statement)).first->second.get();
}

absl::Status PostgresConnection::SetArgument(std::size_t i, Oid type, const SqlValue& value) {
  Arguments& a = arguments_;
  a.formats[i] = kTextFormat;
  a.lengths[i] = 0;
  const auto bytes = [&](std::string_view v) {
    a.values[i] = v.data() == nullptr ? "" : v.data();
    a.lengths[i] = static_cast<int>(v.size());
    a.formats[i] = kBinaryFormat;
  };
  if (std::holds_alternative<std::nullptr_t>(value.value)) {
    a.values[i] = nullptr;
  } else if (const auto* number = std::get_if<std::int64_t>(&value.value)) {
    Print(*number, a.numbers[i]);
    a.values[i] = a.numbers[i].data();
  } else if (const auto* real = std::get_if<double>(&value.value)) {
    Print(*real, a.numbers[i]);
    a.values[i] = a.numbers[i].data();
  } else if (const auto* blob = std::get_if<Blob>(&value.value)) {
    if (type != kBytea && !IsText(type)) {
      return absl::InternalError(absl::StrCat("$", i + 1, " is not a bytea"));
    }
    bytes(blob->bytes);
  } else {
    const std::string_view text = std::get<std::string_view>(value.value);
    if (HasNul(text)) return NulError();
    // The text format would end at a NUL and be unescaped for bytea; binary is sent as it is.
    if (IsText(type) || type == kBytea) {
      bytes(text);
    } else {
      a.texts[i] = text;
      a.values[i] = a.texts[i].c_str();
    }
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::SetArguments(const Statement& statement,
                                              std::span<const SqlValue> values) {
  if (values.size() != statement.types.size()) {
    return absl::InternalError(absl::StrCat("SQL takes ", statement.types.size(),
                                            " values and was given ", values.size()));
  }
  Arguments& a = arguments_;
  if (a.values.size() < values.size()) {
    a.values.resize(values.size());
    a.lengths.resize(values.size());
    a.formats.resize(values.size());
    a.numbers.resize(values.size());
    a.texts.resize(values.size());
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    RETURN_IF_ERROR(SetArgument(i, statement.types[i], values[i]));
  }
  return absl::OkStatus();
}

absl::StatusOr<PostgresConnection::Result> PostgresConnection::RunStatement(
    std::string_view sql, std::span<const SqlValue> values) {
  ASSIGN_OR_RETURN(const Statement* statement, Prepare(sql));
  RETURN_IF_ERROR(SetArguments(*statement, values));
  Result result(PQexecPrepared(connection_.get(), statement->name.c_str(),
                               static_cast<int>(values.size()), arguments_.values.data(),
                               arguments_.lengths.data(), arguments_.formats.data(), kTextFormat),
                &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return Classified(result.get());
  return result;
}

namespace {

std::int64_t RowsChanged(PGresult* result) {
  // "INSERT 0 3", "DELETE 2", but also "SELECT 5".
  if (std::string_view(PQcmdStatus(result)).starts_with("SELECT")) return 0;
  const char* text = PQcmdTuples(result);
  std::int64_t rows = 0;
  std::from_chars(text, text + std::strlen(text), rows);
  return rows;
}

}  // namespace

absl::StatusOr<std::int64_t> PostgresConnection::Execute(std::string_view sql,
                                                         std::span<const SqlValue> values) {
  if (!failure_.ok()) return failure_;
  absl::StatusOr<Result> result = RunStatement(sql, values);
  if (!result.ok()) return Doom(result.status());
  const std::int64_t rows = RowsChanged(result->get());
  changed_ = changed_ || rows > 0;
  return rows;
}

absl::Status PostgresConnection::Query(std::string_view sql, std::span<const SqlValue> values,
                                       absl::FunctionRef<absl::Status(const SqlRow&)> row) {
  if (!failure_.ok()) return failure_;
  absl::StatusOr<Result> result = RunStatement(sql, values);
  if (!result.ok()) return Doom(result.status());
  changed_ = changed_ || RowsChanged(result->get()) > 0;
  Row current(result->get());
  const int rows = PQntuples(result->get());
  for (int i = 0; i < rows; ++i) {
    current.Show(i);
    RETURN_IF_ERROR(row(current));
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::CopyRows(
    std::size_t columns, std::int64_t rows,
    absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) {
  std::string chunk;
  chunk.reserve(kCopyChunk + KiB(64));
  const CopyText append(chunk);
  std::vector<SqlValue> values(columns, nullptr);
  for (std::int64_t i = 0; i < rows; ++i) {
    fill(i, values);
    for (std::size_t c = 0; c < columns; ++c) {
      if (c > 0) chunk += '\t';
      if (!std::visit(append, values[c].value)) return NulError();
    }
    chunk += '\n';
    if (chunk.size() < kCopyChunk && i + 1 < rows) continue;
    if (PQputCopyData(connection_.get(), chunk.data(), static_cast<int>(chunk.size())) != 1) {
      return Classified(nullptr);
    }
    chunk.clear();
  }
  return absl::OkStatus();
}

// `error` makes the server drop what came so far.
absl::Status PostgresConnection::EndCopy(const char* error) {
  if (PQputCopyEnd(connection_.get(), error) != 1) return Classified(nullptr);
  absl::Status status;
  while (true) {
    const Result result(PQgetResult(connection_.get()), &PQclear);
    if (result == nullptr) return status;
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) status = Classified(result.get());
  }
}

absl::Status PostgresConnection::BulkInsert(
    std::string_view table, std::span<const std::string_view> columns, std::int64_t rows,
    absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) {
  if (!failure_.ok()) return failure_;
  if (!IsPlainName(table)) return Doom(absl::InternalError("not a plain table name"));
  std::string sql = absl::StrCat("COPY ", View(table), " (");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!IsPlainName(columns[i])) return Doom(absl::InternalError("not a plain column name"));
    absl::StrAppend(&sql, i == 0 ? "" : ", ", View(columns[i]));
  }
  sql += ") FROM STDIN";
  {
    const Result result(PQexec(connection_.get(), sql.c_str()), &PQclear);
    if (PQresultStatus(result.get()) != PGRES_COPY_IN) return Doom(Classified(result.get()));
  }
  if (absl::Status status = CopyRows(columns.size(), rows, fill); !status.ok()) {
    static_cast<void>(EndCopy("the rows could not be sent"));
    return Doom(status);
  }
  if (absl::Status status = EndCopy(nullptr); !status.ok()) return Doom(status);
  changed_ = changed_ || rows > 0;
  return absl::OkStatus();
}

absl::Status PostgresConnection::ExecuteScript(std::string_view sql) {
  if (!failure_.ok()) return failure_;
  if (absl::Status status = Simple(std::string(sql).c_str()); !status.ok()) return Doom(status);
  return absl::OkStatus();
}

absl::Status PostgresConnection::Begin(Access access) {
  access_ = access;
  changed_ = false;
  worth_another_try_ = false;
  if (std::exchange(forget_statements_, false)) {
    statements_.clear();
    RETURN_IF_ERROR(Simple("DEALLOCATE ALL"));
  }
  // A read needs one snapshot, which REPEATABLE READ gives and never takes back.
  return Simple(access == Access::kRead ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                        : "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE");
}

absl::Status PostgresConnection::Run(Database::Body& body) {
  failure_ = absl::OkStatus();
  absl::Status status = RunBody(body, *this);
  absl::Status failure = std::exchange(failure_, absl::OkStatus());
  return status.ok() ? failure : status;
}

// A transaction that the server has given up answers COMMIT with "ROLLBACK" and no error.
absl::Status PostgresConnection::Commit() {
  const Result result(PQexec(connection_.get(), "COMMIT"), &PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return Classified(result.get());
  if (std::string_view(PQcmdStatus(result.get())) == "COMMIT") return absl::OkStatus();
  return absl::AbortedError("the transaction was rolled back");
}

void PostgresConnection::Rollback() {
  if (!lost() && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) {
    static_cast<void>(Simple("ROLLBACK"));
  }
}

}  // namespace assay::platform::storage
