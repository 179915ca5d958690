#include "services/approval/stores/timeline.h"

#include "absl/strings/numbers.h"
#include "services/approval/stores/rows.h"

namespace assay::approval {
namespace {

using platform::SqlRow;
using platform::View;

absl::StatusOr<TimelineRecord> RecordOf(const SqlRow& row) {
  TimelineRecord r;
  r.centre = row.Text(0);
  r.time = absl::FromUnixMicros(row.Int(1));
  r.id = row.Text(2);
  ASSIGN_OR_RETURN(r.kind, EnumAt<TimelineKind>(row, 3, kTimelineKinds));
  r.subject = row.Text(4);
  r.what = row.Text(5);
  r.reason = row.Text(6);
  r.actor = row.Text(7);
  r.rule = row.Text(8);
  return r;
}

}  // namespace

std::string TimelineRecord::Position() const {
  return absl::StrCat(absl::ToUnixMicros(time), "/", id);
}

absl::Status TimelineStore::Append(Tx& tx, std::string_view tenant, const TimelineRecord& r) {
  return tx
      .Execute(
          "INSERT INTO centre_timeline (tenant, centre, time_us, id, kind, subject, what, reason, "
          "actor, rule) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          {tenant, r.centre, absl::ToUnixMicros(r.time), r.id, static_cast<int>(r.kind), r.subject,
           r.what, r.reason, r.actor, r.rule})
      .status();
}

absl::StatusOr<std::vector<TimelineRecord>> TimelineStore::List(Tx& tx, const Reach& reach,
                                                                const TimelineQuery& query,
                                                                std::string_view after, int limit) {
  Statement sql(
      "SELECT centre, time_us, id, kind, subject, what, reason, actor, rule FROM centre_timeline "
      "WHERE tenant = ");
  sql.Bind(reach.tenant).Add(" AND centre = ").Bind(query.centre);
  if (!reach.within.empty()) sql.Add(" AND centre = ").Bind(reach.within);
  if (query.kind != TimelineKind::kAny) sql.Add(" AND kind = ").Bind(static_cast<int>(query.kind));
  if (!query.subject.empty()) sql.Add(" AND subject = ").Bind(query.subject);
  const auto [time, id] = SplitPosition(after);
  std::int64_t time_us = 0;
  if (!after.empty() && absl::SimpleAtoi(View(time), &time_us)) {
    sql.Add(" AND (time_us, id) < (").Bind(time_us).Add(", ").Bind(id).Add(")");
  }
  sql.Add(" ORDER BY time_us DESC, id DESC LIMIT ").Bind(limit);
  return Collect<TimelineRecord>(tx, sql.sql(), sql.values(), RecordOf);
}

}  // namespace assay::approval
