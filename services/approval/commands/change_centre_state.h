// Approves, suspends, reinstates, withdraws or closes a centre, and lets one apply again.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/approval/context.h"

namespace assay::approval {

struct CentreDecision {
  CentreState to = CentreState::kApproved;
  std::string reason;                                   // Read by the centre.
  std::string etag;                                     // "" agrees with any.
  std::optional<CentreState> only_from = std::nullopt;  // Of several that the table allows.
};

// A centre with open conditions that is approved becomes approved with conditions.
//
// Returns NOT_FOUND (CENTRE_NOT_FOUND), ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION
// (CENTRE_STATE_WRONG where the table in model.cc has no such change; CONDITIONS_OPEN if it is
// approved with conditions and they are not lifted).
absl::StatusOr<Centre> ChangeCentreState(const Work& work, std::string_view id,
                                         const CentreDecision& decision);

// Moves an approved centre to what its open conditions make of it, if that is another state.
absl::Status SettleConditions(const Work& work, std::string_view id, const std::string& reason);

}  // namespace assay::approval
