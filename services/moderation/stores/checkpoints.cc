#include "services/moderation/stores/checkpoints.h"

#include <utility>

#include "services/moderation/stores/sql.h"

namespace assay::moderation {
namespace {

using platform::SqlRow;

constexpr std::string_view kSelect =
    "SELECT id, due_at, component, submission, notice_count, started_at, finished_at FROM "
    "checkpoints WHERE tenant = ";

CheckpointRun RunFrom(const SqlRow& row) {
  return {.id = std::string(row.Text(0)),
          .due = TimeAt(row, 1),
          .component = std::string(row.Text(2)),
          .submission = std::string(row.Text(3)),
          .notices = row.Int(4),
          .started = TimeAt(row, 5),
          .finished = OptionalTime(row, 6)};
}

}  // namespace

absl::StatusOr<std::vector<SeriesToCheck>> CheckpointStore::ListDue(Tx& tx, absl::Time now,
                                                                    int limit) {
  return Collect<SeriesToCheck>(
      tx,
      "SELECT tenant, id FROM series WHERE next_checkpoint_at IS NOT NULL AND "
      "next_checkpoint_at <= $1 ORDER BY next_checkpoint_at LIMIT $2",
      {Micros(now), limit}, [](const SqlRow& row) {
        return SeriesToCheck{std::string(row.Text(0)), std::string(row.Text(1))};
      });
}

absl::Status CheckpointStore::SetNext(Tx& tx, std::string_view tenant, std::string_view series,
                                      std::optional<absl::Time> next) {
  return tx
      .Execute("UPDATE series SET next_checkpoint_at = $1 WHERE tenant = $2 AND id = $3",
               {Micros(next), tenant, series})
      .status();
}

absl::StatusOr<std::vector<CheckpointRun>> CheckpointStore::List(Tx& tx, std::string_view tenant,
                                                                 std::string_view series,
                                                                 int limit) {
  Statement sql(kSelect);
  sql.Bind(tenant).Add(" AND series = ").Bind(series);
  sql.Add(" ORDER BY started_at DESC, id LIMIT ").Bind(limit);
  return Collect<CheckpointRun>(tx, sql.sql(), sql.values(), RunFrom);
}

absl::StatusOr<std::optional<CheckpointRun>> CheckpointStore::Find(Tx& tx, std::string_view tenant,
                                                                   std::string_view series,
                                                                   std::string_view id,
                                                                   absl::Time due) {
  Statement sql(kSelect);
  sql.Bind(tenant).Add(" AND series = ").Bind(series).Add(" AND id = ").Bind(id);
  sql.Add(" AND due_at = ").Bind(Micros(due));
  ASSIGN_OR_RETURN(auto found, Collect<CheckpointRun>(tx, sql.sql(), sql.values(), RunFrom));
  if (found.empty()) return std::optional<CheckpointRun>();
  return std::optional<CheckpointRun>(std::move(found[0]));
}

absl::Status CheckpointStore::Put(Tx& tx, std::string_view tenant, std::string_view series,
                                  const CheckpointRun& run) {
  return tx
      .Execute(
          "INSERT INTO checkpoints (tenant, series, id, due_at, component, submission, "
          "notice_count, started_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
          "ON CONFLICT (tenant, series, id, due_at) DO UPDATE SET component = excluded.component, "
          "submission = excluded.submission, notice_count = excluded.notice_count, "
          "finished_at = excluded.finished_at",
          {tenant, series, run.id, Micros(run.due), run.component, run.submission, run.notices,
           Micros(run.started), Micros(run.finished)})
      .status();
}

absl::StatusOr<bool> CheckpointStore::AddNotice(Tx& tx, std::string_view tenant,
                                                std::string_view series, const CheckpointRun& run,
                                                std::int64_t submission, absl::Time now) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("INSERT INTO checkpoint_notices (tenant, series, checkpoint, due_at, submission, "
                 "raised_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                 {tenant, series, run.id, Micros(run.due), submission, Micros(now)}));
  return rows > 0;
}

}  // namespace assay::moderation
