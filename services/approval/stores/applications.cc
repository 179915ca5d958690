#include "services/approval/stores/applications.h"

#include "services/approval/stores/rows.h"

namespace assay::approval {

using platform::SqlRow;
using platform::SqlValue;

absl::Status ApplicationStore::Insert(Tx& tx, std::string_view tenant, const ApplicationRecord& a) {
  return tx
      .Execute(
          "INSERT INTO centre_applications (tenant, centre, id, applicant, reason, actor, time_us) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7)",
          {tenant, a.centre, a.id, a.applicant, a.reason, a.actor, absl::ToUnixMicros(a.time)})
      .status();
}

absl::StatusOr<std::vector<ApplicationRecord>> ApplicationStore::List(Tx& tx, const Reach& reach,
                                                                      std::string_view centre,
                                                                      std::string_view after,
                                                                      int limit) {
  const SqlValue values[] = {reach.tenant, centre, reach.within, after, limit};
  return Collect<ApplicationRecord>(
      tx,
      "SELECT centre, id, applicant, reason, actor, time_us FROM centre_applications "
      "WHERE tenant = $1 AND centre = $2 AND ($3 = '' OR centre = $3) AND id > $4 "
      "ORDER BY id LIMIT $5",
      values, [](const SqlRow& row) -> absl::StatusOr<ApplicationRecord> {
        ApplicationRecord a;
        a.centre = row.Text(0);
        a.id = row.Text(1);
        a.applicant = row.Text(2);
        a.reason = row.Text(3);
        a.actor = row.Text(4);
        a.time = TimeAt(row, 5);
        return a;
      });
}

absl::Status ApplicationStore::Move(Tx& tx, std::string_view tenant, std::string_view from,
                                    std::string_view to) {
  return tx
      .Execute("UPDATE centre_applications SET centre = $3 WHERE tenant = $1 AND centre = $2",
               {tenant, from, to})
      .status();
}

}  // namespace assay::approval
