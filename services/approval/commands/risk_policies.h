// The policy by which centres are reviewed and evaluated (MOD-14): what ships, and the versions of
// the caller's body on top.
#pragma once
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/risk/policy.h"
#include "services/approval/stores/quality.h"

namespace assay::approval {

struct RiskPolicyVersion {
  RiskPolicy policy;
  RiskPolicyRecord record;  // Without a creator if it ships.
  bool shipped = false;
};

// In order of versions, which is that of their days.
absl::StatusOr<std::vector<RiskPolicyVersion>> RiskPolicies(const Work& work);
// The version in force on a day. NOT_FOUND (RISK_POLICY_NOT_FOUND) if none is yet.
absl::StatusOr<RiskPolicyVersion> RiskPolicyOn(const Work& work, absl::CivilDay day);
// NOT_FOUND (RISK_POLICY_NOT_FOUND).
absl::StatusOr<RiskPolicyVersion> RiskPolicyOf(const Work& work, int version);
// INVALID_ARGUMENT (RISK_POLICY_REFUSED).
absl::StatusOr<RiskPolicyVersion> CreateRiskPolicy(const Work& work, const std::string& document,
                                                   bool validate_only);

}  // namespace assay::approval
