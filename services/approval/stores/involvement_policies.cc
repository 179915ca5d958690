#include "services/approval/stores/involvement_policies.h"

#include "services/approval/stores/rows.h"

namespace assay::approval {

using platform::SqlRow;
using platform::SqlValue;

absl::StatusOr<bool> InvolvementPolicyStore::Insert(platform::Transaction& tx,
                                                    std::string_view tenant,
                                                    const InvolvementPolicyRecord& record) {
  const InvolvementPolicy& p = record.policy;
  const std::string day = TextOf(p.effective_day);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute(
          "INSERT INTO involvement_policies (tenant, version, effective_day, year_month, "
          "deadline_month, deadline_day, period_days_max, change_note, author, time_us) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
          {tenant, p.version, day, p.year_month, p.deadline_month, p.deadline_day,
           p.period_days_max, record.change_note, record.author, absl::ToUnixMicros(record.time)}));
  return rows == 1;
}

absl::StatusOr<std::vector<InvolvementPolicyRecord>> InvolvementPolicyStore::List(
    platform::Transaction& tx, std::string_view tenant) {
  const SqlValue values[] = {tenant};
  return Collect<InvolvementPolicyRecord>(
      tx,
      "SELECT version, effective_day, year_month, deadline_month, deadline_day, period_days_max, "
      "change_note, author, time_us FROM involvement_policies WHERE tenant = $1 "
      "ORDER BY version LIMIT 1000",
      values, [](const SqlRow& row) -> absl::StatusOr<InvolvementPolicyRecord> {
        InvolvementPolicyRecord out;
        out.policy.version = static_cast<int>(row.Int(0));
        ASSIGN_OR_RETURN(out.policy.effective_day, DayAt(row, 1));
        out.policy.year_month = static_cast<int>(row.Int(2));
        out.policy.deadline_month = static_cast<int>(row.Int(3));
        out.policy.deadline_day = static_cast<int>(row.Int(4));
        out.policy.period_days_max = static_cast<int>(row.Int(5));
        out.change_note = row.Text(6);
        out.author = row.Text(7);
        out.time = TimeAt(row, 8);
        return out;
      });
}

}  // namespace assay::approval
