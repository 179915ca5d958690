#include "services/approval/commands/staff_standing.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/judge_staff.h"
#include "services/approval/stores/staff.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {

absl::StatusOr<StaffStanding> StandingOfStaff(const Work& work, const std::string& centre,
                                              const std::string& staff,
                                              const std::string& qualification,
                                              absl::CivilDay day) {
  const std::string prefix = absl::StrCat("centres/", centre, "/staff/");
  const std::string id = staff.rfind(prefix, 0) == 0 ? staff.substr(prefix.size()) : staff;
  StaffStanding standing;
  const absl::StatusOr<StaffRecord> record = StaffStore().Get(work.tx, work.reach, centre, id);
  if (absl::IsNotFound(record.status())) return standing;
  RETURN_IF_ERROR(record.status());
  ASSIGN_OR_RETURN(StaffJudgement judgement, JudgeStaffRecord(work, *record, qualification, day));
  standing.exists = true;
  standing.active = judgement.active;
  standing.assessor = judgement.Has(StaffRole::kAssessor);
  standing.verifier = judgement.Has(StaffRole::kInternalVerifier);
  standing.competent = judgement.competent;
  standing.subject = record->subject;
  standing.conflicts = std::move(judgement.conflicts);
  standing.missing = std::move(judgement.missing);
  return standing;
}

}  // namespace assay::approval
