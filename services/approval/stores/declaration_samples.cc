#include "services/approval/stores/declaration_samples.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/database.h"

namespace assay::approval {
namespace {

using platform::Blob;
using platform::Error;
using platform::SqlRow;

absl::Status LoadChecks(DeclarationSampleStore::Tx& tx, std::string_view tenant,
                        const PlannerRecord& planner, DeclarationSample& sample) {
  return tx.Query(
      "SELECT item, in_order, note, checked_by, checked_us FROM evidence_checks WHERE tenant = $1 "
      "AND centre = $2 AND planner = $3 AND declaration = $4 ORDER BY item",
      {tenant, planner.centre, planner.id, sample.declaration}, [&](const SqlRow& row) {
        EvidenceCheck check{.item = std::string(row.Text(0)),
                            .note = std::string(row.Text(2)),
                            .checked_by = std::string(row.Text(3))};
        if (!row.IsNull(1)) check.in_order = row.Int(1) != 0;
        if (!row.IsNull(4)) check.time = absl::FromUnixMicros(row.Int(4));
        sample.checks.push_back(std::move(check));
        return absl::OkStatus();
      });
}

}  // namespace

absl::Status DeclarationSampleStore::PutSecret(Tx& tx, std::string_view tenant,
                                               const PlannerRecord& planner,
                                               std::string_view secret) {
  return tx
      .Execute(
          "INSERT INTO planner_secrets (tenant, centre, planner, secret) VALUES ($1, $2, $3, "
          "$4) ON CONFLICT (tenant, centre, planner) DO UPDATE SET secret = excluded.secret",
          {tenant, planner.centre, planner.id, Blob{secret}})
      .status();
}

absl::StatusOr<std::string> DeclarationSampleStore::Secret(Tx& tx, std::string_view tenant,
                                                           const PlannerRecord& planner) {
  std::string secret;
  RETURN_IF_ERROR(
      tx.Query("SELECT secret FROM planner_secrets WHERE tenant = $1 AND centre = $2 "
               "AND planner = $3",
               {tenant, planner.centre, planner.id}, [&](const SqlRow& row) {
                 secret = row.Bytes(0);
                 return absl::OkStatus();
               }));
  return secret;
}

absl::Status DeclarationSampleStore::Insert(Tx& tx, std::string_view tenant,
                                            const PlannerRecord& planner,
                                            const DeclarationSample& sample) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute(
          "INSERT INTO declaration_samples (tenant, centre, planner, declaration, policy, "
          "commitment, published, drawn_by, drawn_us) VALUES ($1, $2, $3, $4, $5, $6, $7, "
          "$8, $9) ON CONFLICT DO NOTHING",
          {tenant, planner.centre, planner.id, sample.declaration, sample.policy, sample.commitment,
           sample.published, sample.drawn_by, absl::ToUnixMicros(sample.time)}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAlreadyExists, kDeclarationSampleExists,
                 "the evidence of this declaration has been sampled")
        .With("sample", absl::StrCat(planner.Name(), "/samples/", sample.declaration));
  }
  for (const EvidenceCheck& check : sample.checks) {
    RETURN_IF_ERROR(tx.Execute("INSERT INTO evidence_checks (tenant, centre, planner, declaration, "
                               "item, note, checked_by) VALUES ($1, $2, $3, $4, $5, '', '')",
                               {tenant, planner.centre, planner.id, sample.declaration, check.item})
                        .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<DeclarationSample> DeclarationSampleStore::Get(Tx& tx, std::string_view tenant,
                                                              const PlannerRecord& planner,
                                                              int declaration) {
  ASSIGN_OR_RETURN(auto found, List(tx, tenant, planner, declaration - 1, 1));
  if (!found.empty() && found[0].declaration == declaration) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kDeclarationSampleNotFound,
               "the evidence of this declaration has not been sampled")
      .With("sample", absl::StrCat(planner.Name(), "/samples/", declaration));
}

absl::StatusOr<std::vector<DeclarationSample>> DeclarationSampleStore::List(
    Tx& tx, std::string_view tenant, const PlannerRecord& planner, int after, int limit) {
  std::vector<DeclarationSample> found;
  RETURN_IF_ERROR(tx.Query(
      "SELECT declaration, policy, commitment, published, drawn_by, drawn_us FROM "
      "declaration_samples WHERE tenant = $1 AND centre = $2 AND planner = $3 AND declaration > $4 "
      "ORDER BY declaration LIMIT $5",
      {tenant, planner.centre, planner.id, after, limit}, [&](const SqlRow& row) {
        found.push_back({.declaration = static_cast<int>(row.Int(0)),
                         .policy = std::string(row.Text(1)),
                         .commitment = std::string(row.Text(2)),
                         .published = std::string(row.Text(3)),
                         .drawn_by = std::string(row.Text(4)),
                         .time = absl::FromUnixMicros(row.Int(5))});
        return absl::OkStatus();
      }));
  for (DeclarationSample& sample : found) RETURN_IF_ERROR(LoadChecks(tx, tenant, planner, sample));
  return found;
}

absl::StatusOr<bool> DeclarationSampleStore::PutCheck(Tx& tx, std::string_view tenant,
                                                      const PlannerRecord& planner, int declaration,
                                                      const EvidenceCheck& check) {
  std::optional<std::int64_t> in_order;
  if (check.in_order.has_value()) in_order = *check.in_order ? 1 : 0;
  std::optional<std::int64_t> time;
  if (check.time.has_value()) time = absl::ToUnixMicros(*check.time);
  ASSIGN_OR_RETURN(const std::int64_t rows,
                   tx.Execute("UPDATE evidence_checks SET in_order = $1, note = $2, checked_by = "
                              "$3, checked_us = $4 WHERE tenant = $5 AND centre = $6 AND planner = "
                              "$7 AND declaration = $8 AND item = $9",
                              {in_order, check.note, check.checked_by, time, tenant, planner.centre,
                               planner.id, declaration, check.item}));
  return rows == 1;
}

}  // namespace assay::approval
