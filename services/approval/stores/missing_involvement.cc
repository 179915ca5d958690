#include "services/approval/stores/missing_involvement.h"

#include <utility>

#include "services/approval/learners/registration.h"
#include "services/approval/stores/rows.h"

namespace assay::approval {
namespace {

using platform::SqlRow;
using platform::View;

struct Asked {
  const Reach& reach;
  std::string_view centre;
  std::string_view planner;
  std::string_view after_centre, after_planner, after_place;
  int limit;
};

// Conditions and order of one part of the list. The columns are those of the part's key.
void Within(const Asked& asked, const std::string& centre, const std::string& planner,
            const std::string& place, Statement& sql) {
  if (!asked.centre.empty()) sql.Add(absl::StrCat(" AND ", centre, " = ")).Bind(asked.centre);
  if (!asked.reach.within.empty()) {
    sql.Add(absl::StrCat(" AND ", centre, " = ")).Bind(asked.reach.within);
  }
  if (!asked.planner.empty()) sql.Add(absl::StrCat(" AND ", planner, " = ")).Bind(asked.planner);
  const std::string key = absl::StrCat(centre, ", ", planner, ", ", place);
  sql.Add(absl::StrCat(" AND (", key, ") > (")).Bind(asked.after_centre);
  sql.Add(", ").Bind(asked.after_planner).Add(", ").Bind(asked.after_place);
  sql.Add(absl::StrCat(") ORDER BY ", key, " LIMIT ")).Bind(asked.limit);
}

constexpr std::string_view kOfPlanners =
    "SELECT l.centre AS centre, l.planner AS planner, l.enrolment AS place, p.declaration_deadline "
    "AS deadline, '' AS registration, l.enrolment AS enrolment, l.name AS name, l.outcome AS "
    "outcome, l.prospect AS prospect, l.rule AS rule, l.repair AS repair, l.decision AS decision, "
    "l.decision_reason AS decision_reason FROM planner_learners l JOIN planners p ON p.tenant = "
    "l.tenant AND p.centre = l.centre AND p.id = l.planner WHERE ";

// Whom the tracker does not bring to met, and no officer either.
void AddNotMet(const Asked& asked, Statement& sql) {
  sql.Add(kOfPlanners).Add("l.tenant = ").Bind(asked.reach.tenant);
  sql.Add(" AND l.outcome < 2 AND (l.decision IS NULL OR l.decision = 0)");
  Within(asked, "l.centre", "l.planner", "l.enrolment", sql);
}

// Of a failed component nobody has met it whom an officer did not find to (EI-14).
void AddFailed(const Asked& asked, Statement& sql) {
  sql.Add(kOfPlanners).Add("p.tenant = ").Bind(asked.reach.tenant);
  sql.Add(" AND p.state = ").Bind(static_cast<int>(PlannerState::kFailed));
  sql.Add(" AND l.outcome = 2 AND (l.decision IS NULL OR l.decision = 0)");
  Within(asked, "l.centre", "l.planner", "l.enrolment", sql);
}

// Registered, and named by no planner of the time of the registration.
void AddUnnamed(const Asked& asked, std::span<const std::string> qualifications, Statement& sql) {
  sql.Add(
      "SELECT r.centre, '', r.enrolment || '/' || r.id, CAST(NULL AS TEXT), r.id, r.enrolment, "
      "r.learner_name, CAST(0 AS BIGINT), CAST(0 AS BIGINT), 'EI-1', 'name the learner in a "
      "planner for qualifications/' || r.qualification, CAST(NULL AS BIGINT), '' "
      "FROM registrations r WHERE r.tenant = ");
  sql.Bind(asked.reach.tenant);
  sql.Add(" AND r.state = ").Bind(static_cast<int>(RegistrationState::kActive));
  sql.Add(" AND r.qualification IN (");
  for (std::size_t i = 0; i < qualifications.size(); ++i) {
    sql.Add(i == 0 ? "" : ", ").Bind(qualifications[i]);
  }
  sql.Add(
      ") AND NOT EXISTS (SELECT 1 FROM planners p JOIN planner_learners l ON l.tenant = p.tenant "
      "AND l.centre = p.centre AND l.planner = p.id WHERE p.tenant = r.tenant AND p.centre = "
      "r.centre AND p.qualification = r.qualification AND p.first_day <= r.end_day AND "
      "p.last_day >= r.register_day AND l.enrolment = r.enrolment AND p.state <> ");
  sql.Bind(static_cast<int>(PlannerState::kRemoved)).Add(")");
  Within(asked, "r.centre", "''", "r.enrolment || '/' || r.id", sql);
}

absl::StatusOr<MissingLearner> MissingOf(const SqlRow& row) {
  MissingLearner out;
  const std::string centre(row.Text(0)), planner(row.Text(1)), registration(row.Text(4));
  out.position = absl::StrCat(centre, "/", planner, "/", View(row.Text(2)));
  if (!planner.empty()) out.planner_name = absl::StrCat("centres/", centre, "/planners/", planner);
  if (!registration.empty()) {
    out.registration = absl::StrCat("centres/", centre, "/registrations/", registration);
  }
  ASSIGN_OR_RETURN(out.declaration_deadline, OptionalDayAt(row, 3));
  ASSIGN_OR_RETURN(out.standing, LearnerStandingAt(row, 5));
  return out;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> MissingInvolvementStore::RegisteredFor(
    Tx& tx, const Reach& reach, std::string_view centre) {
  Statement sql("SELECT DISTINCT qualification FROM registrations WHERE tenant = ");
  sql.Bind(reach.tenant);
  sql.Add(" AND state = ").Bind(static_cast<int>(RegistrationState::kActive));
  if (!centre.empty()) sql.Add(" AND centre = ").Bind(centre);
  if (!reach.within.empty()) sql.Add(" AND centre = ").Bind(reach.within);
  sql.Add(" ORDER BY qualification LIMIT 2000");
  return Collect<std::string>(
      tx, sql.sql(), sql.values(),
      [](const SqlRow& row) -> absl::StatusOr<std::string> { return std::string(row.Text(0)); });
}

absl::StatusOr<std::vector<MissingLearner>> MissingInvolvementStore::List(
    Tx& tx, const Reach& reach, std::string_view centre, std::string_view planner,
    std::span<const std::string> qualifications, std::string_view after, int limit) {
  const auto [after_centre, rest] = SplitPosition(after);
  const auto [after_planner, after_place] = SplitPosition(rest);
  const Asked asked{reach, centre, planner, after_centre, after_planner, after_place, limit};
  Statement sql("SELECT * FROM (SELECT * FROM (");
  AddNotMet(asked, sql);
  sql.Add(") AS n UNION ALL SELECT * FROM (");
  AddFailed(asked, sql);
  if (planner.empty() && !qualifications.empty()) {
    sql.Add(") AS f UNION ALL SELECT * FROM (");
    AddUnnamed(asked, qualifications, sql);
  }
  sql.Add(") AS u) AS m ORDER BY m.centre, m.planner, m.place LIMIT ").Bind(limit);
  return Collect<MissingLearner>(tx, sql.sql(), sql.values(), MissingOf);
}

}  // namespace assay::approval
