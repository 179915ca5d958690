// Approves, suspends, reinstates, withdraws or closes a centre, lets one apply again, and reopens
// one.
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

// Back to the state before it was closed, or listed if it never had another; an approved one to
// what its open conditions make of it. An officer's word says that the establishment is open, which
// stands above what files say, so that the next file does not close it again.
//
// Returns NOT_FOUND (CENTRE_NOT_FOUND), ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION
// (CENTRE_STATE_WRONG if it is not closed, CENTRE_MERGED).
absl::StatusOr<Centre> ReopenCentre(const Work& work, std::string_view id,
                                    const std::string& reason, const std::string& etag);

// Moves an approved centre to what its open conditions make of it, if that is another state.
absl::Status SettleConditions(const Work& work, std::string_view id, const std::string& reason);

}  // namespace assay::approval
