#include "services/approval/commands/judge_staff.h"

#include <utility>

#include "services/approval/commands/find_qualification.h"
#include "services/approval/commands/manage_staff.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {

absl::StatusOr<StaffJudgement> JudgeStaffRecord(const Work& work, const StaffRecord& staff,
                                                const std::string& qualification,
                                                absl::CivilDay day) {
  StaffStore store;
  const std::string& tenant = work.reach.tenant;
  StaffDossier facts;
  facts.first_day = staff.first_day;
  facts.last_day = staff.last_day;
  facts.roles = staff.roles;
  ASSIGN_OR_RETURN(auto competences,
                   store.ListCompetences(work.tx, tenant, staff, kCompetencesMost));
  for (CompetenceRecord& c : competences) facts.competences.push_back(std::move(c.rule));
  ASSIGN_OR_RETURN(auto conflicts, store.ListConflicts(work.tx, tenant, staff, kConflictsMost));
  for (ConflictRecord& c : conflicts) facts.conflicts.push_back(std::move(c.rule));
  const auto known = FindQualification(work, qualification, day);
  if (!known.ok() && !absl::IsNotFound(known.status())) return known.status();
  const int level = known.ok() ? known->level : 0;
  return JudgeStaff(facts, work.context.oversight.competence, qualification, level, day);
}

}  // namespace assay::approval
