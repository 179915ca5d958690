// Reads the policy of quality reviews (MOD-14) from its JSON: what ships in risk/data, and what
// bodies send. Every fault is named with its place.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/approval/risk/policy.h"
#include "services/platform/core/embedded_file.h"

namespace assay::approval {

// A version with the text that it was read from.
struct RiskPolicyText {
  RiskPolicy policy;
  std::string document;
};

// Empty `faults` if it can be used. What cannot be read keeps its default in the answer.
RiskPolicy ReadRiskPolicy(std::string_view document, std::vector<PolicyFault>& faults);

// What ships, in the order of versions.
const std::vector<RiskPolicyText>& ShippedRiskPolicies();

// risk/data/*.json as they are.
std::span<const platform::EmbeddedFile> ShippedRiskPolicyFiles();

}  // namespace assay::approval
