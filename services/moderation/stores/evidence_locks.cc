#include "services/moderation/stores/evidence_locks.h"

#include "services/moderation/stores/sql.h"

namespace assay::moderation {

using platform::SqlRow;

absl::StatusOr<LockTerm> FindEvidenceLock(platform::Transaction& tx, std::string_view tenant,
                                          std::string_view submission) {
  LockTerm term;
  RETURN_IF_ERROR(
      tx.Query("SELECT until_at FROM evidence_locks WHERE tenant = $1 AND submission = $2",
               {tenant, submission}, [&](const SqlRow& row) {
                 term = {.locked = true, .until = OptionalTime(row, 0)};
                 return absl::OkStatus();
               }));
  return term;
}

absl::Status PutEvidenceLock(platform::Transaction& tx, std::string_view tenant,
                             std::string_view submission, const LockTerm& term) {
  if (!term.locked) {
    return tx
        .Execute("DELETE FROM evidence_locks WHERE tenant = $1 AND submission = $2",
                 {tenant, submission})
        .status();
  }
  return tx
      .Execute(
          "INSERT INTO evidence_locks (tenant, submission, until_at) VALUES ($1, $2, $3) "
          "ON CONFLICT (tenant, submission) DO UPDATE SET until_at = excluded.until_at",
          {tenant, submission, Micros(term.until)})
      .status();
}

absl::StatusOr<std::vector<DueLock>> DueEvidenceLocks(platform::Transaction& tx, absl::Time now,
                                                      int limit) {
  Statement sql("SELECT tenant, submission FROM evidence_locks WHERE until_at <= ");
  sql.Bind(absl::ToUnixMicros(now));
  sql.Add(" ORDER BY until_at, tenant, submission LIMIT ").Bind(limit);
  return Collect<DueLock>(tx, sql.sql(), sql.values(), [](const SqlRow& row) {
    return DueLock{std::string(row.Text(0)), std::string(row.Text(1))};
  });
}

}  // namespace assay::moderation
