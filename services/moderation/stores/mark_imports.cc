#include "services/moderation/stores/mark_imports.h"

#include <initializer_list>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/database.h"

namespace assay::moderation {
namespace {

using platform::Blob;
using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;

constexpr std::string_view kColumns =
    "tenant, series, component, id, mode, open_submissions, total_bytes, sha256, state, form, "
    "next_offset, sequence, row_count, accepted_count, refused_count, missing_count, "
    "applied_count, submission_count, failure_reason, failure_message, created_by, roles, centre, "
    "created_at, updated_at, expires_at, version";

MarkImport ImportFrom(const SqlRow& row) {
  MarkImport import;
  import.tenant = row.Text(0);
  import.name = {std::string(row.Text(1)), std::string(row.Text(2)), std::string(row.Text(3))};
  import.mode = static_cast<int>(row.Int(4));
  import.open_submissions = row.Int(5) != 0;
  import.total_bytes = row.Int(6);
  import.sha256 = row.Text(7);
  import.state = static_cast<MarkImportState>(row.Int(8));
  import.form = static_cast<MarkImportForm>(row.Int(9));
  import.offset = row.Int(10);
  import.sequence = row.Int(11);
  import.rows = row.Int(12);
  import.accepted = row.Int(13);
  import.refused = row.Int(14);
  import.missing = row.Int(15);
  import.applied = row.Int(16);
  import.submissions = row.Int(17);
  import.failure_reason = row.Text(18);
  import.failure_message = row.Text(19);
  import.created_by = row.Text(20);
  import.roles = row.Text(21);
  import.centre = row.Text(22);
  import.create_time = absl::FromUnixMicros(row.Int(23));
  import.update_time = absl::FromUnixMicros(row.Int(24));
  import.expire_time = absl::FromUnixMicros(row.Int(25));
  import.version = row.Int(26);
  return import;
}

absl::StatusOr<std::vector<MarkImport>> Select(Transaction& tx, std::string_view rest,
                                               std::initializer_list<SqlValue> values) {
  std::vector<MarkImport> imports;
  RETURN_IF_ERROR(
      tx.Query(absl::StrCat("SELECT ", View(kColumns), " FROM mark_imports ", View(rest)), values,
               [&](const SqlRow& row) {
                 imports.push_back(ImportFrom(row));
                 return absl::OkStatus();
               }));
  return imports;
}

// What of the tenant's imports is within reach: $2 is whether all are, $3 the caller's centre.
constexpr std::string_view kWithinReach = "tenant = $1 AND ($2 = 1 OR ($3 <> '' AND centre = $3))";

std::int64_t Count(const absl::StatusOr<std::vector<std::int64_t>>& counts) {
  return counts.ok() && !counts->empty() ? counts->front() : 0;
}

absl::StatusOr<std::vector<std::int64_t>> Numbers(Transaction& tx, std::string_view sql,
                                                  std::initializer_list<SqlValue> values) {
  std::vector<std::int64_t> numbers;
  RETURN_IF_ERROR(tx.Query(sql, values, [&](const SqlRow& row) {
    numbers.push_back(row.Int(0));
    return absl::OkStatus();
  }));
  return numbers;
}

MarkImportRefusal RefusalFrom(const SqlRow& row) {
  return {.line = row.Int(0),
          .centre = std::string(row.Text(1)),
          .candidate = std::string(row.Text(2)),
          .column = std::string(row.Text(3)),
          .reason = std::string(row.Text(4)),
          .message = std::string(row.Text(5))};
}

constexpr std::string_view kOpenStates = "(1, 2, 3)";
static_assert(static_cast<int>(MarkImportState::kOpen) == 1);
static_assert(static_cast<int>(MarkImportState::kApplying) == 3);
static_assert(static_cast<int>(MarkImportState::kDone) == 4);

}  // namespace

std::string MarkImportName::Text() const {
  return absl::StrCat("series/", series, "/components/", component, "/markImports/", id);
}

absl::Status MarkImportStore::Insert(Tx& tx, const MarkImport& i) {
  return tx
      .Execute(
          "INSERT INTO mark_imports (tenant, series, component, id, mode, open_submissions, "
          "total_bytes, sha256, state, form, next_offset, sequence, row_count, accepted_count, "
          "refused_count, missing_count, applied_count, submission_count, failure_reason, "
          "failure_message, created_by, roles, centre, created_at, updated_at, expires_at, "
          "version, swept) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, 0, 0, 0, 0, "
          "'', '', $10, $11, $12, $13, $14, $15, $16, 0)",
          {i.tenant, i.name.series, i.name.component, i.name.id, i.mode, i.open_submissions ? 1 : 0,
           i.total_bytes, i.sha256, static_cast<int>(i.state), i.created_by, i.roles, i.centre,
           absl::ToUnixMicros(i.create_time), absl::ToUnixMicros(i.update_time),
           absl::ToUnixMicros(i.expire_time), i.version})
      .status();
}

absl::StatusOr<MarkImport> MarkImportStore::Get(Tx& tx, const Caller& caller,
                                                const MarkImportName& name) {
  ASSIGN_OR_RETURN(
      auto found, Select(tx,
                         absl::StrCat("WHERE ", View(kWithinReach),
                                      " AND series = $4 AND component = $5 AND id = $6"),
                         {caller.tenant, caller.reach.all ? 1 : 0, caller.reach.centre, name.series,
                          name.component, name.id}));
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kMarkImportNotFound, "there is no such import of marks")
      .With("mark_import", name.Text());
}

absl::Status MarkImportStore::Update(Tx& tx, MarkImport& i) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute(
          "UPDATE mark_imports SET state = $1, form = $2, next_offset = $3, sequence = $4, "
          "row_count = $5, accepted_count = $6, refused_count = $7, missing_count = $8, "
          "applied_count = $9, submission_count = $10, failure_reason = $11, "
          "failure_message = $12, updated_at = $13, expires_at = $14, "
          "version = version + 1 WHERE tenant = $15 AND series = $16 AND component = $17 "
          "AND id = $18 AND version = $19",
          {static_cast<int>(i.state), static_cast<int>(i.form), i.offset, i.sequence, i.rows,
           i.accepted, i.refused, i.missing, i.applied, i.submissions, i.failure_reason,
           i.failure_message, absl::ToUnixMicros(i.update_time), absl::ToUnixMicros(i.expire_time),
           i.tenant, i.name.series, i.name.component, i.name.id, i.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, kMarkImportInterrupted,
                 "another call goes on with this import; get it to see how far it is")
        .With("mark_import", i.name.Text());
  }
  ++i.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<MarkImport>> MarkImportStore::List(Tx& tx, const Caller& caller,
                                                              std::string_view series,
                                                              std::string_view component,
                                                              std::string_view after, int limit) {
  return Select(tx,
                absl::StrCat("WHERE ", View(kWithinReach),
                             " AND series = $4 AND component = $5 AND id > $6 "
                             "ORDER BY id LIMIT $7"),
                {caller.tenant, caller.reach.all ? 1 : 0, caller.reach.centre, series, component,
                 after, limit});
}

absl::StatusOr<std::int64_t> MarkImportStore::CountUnfinished(Tx& tx, std::string_view tenant) {
  const auto count = Numbers(tx,
                             absl::StrCat("SELECT COUNT(*) FROM mark_imports WHERE tenant = $1 "
                                          "AND state IN ",
                                          View(kOpenStates)),
                             {tenant});
  if (!count.ok()) return count.status();
  return Count(count);
}

absl::StatusOr<std::vector<MarkImport>> MarkImportStore::ListStalled(Tx& tx, absl::Time before,
                                                                     int limit) {
  return Select(tx, "WHERE state = 3 AND updated_at < $1 ORDER BY updated_at LIMIT $2",
                {absl::ToUnixMicros(before), limit});
}

// One that is being applied is not given up: it is completed.
absl::StatusOr<std::vector<MarkImport>> MarkImportStore::ListExpired(Tx& tx, absl::Time now,
                                                                     int limit) {
  return Select(tx, "WHERE expires_at <= $1 AND state <> 3 ORDER BY expires_at LIMIT $2",
                {absl::ToUnixMicros(now), limit});
}

absl::StatusOr<std::vector<MarkImport>> MarkImportStore::ListUnswept(Tx& tx, int limit) {
  return Select(tx, "WHERE swept = 0 AND state >= 4 ORDER BY updated_at LIMIT $1", {limit});
}

absl::Status MarkImportStore::InsertChunk(Tx& tx, const MarkImport& i, std::int64_t position,
                                          std::string_view bytes) {
  return tx
      .Execute(
          "INSERT INTO mark_import_chunks (tenant, import, position, bytes) VALUES "
          "($1, $2, $3, $4)",
          {i.tenant, i.name.id, position, Blob{bytes}})
      .status();
}

absl::StatusOr<std::optional<MarkImportStore::Chunk>> MarkImportStore::NextChunk(
    Tx& tx, const MarkImport& i, std::int64_t position) {
  std::optional<Chunk> chunk;
  RETURN_IF_ERROR(tx.Query(
      "SELECT position, bytes FROM mark_import_chunks WHERE tenant = $1 AND import = $2 AND "
      "position >= $3 ORDER BY position LIMIT 1",
      {i.tenant, i.name.id, position}, [&](const SqlRow& row) {
        chunk = Chunk{row.Int(0), std::string(row.Bytes(1))};
        return absl::OkStatus();
      }));
  return chunk;
}

absl::Status MarkImportStore::InsertRefusals(Tx& tx, const MarkImport& i,
                                             const std::vector<MarkImportRefusal>& refusals) {
  static constexpr std::string_view kRefusalColumns[] = {
      "tenant", "import", "line", "centre", "candidate", "column_name", "reason", "message"};
  return tx.BulkInsert("mark_import_refusals", kRefusalColumns,
                       static_cast<std::int64_t>(refusals.size()),
                       [&](std::int64_t n, std::span<SqlValue> out) {
                         const MarkImportRefusal& refusal = refusals[n];
                         out[0] = i.tenant;
                         out[1] = i.name.id;
                         out[2] = refusal.line;
                         out[3] = refusal.centre;
                         out[4] = refusal.candidate;
                         out[5] = refusal.column;
                         out[6] = refusal.reason;
                         out[7] = refusal.message;
                       });
}

absl::StatusOr<std::vector<MarkImportRefusal>> MarkImportStore::ListRefusals(Tx& tx,
                                                                             const MarkImport& i,
                                                                             std::int64_t after,
                                                                             int limit) {
  std::vector<MarkImportRefusal> refusals;
  RETURN_IF_ERROR(
      tx.Query("SELECT line, centre, candidate, column_name, reason, message FROM "
               "mark_import_refusals WHERE tenant = $1 AND import = $2 AND line > $3 "
               "ORDER BY line LIMIT $4",
               {i.tenant, i.name.id, after, limit}, [&](const SqlRow& row) {
                 refusals.push_back(RefusalFrom(row));
                 return absl::OkStatus();
               }));
  return refusals;
}

absl::StatusOr<std::vector<std::int64_t>> MarkImportStore::ListRefusedLines(Tx& tx,
                                                                            const MarkImport& i,
                                                                            std::int64_t after,
                                                                            int limit) {
  return Numbers(tx,
                 "SELECT line FROM mark_import_refusals WHERE tenant = $1 AND import = $2 AND "
                 "line > $3 ORDER BY line LIMIT $4",
                 {i.tenant, i.name.id, after, limit});
}

absl::StatusOr<bool> MarkImportStore::Hold(Tx& tx, const MarkImport& i,
                                           const MarkImportHold& hold) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("INSERT INTO mark_import_holds (tenant, series, component, submission, import, "
                 "centre, centre_title) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                 {i.tenant, i.name.series, i.name.component, hold.submission, i.name.id,
                  hold.centre, hold.title}));
  if (rows > 0) return true;
  ASSIGN_OR_RETURN(const std::string holder,
                   HolderOf(tx, i.tenant, {i.name.series, i.name.component, hold.submission}));
  return holder == i.name.id;
}

absl::StatusOr<std::string> MarkImportStore::HolderOf(Tx& tx, std::string_view tenant,
                                                      const SubmissionName& s) {
  std::string holder;
  RETURN_IF_ERROR(
      tx.Query("SELECT import FROM mark_import_holds WHERE tenant = $1 AND "
               "series = $2 AND component = $3 AND submission = $4",
               {tenant, s.series, s.component, s.id}, [&](const SqlRow& row) {
                 holder = row.Text(0);
                 return absl::OkStatus();
               }));
  return holder;
}

absl::StatusOr<std::optional<MarkImportHold>> MarkImportStore::FindHold(
    Tx& tx, const MarkImport& i, std::string_view submission) {
  std::optional<MarkImportHold> hold;
  RETURN_IF_ERROR(tx.Query(
      "SELECT submission, centre, centre_title FROM mark_import_holds WHERE tenant = $1 AND "
      "series = $2 AND component = $3 AND submission = $4 AND import = $5",
      {i.tenant, i.name.series, i.name.component, submission, i.name.id}, [&](const SqlRow& row) {
        hold = MarkImportHold{std::string(row.Text(0)), std::string(row.Text(1)),
                              std::string(row.Text(2))};
        return absl::OkStatus();
      }));
  return hold;
}

absl::StatusOr<std::int64_t> MarkImportStore::DeleteHolds(Tx& tx, const MarkImport& i, int limit) {
  return tx.Execute(
      "DELETE FROM mark_import_holds WHERE tenant = $1 AND series = $2 AND component = $3 AND "
      "import = $4 AND submission IN (SELECT submission FROM mark_import_holds WHERE tenant = $1 "
      "AND import = $4 ORDER BY submission LIMIT $5)",
      {i.tenant, i.name.series, i.name.component, i.name.id, limit});
}

absl::StatusOr<std::int64_t> MarkImportStore::DeleteChunks(Tx& tx, const MarkImport& i, int limit) {
  return tx.Execute(
      "DELETE FROM mark_import_chunks WHERE tenant = $1 AND import = $2 AND position IN (SELECT "
      "position FROM mark_import_chunks WHERE tenant = $1 AND import = $2 ORDER BY position "
      "LIMIT $3)",
      {i.tenant, i.name.id, limit});
}

absl::StatusOr<std::int64_t> MarkImportStore::DeleteRefusals(Tx& tx, const MarkImport& i,
                                                             int limit) {
  return tx.Execute(
      "DELETE FROM mark_import_refusals WHERE tenant = $1 AND import = $2 AND line IN (SELECT "
      "line FROM mark_import_refusals WHERE tenant = $1 AND import = $2 ORDER BY line LIMIT $3)",
      {i.tenant, i.name.id, limit});
}

absl::Status MarkImportStore::MarkSwept(Tx& tx, const MarkImport& i) {
  return tx
      .Execute(
          "UPDATE mark_imports SET swept = 1 WHERE tenant = $1 AND series = $2 AND "
          "component = $3 AND id = $4",
          {i.tenant, i.name.series, i.name.component, i.name.id})
      .status();
}

absl::Status MarkImportStore::Delete(Tx& tx, const MarkImport& i) {
  return tx
      .Execute(
          "DELETE FROM mark_imports WHERE tenant = $1 AND series = $2 AND component = $3 AND "
          "id = $4",
          {i.tenant, i.name.series, i.name.component, i.name.id})
      .status();
}

}  // namespace assay::moderation
