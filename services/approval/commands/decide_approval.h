// Approves, refuses or withdraws a centre's approval for a qualification.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/approval/context.h"

namespace assay::approval {

struct ApprovalDecision {
  ApprovalState to = ApprovalState::kApproved;
  std::string reason;                            // Read by the centre.
  std::optional<absl::CivilDay> effective_date;  // Of an approval; absent: today.
  std::string etag;                              // "" agrees with any.
};

// An approval is in force from effective_date; a withdrawal ends it today, so that today
// is the first day without it. Days are those of UTC.
//
// Returns NOT_FOUND (APPROVAL_NOT_FOUND), ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION
// (APPROVAL_STATE_WRONG, or CENTRE_STATE_WRONG when it approves for a centre that is not
// approved itself).
absl::StatusOr<QualificationApproval> DecideApproval(const Work& work, std::string_view centre_id,
                                                     std::string_view id,
                                                     const ApprovalDecision& decision);

}  // namespace assay::approval
