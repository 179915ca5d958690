// What centres declare of the involvement of a cohort, and what officers conclude from it, down to
// one learner (EI-13, EI-14).
//
// All return NOT_FOUND (PLANNER_NOT_FOUND), ABORTED (ETAG_MISMATCH) and FAILED_PRECONDITION
// (PLANNER_STATE_WRONG).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/commands/rule_on_planner.h"
#include "services/approval/context.h"
#include "services/approval/stores/planner_history.h"
#include "services/approval/stores/planners.h"

namespace assay::approval {

struct DeclarationBy {
  std::string signed_by;
  std::string position;
  bool confirmed = false;
};

// EI-13. FAILED_PRECONDITION (DEADLINE_PASSED, TRACKER_INCOMPLETE, EVIDENCE_MISSING),
// INVALID_ARGUMENT (DECLARATION_INCOMPLETE).
absl::StatusOr<PlannerRecord> DeclareInvolvement(const Work& work, const PlannerTarget& target,
                                                 const DeclarationBy& declaration);

// EI-13. INVALID_ARGUMENT (DEADLINE_INVALID).
absl::StatusOr<PlannerRecord> WaiveDeadline(const Work& work, const PlannerTarget& target,
                                            absl::CivilDay until, const std::string& reason);

struct ReferredDecision {
  std::string enrolment;
  bool met = false;
  std::string reason;
};

// EI-7, EI-14. FAILED_PRECONDITION (REFERRED_UNDECIDED, LAST_RESORT_TOO_EARLY;
// EVIDENCE_NOT_CHECKED, EVIDENCE_NOT_IN_ORDER, INVOLVEMENT_NOT_MET for what would be accepted),
// INVALID_ARGUMENT (LEARNER_NOT_REFERRED, REASON_MISSING and those of JudgePlanner).
absl::StatusOr<PlannerRecord> ConcludeInvolvement(const Work& work, const PlannerTarget& target,
                                                  const RulingOn& ruling,
                                                  const std::vector<ReferredDecision>& decisions);

// How one learner stands in the way of an award (QUAL-9).
struct LearnerBlock {
  bool blocks = false;
  bool final = false;
  std::string who;  // "centre", "quality" or "".
  std::optional<absl::CivilDay> due;
  std::string message;
  LearnerStanding learner;
  std::vector<LearnerDecision> decisions;  // Newest first.
};
// NOT_FOUND (LEARNER_NOT_FOUND).
absl::StatusOr<LearnerBlock> CheckLearner(const Work& work, const PlannerTarget& target,
                                          const std::string& enrolment);

// EI-14: of a failed component. NOT_FOUND (LEARNER_NOT_FOUND).
absl::StatusOr<LearnerBlock> DecideLearner(const Work& work, const PlannerTarget& target,
                                           const ReferredDecision& decision);

}  // namespace assay::approval
