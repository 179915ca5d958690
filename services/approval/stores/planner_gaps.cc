#include "services/approval/stores/planner_gaps.h"

#include "services/approval/involvement/stages.h"
#include "services/approval/stores/rows.h"

namespace assay::approval {
namespace {

using platform::SqlRow;
using platform::SqlValue;

constexpr int kRemoved = static_cast<int>(PlannerState::kRemoved);

absl::StatusOr<PlannerGap> GapOf(const SqlRow& row) {
  PlannerGap gap;
  PlannerRecord& planner = gap.planner;
  planner.centre = row.Text(0);
  planner.id = row.Text(1);
  planner.approval = row.Text(2);
  planner.qualification = row.Text(3);
  ASSIGN_OR_RETURN(planner.first_day, DayAt(row, 4));
  ASSIGN_OR_RETURN(planner.last_day, DayAt(row, 5));
  ASSIGN_OR_RETURN(planner.declaration_deadline, DayAt(row, 6));
  ASSIGN_OR_RETURN(planner.state, EnumAt<PlannerState>(row, 7, kPlannerStates));
  planner.document_version = static_cast<int>(row.Int(8));
  gap.learners = row.Int(9);
  gap.not_met = row.Int(10);
  gap.referred = row.Int(11);
  return gap;
}

}  // namespace

absl::StatusOr<std::vector<PlannerGap>> PlannerGapStore::List(Tx& tx, const Reach& reach,
                                                              std::string_view centre, int limit) {
  // The planners are cut before their learners are counted.
  static const std::string kSql =
      "SELECT p.centre, p.id, p.approval, p.qualification, p.first_day, p.last_day, "
      "p.declaration_deadline, p.state, p.document_version, COUNT(l.enrolment), "
      "COALESCE(SUM(CASE WHEN l.outcome = 0 OR (l.outcome = 1 AND l.decision = 0) THEN 1 ELSE 0 "
      "END), 0), COALESCE(SUM(CASE WHEN l.outcome = 1 AND l.decision IS NULL THEN 1 ELSE 0 END), "
      "0) FROM (SELECT * FROM planners WHERE tenant = $1 AND centre = $2 AND ($3 = '' OR centre = "
      "$3) AND state <> $4 ORDER BY last_day DESC, id LIMIT $5) AS p LEFT JOIN planner_learners l "
      "ON l.tenant = p.tenant AND l.centre = p.centre AND l.planner = p.id GROUP BY p.centre, "
      "p.id, p.approval, p.qualification, p.first_day, p.last_day, p.declaration_deadline, "
      "p.state, p.document_version ORDER BY p.last_day DESC, p.id";
  const SqlValue values[] = {reach.tenant, centre, reach.within, kRemoved, limit};
  return Collect<PlannerGap>(tx, kSql, values, GapOf);
}

absl::StatusOr<std::int64_t> PlannerGapStore::Count(Tx& tx, const Reach& reach,
                                                    std::string_view centre) {
  std::int64_t count = 0;
  RETURN_IF_ERROR(tx.Query(
      "SELECT COUNT(*) FROM planners WHERE tenant = $1 AND centre = $2 AND ($3 = '' OR centre = "
      "$3) AND state <> $4",
      {reach.tenant, centre, reach.within, kRemoved}, [&](const SqlRow& row) {
        count = row.Int(0);
        return absl::OkStatus();
      }));
  return count;
}

absl::StatusOr<std::vector<std::string>> PlannerGapStore::WithoutPlanner(Tx& tx, const Reach& reach,
                                                                         std::string_view centre,
                                                                         absl::CivilDay day,
                                                                         int limit) {
  const std::string text = TextOf(day);
  const SqlValue values[] = {reach.tenant, centre, reach.within, kRemoved, text, limit};
  return Collect<std::string>(
      tx,
      "SELECT a.qualification FROM qualification_approvals a WHERE a.tenant = $1 AND a.centre = $2 "
      "AND ($3 = '' OR a.centre = $3) AND a.state IN ('applied', 'approved', 'suspended') AND NOT "
      "EXISTS (SELECT 1 FROM planners p WHERE p.tenant = a.tenant AND p.centre = a.centre AND "
      "p.approval = a.id AND p.state <> $4 AND p.last_day >= $5) ORDER BY a.qualification, a.id "
      "LIMIT $6",
      values,
      [](const SqlRow& row) -> absl::StatusOr<std::string> { return std::string(row.Text(0)); });
}

absl::StatusOr<std::map<std::string, bool>> PlannerGapStore::Decisions(
    Tx& tx, std::string_view tenant, const PlannerRecord& planner) {
  std::map<std::string, bool> decisions;
  RETURN_IF_ERROR(tx.Query(
      "SELECT enrolment, decision FROM planner_learners WHERE tenant = $1 AND centre = $2 AND "
      "planner = $3 AND outcome = 1 AND decision IS NOT NULL",
      {tenant, planner.centre, planner.id}, [&](const SqlRow& row) {
        decisions.emplace(row.Text(0), row.Int(1) != 0);
        return absl::OkStatus();
      }));
  return decisions;
}

}  // namespace assay::approval
