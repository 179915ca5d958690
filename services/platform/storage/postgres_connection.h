// One connection to PostgreSQL: statements prepared once, values bound, errors
// classified. Private to the room; used by one thread at a time.
#pragma once
#include <libpq-fe.h>

#include <array>
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

class PostgresConnection final : public Transaction {
 public:
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Open(const std::string& uri);

  absl::StatusOr<std::int64_t> Execute(std::string_view sql,
                                       std::span<const SqlValue> values) override;
  absl::Status Query(std::string_view sql, std::span<const SqlValue> values,
                     absl::FunctionRef<absl::Status(const SqlRow&)> row) override;
  absl::Status BulkInsert(std::string_view table, std::span<const std::string_view> columns,
                          std::int64_t rows,
                          absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) override;
  absl::Status ExecuteScript(std::string_view sql) override;

  enum class Access { kRead, kWrite };
  absl::Status Begin(Access access);
  // Runs `body`; OK only if it returned OK and none of its statements failed.
  absl::Status Run(Database::Body& body);
  absl::Status Commit();
  void Rollback();

  bool lost() const { return PQstatus(connection_.get()) != CONNECTION_OK; }
  bool changed() const { return changed_; }
  // The transaction failed in a way that the same body may not meet again.
  bool worth_another_try() const { return worth_another_try_; }

 private:
  using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;
  struct Statement {
    std::string name;
    std::vector<Oid> types;  // Of $1, $2, … as the server inferred them.
  };
  // The values of one call, as libpq takes them. Kept, so that calls allocate nothing.
  struct Arguments {
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
    std::vector<std::array<char, 32>> numbers;
    std::vector<std::string> texts;
  };

  explicit PostgresConnection(PGconn* connection) : connection_(connection, &PQfinish) {}
  absl::StatusOr<const Statement*> Prepare(std::string_view sql);
  absl::Status SetArguments(const Statement& statement, std::span<const SqlValue> values);
  absl::Status SetArgument(std::size_t i, Oid type, const SqlValue& value);
  absl::StatusOr<Result> RunStatement(std::string_view sql, std::span<const SqlValue> values);
  absl::Status Simple(const char* sql);
  absl::Status CopyRows(std::size_t columns, std::int64_t rows,
                        absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill);
  absl::Status EndCopy(const char* error);
  absl::Status Classified(const PGresult* result);
  absl::Status Doom(absl::Status status);

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  absl::flat_hash_map<std::string, std::unique_ptr<Statement>> statements_;
  std::int64_t prepared_ = 0;
  Arguments arguments_;
  Access access_ = Access::kRead;
  absl::Status failure_;  // Of this body's first failed statement.
  bool changed_ = false;
  bool worth_another_try_ = false;
  bool forget_statements_ = false;
};

}  // namespace assay::platform::storage
