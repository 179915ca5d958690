// By what time limits and rules approvals are decided: data of the awarding body.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/approval/context.h"
#include "services/approval/stores/approvals.h"

namespace assay::approval {

// The policy of a qualification that counts on a day (absent: today), else the tenant's default
// one, else the service's own values. Its `qualification` says which of them it is.
absl::StatusOr<ApprovalPolicy> PolicyFor(const Work& work, std::string_view qualification,
                                         std::optional<absl::CivilDay> day = std::nullopt);

// One version of the policy `key`, whenever it counts. NOT_FOUND (APPROVAL_POLICY_NOT_FOUND).
absl::StatusOr<ApprovalPolicy> PolicyVersion(const Work& work, std::string_view key, int version);
// 0 if there is none.
absl::StatusOr<int> LatestPolicyVersion(const Work& work, std::string_view key);

// What decides about the qualification today, to be kept with what it decided.
absl::StatusOr<RulesUsed> RulesFor(const Work& work, std::string_view qualification);

// Sets the next version, in force from `first` on; absent: from as soon as may be. INVALID_ARGUMENT
// (FIELD_INVALID, DEADLINE_INVALID), ABORTED (ETAG_MISMATCH).
absl::StatusOr<ApprovalPolicy> SetPolicy(const Work& work, ApprovalPolicy policy,
                                         std::optional<absl::CivilDay> first,
                                         const std::string& etag);

}  // namespace assay::approval
