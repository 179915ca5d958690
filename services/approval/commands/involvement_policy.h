// The policy by which planners get their deadline for declaring (EI-13): what ships, and the
// versions of the caller's body on top.
#pragma once
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/involvement_policies.h"

namespace assay::approval {

// In order of versions, which is that of their days; the first one ships.
absl::StatusOr<std::vector<InvolvementPolicyRecord>> InvolvementPolicies(const Work& work);
// For planners whose last day is `last_day`.
absl::StatusOr<InvolvementPolicyRecord> InvolvementPolicyFor(const Work& work,
                                                             absl::CivilDay last_day);
// NOT_FOUND (INVOLVEMENT_POLICY_NOT_FOUND).
absl::StatusOr<InvolvementPolicyRecord> InvolvementPolicyOf(const Work& work, int version);
// The next version. INVALID_ARGUMENT (FIELD_INVALID), ABORTED (ETAG_MISMATCH).
absl::StatusOr<InvolvementPolicyRecord> CreateInvolvementPolicy(const Work& work,
                                                                InvolvementPolicy policy,
                                                                const std::string& change_note);

}  // namespace assay::approval
