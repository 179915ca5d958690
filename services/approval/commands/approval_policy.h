// By what time limits and rules approvals are decided: data of the awarding body.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/approvals.h"

namespace assay::approval {

// The policy of a qualification, else the tenant's default one, else the service's own values. Its
// `qualification` says which of them it is.
absl::StatusOr<ApprovalPolicy> PolicyFor(const Work& work, std::string_view qualification);

// Sets the next version. INVALID_ARGUMENT (FIELD_INVALID), ABORTED (ETAG_MISMATCH).
absl::StatusOr<ApprovalPolicy> SetPolicy(const Work& work, ApprovalPolicy policy,
                                         const std::string& etag);

}  // namespace assay::approval
