#include "services/moderation/stores/export.h"

#include "services/moderation/stores/sql.h"

namespace assay::moderation {

using platform::SqlRow;

absl::StatusOr<std::vector<ExportRow>> ListExportRows(platform::Transaction& tx,
                                                      std::string_view tenant,
                                                      std::int64_t submission,
                                                      std::string_view after, int limit) {
  Statement sql(
      "SELECT r.candidate, r.centre_mark, r.final_mark, r.basis, c.uln FROM results r "
      "JOIN candidates c ON c.tenant = r.tenant AND c.submission = r.submission AND "
      "c.candidate = r.candidate WHERE r.tenant = ");
  sql.Bind(tenant).Add(" AND r.submission = ").Bind(submission);
  sql.Add(" AND r.candidate > ").Bind(after).Add(" ORDER BY r.candidate LIMIT ").Bind(limit);
  return Collect<ExportRow>(tx, sql.sql(), sql.values(), [](const SqlRow& row) {
    return ExportRow{.result = {.candidate = std::string(row.Text(0)),
                                .centre_mark = OptionalInt(row, 1),
                                .final_mark = OptionalInt(row, 2),
                                .basis = static_cast<Basis>(row.Int(3))},
                     .uln = std::string(row.Text(4))};
  });
}

}  // namespace assay::moderation
