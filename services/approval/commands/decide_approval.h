// What officers decide on a centre's approval for a qualification, and on its conditions.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/approval/context.h"
#include "services/approval/stores/approvals.h"

namespace assay::approval {

struct ApprovalDecision {
  ApprovalState to = ApprovalState::kApproved;
  std::string reason;                            // Read by the centre; kept in the history.
  std::optional<absl::CivilDay> effective_date;  // Of an approval; absent: today.
  std::string etag;                              // "" agrees with any.
  bool reinstate = false;                        // With kApproved: from suspended.
  std::optional<absl::CivilDay> expire_date;     // Of an approval; absent: by the policy.
  std::vector<ApprovalCondition> conditions;     // Of an approval.
};

struct ApprovalTarget {
  std::string centre;
  std::string id;
  std::string etag;
};

// An approval is in force from effective_date; a withdrawal or suspension ends it today, so that
// today is the first day without it. Days are those of UTC. If the qualification asks for employer
// involvement, a planner must meet requirements, or be a condition where the policy allows that
// (EI-1, EI-9). A first day that has passed needs a reason, and the centre was approved on it
// (QUAL-7). The versions of the policy and of the catalogue that it was decided by are kept.
//
// Returns NOT_FOUND (APPROVAL_NOT_FOUND), ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION
// (APPROVAL_STATE_WRONG, PLANNER_MISSING, or CENTRE_STATE_WRONG when it approves for a centre that
// is not approved itself), INVALID_ARGUMENT (DEADLINE_INVALID, REASON_MISSING,
// EFFECTIVE_DATE_INVALID).
absl::StatusOr<QualificationApproval> DecideApproval(const Work& work, std::string_view centre_id,
                                                     std::string_view id,
                                                     const ApprovalDecision& decision);

// INVALID_ARGUMENT (DEADLINE_INVALID) unless it then expires later than before.
absl::StatusOr<QualificationApproval> RenewApproval(const Work& work, const ApprovalTarget& target,
                                                    absl::CivilDay expire_date,
                                                    const std::string& reason);

// FAILED_PRECONDITION (TOO_MANY_CONDITIONS), INVALID_ARGUMENT (DEADLINE_INVALID).
absl::StatusOr<QualificationApproval> AddCondition(const Work& work, const ApprovalTarget& target,
                                                   const ApprovalCondition& condition);

struct ConditionClosing {
  int number = 0;
  ConditionState state = ConditionState::kMet;
  std::string reason;
};
// NOT_FOUND (CONDITION_NOT_FOUND), FAILED_PRECONDITION (CONDITION_STATE_WRONG, PLANNER_MISSING).
absl::StatusOr<QualificationApproval> CloseCondition(const Work& work, const ApprovalTarget& target,
                                                     const ConditionClosing& closing);

}  // namespace assay::approval
