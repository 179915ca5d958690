#include "services/approval/stores/planner_erasure.h"

#include "services/approval/stores/rows.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {

using platform::SqlRow;

absl::StatusOr<std::vector<std::string>> PlannerErasureStore::PlannersOf(
    Tx& tx, std::string_view tenant, std::string_view centre, std::string_view qualification,
    std::string_view enrolment, absl::CivilDay first, absl::CivilDay last) {
  const std::string from = TextOf(first), until = TextOf(last);
  std::vector<std::string> found;
  RETURN_IF_ERROR(
      tx.Query("SELECT p.id FROM planners p JOIN planner_learners l ON l.tenant = p.tenant "
               "AND l.centre = p.centre AND l.planner = p.id WHERE p.tenant = $1 AND p.centre = $2 "
               "AND p.qualification = $3 AND l.enrolment = $4 AND p.last_day >= $5 "
               "AND p.first_day <= $6 ORDER BY p.last_day, p.id LIMIT 100",
               {tenant, centre, qualification, enrolment, from, until}, [&](const SqlRow& row) {
                 found.emplace_back(row.Text(0));
                 return absl::OkStatus();
               }));
  return found;
}

absl::StatusOr<std::vector<PlannerVersionKey>> PlannerErasureStore::VersionKeys(
    Tx& tx, std::string_view tenant, std::string_view centre) {
  std::vector<PlannerVersionKey> keys;
  RETURN_IF_ERROR(
      tx.Query("SELECT planner, number FROM planner_versions WHERE tenant = $1 AND centre = $2 "
               "ORDER BY planner, number",
               {tenant, centre}, [&](const SqlRow& row) {
                 keys.push_back({std::string(row.Text(0)), static_cast<int>(row.Int(1))});
                 return absl::OkStatus();
               }));
  return keys;
}

absl::Status PlannerErasureStore::RewriteVersion(Tx& tx, std::string_view tenant,
                                                 const PlannerRecord& p,
                                                 const PlannerVersion& version) {
  const std::string changes = LinesOf(version.changes);
  RETURN_IF_ERROR(
      tx.Execute("UPDATE planner_versions SET document = $5, change_note = $6, changes = $7 "
                 "WHERE tenant = $1 AND centre = $2 AND planner = $3 AND number = $4",
                 {tenant, p.centre, p.id, version.number, platform::Blob{version.document},
                  version.change_note, changes})
          .status());
  return tx
      .Execute(
          "UPDATE planners SET version = version + 1 "
          "WHERE tenant = $1 AND centre = $2 AND id = $3",
          {tenant, p.centre, p.id})
      .status();
}

absl::Status PlannerErasureStore::RenameLearner(Tx& tx, std::string_view tenant,
                                                std::string_view centre, std::string_view enrolment,
                                                std::string_view pseudonym) {
  RETURN_IF_ERROR(tx.Execute("UPDATE planner_decisions SET enrolment = $4, reason = '' "
                             "WHERE tenant = $1 AND centre = $2 AND enrolment = $3",
                             {tenant, centre, enrolment, pseudonym})
                      .status());
  return tx
      .Execute(
          "UPDATE planner_learners SET enrolment = $4, name = '[erased]', decision_reason = '' "
          "WHERE tenant = $1 AND centre = $2 AND enrolment = $3",
          {tenant, centre, enrolment, pseudonym})
      .status();
}

}  // namespace assay::approval
