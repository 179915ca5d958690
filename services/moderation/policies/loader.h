// Reads policies from documents: those of this folder, which are part of the binary, and those that
// an awarding body puts into the folder of the setting `policies`, without a build, and those that
// it sends to the policy service.
//
// Example:
//   std::vector<PolicyText> texts = ShippedPolicies();
//   ASSIGN_OR_RETURN(const auto own, PoliciesIn(config.policies));
//   texts.insert(texts.end(), own.begin(), own.end());
//   ASSIGN_OR_RETURN(PolicyBook book, LoadPolicies(texts));
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/policies/members.h"
#include "services/moderation/policy/book.h"
#include "services/platform/core/embedded_file.h"

namespace assay::moderation {

// A policy file: where it comes from, for messages, and its JSON.
struct PolicyText {
  std::string origin;
  std::string json;
};
// The *.json of this folder, which are part of the binary.
std::span<const platform::EmbeddedFile> ShippedPolicyFiles();
std::vector<PolicyText> ShippedPolicies();
// Every *.json of a folder, in the order of their names; none for "".
absl::StatusOr<std::vector<PolicyText>> PoliciesIn(std::string_view folder);

// Reads one document, and adds everything that is wrong with it to `problems`, except what its rule
// says of itself (Contradictions). None if not even its kind can be told.
std::optional<Policy> ReadPolicy(std::string_view document, std::vector<PolicyProblem>& problems);

// What the rule says of itself.
void AddContradictions(const Policy& policy, std::vector<PolicyProblem>& problems);

// INVALID_ARGUMENT naming every contradiction of every file, not the first.
absl::StatusOr<PolicyBook> LoadPolicies(std::span<const PolicyText> texts);

}  // namespace assay::moderation
