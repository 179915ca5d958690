// Approves, suspends or withdraws a centre.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/approval/context.h"

namespace assay::approval {

struct CentreDecision {
  CentreState to = CentreState::kApproved;
  std::string reason;  // Read by the centre.
  std::string etag;    // "" agrees with any.
};

// Returns NOT_FOUND (CENTRE_NOT_FOUND), ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION
// (CENTRE_STATE_WRONG) where the table in model.cc has no such change.
absl::StatusOr<Centre> ChangeCentreState(const Work& work, std::string_view id,
                                         const CentreDecision& decision);

}  // namespace assay::approval
