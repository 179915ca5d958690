// What officers rule on planners and declarations, and what centres hand in (EI-11, EI-13, EI-14).
//
// All return NOT_FOUND (PLANNER_NOT_FOUND), ABORTED (ETAG_MISMATCH) and FAILED_PRECONDITION
// (PLANNER_STATE_WRONG).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/planners.h"

namespace assay::approval {

struct PlannerTarget {
  std::string centre;
  std::string id;
  std::string etag;
};

// For judgement.
absl::StatusOr<PlannerRecord> SubmitPlanner(const Work& work, const PlannerTarget& target);

struct RulingOn {
  PlannerStep step = PlannerStep::kFindMeeting;
  std::string feedback;
  std::vector<PlannerAction> actions;
  std::optional<absl::CivilDay> deadline;
};

// EI-11. INVALID_ARGUMENT (FEEDBACK_MISSING, ACTIONS_MISSING, DEADLINE_INVALID).
absl::StatusOr<PlannerRecord> JudgePlanner(const Work& work, const PlannerTarget& target,
                                           const RulingOn& ruling);

// EI-11. Withdraws the qualification approval too. FAILED_PRECONDITION (LAST_RESORT_TOO_EARLY,
// APPROVAL_STATE_WRONG).
absl::StatusOr<PlannerRecord> RemoveApproval(const Work& work, const PlannerTarget& target,
                                             const std::string& reason);

struct DeclarationBy {
  std::string signed_by;
  std::string position;
  bool confirmed = false;
};

// EI-13. FAILED_PRECONDITION (DEADLINE_PASSED, EVIDENCE_MISSING), INVALID_ARGUMENT
// (DECLARATION_INCOMPLETE).
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
// EVIDENCE_NOT_CHECKED, EVIDENCE_NOT_IN_ORDER for what would be accepted), INVALID_ARGUMENT
// (LEARNER_NOT_REFERRED, REASON_MISSING and those of JudgePlanner).
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
};
// NOT_FOUND (LEARNER_NOT_FOUND).
absl::StatusOr<LearnerBlock> CheckLearner(const Work& work, const PlannerTarget& target,
                                          const std::string& enrolment);

}  // namespace assay::approval
