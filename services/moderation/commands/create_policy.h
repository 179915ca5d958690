// Adds a version to a policy, for one body.
#pragma once
#include <string_view>

#include "absl/status/statusor.h"
#include "services/moderation/commands/find_policy.h"

namespace assay::moderation {

inline constexpr std::size_t kPolicyDocumentMax = 64 * 1024;
inline constexpr int kPolicyVersionsMax = 1000;  // Of a body's own.

struct NewPolicy {
  std::string_view id;
  std::string_view document;
  std::string_view etag;  // Of the policy's newest version; "" agrees with any.
  bool validate_only = false;
};

// INVALID_ARGUMENT (POLICY_INVALID, POLICY_GAP, POLICY_OVERLAP, POLICY_KIND_WRONG,
// POLICY_VERSION_WRONG), FAILED_PRECONDITION (POLICY_DATE_WRONG, POLICY_IN_USE).
absl::StatusOr<Policy> CreatePolicyVersion(const Work& work, const NewPolicy& policy);

}  // namespace assay::moderation
