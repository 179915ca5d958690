// Opens planners of employer involvement and keeps their documents (EI-10, EI-12), and says what
// they are worth at any time (EI-15).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/involvement/check.h"
#include "services/approval/stores/planners.h"

namespace assay::approval {

// A document that has passed as far as its form goes.
struct PlannerDraft {
  Planner planner;
  std::string bytes;
};

struct PlannerOpening {
  std::string centre;  // Ids.
  std::string approval;
  absl::CivilDay first_day;
  absl::CivilDay last_day;
  std::optional<absl::CivilDay> declaration_deadline;  // Absent: that of the policy (EI-13).
};

// NOT_FOUND (CENTRE_NOT_FOUND, APPROVAL_NOT_FOUND), FAILED_PRECONDITION
// (INVOLVEMENT_NOT_REQUIRED, APPROVAL_STATE_WRONG), ALREADY_EXISTS (PLANNER_EXISTS),
// INVALID_ARGUMENT (DEADLINE_NOT_OF_POLICY, PLANNER_REFUSED, FIELD_INVALID).
absl::StatusOr<PlannerRecord> OpenPlanner(const Work& work, const PlannerOpening& opening,
                                          const PlannerDraft& draft);

struct PlannerEdit {
  std::string centre;
  std::string id;
  std::string etag;
  std::string change_note;
};

// Another version. FAILED_PRECONDITION (PLANNER_STATE_WRONG), ABORTED (ETAG_MISMATCH),
// INVALID_ARGUMENT (PLANNER_REFUSED).
absl::StatusOr<PlannerRecord> UpdatePlanner(const Work& work, const PlannerEdit& edit,
                                            const PlannerDraft& draft);

// What the planner is measured against: its qualification's sectors, its period.
// NOT_FOUND (QUALIFICATION_NOT_FOUND) if the catalogue no longer has it.
absl::StatusOr<InvolvementFrame> FrameOf(const Work& work, const PlannerRecord& record);

// FAILED_PRECONDITION (PLANNER_STATE_WRONG) if the step is not legal now; else the state after it.
absl::StatusOr<PlannerState> StateAfter(const PlannerRecord& record, PlannerStep step);

// The planner of the same approval, other than this one, that was judged to meet the requirements
// first; none if none was (EI-9).
absl::StatusOr<std::optional<PlannerRecord>> MetBefore(const Work& work,
                                                       const PlannerRecord& record);
// Makes `record` meet the requirements by the judgement that `met` does. Keeps nothing.
absl::Status CarryOver(const PlannerRecord& met, PlannerRecord& record);

// The latest version as the rules see it.
absl::StatusOr<Planner> LoadPlanner(const Work& work, const PlannerRecord& record);

}  // namespace assay::approval
