// What officers rule on planners, and what centres hand in for it (EI-11); and what all rulings
// have in common. What was declared is concluded by conclude_involvement.h.
//
// All return NOT_FOUND (PLANNER_NOT_FOUND), ABORTED (ETAG_MISMATCH) and FAILED_PRECONDITION
// (PLANNER_STATE_WRONG).
#pragma once
#include <optional>
#include <string>
#include <string_view>
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

// EI-11. INVALID_ARGUMENT (FEEDBACK_MISSING, ACTIONS_MISSING, DEADLINE_INVALID),
// FAILED_PRECONDITION (PLANNER_JUDGED_BEFORE).
absl::StatusOr<PlannerRecord> JudgePlanner(const Work& work, const PlannerTarget& target,
                                           const RulingOn& ruling);

// EI-11. Withdraws the qualification approval too. FAILED_PRECONDITION (LAST_RESORT_TOO_EARLY,
// PLANNER_JUDGED_BEFORE, APPROVAL_STATE_WRONG).
absl::StatusOr<PlannerRecord> RemoveApproval(const Work& work, const PlannerTarget& target,
                                             const std::string& reason);

// Of which rulings are made: the planner, if it is as `target` knows it.
absl::StatusOr<PlannerRecord> FindPlanner(const Work& work, const PlannerTarget& target);
// What goes against the centre says why, and if it is to act again, what to do and by when.
// INVALID_ARGUMENT (FEEDBACK_MISSING, ACTIONS_MISSING, DEADLINE_INVALID, FIELD_INVALID).
absl::Status CheckRuling(const Work& work, const RulingOn& ruling, bool adverse, bool again);
// Records the ruling, moves the planner and tells.
absl::Status KeepRuling(const Work& work, PlannerRecord& record, PlannerState to, RulingOn ruling);
// FAILED_PRECONDITION (LAST_RESORT_TOO_EARLY).
absl::Status TooEarly(const PlannerRecord& record, std::string_view what, std::string_view rule);

}  // namespace assay::approval
