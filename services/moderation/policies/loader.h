// Reads policies from files: those of this folder, which are part of the binary, and those that
// an awarding body puts into the folder of the setting `policies`, without a build.
//
// Example:
//   std::vector<PolicyText> texts = ShippedPolicies();
//   ASSIGN_OR_RETURN(const auto own, PoliciesIn(config.policies));
//   texts.insert(texts.end(), own.begin(), own.end());
//   ASSIGN_OR_RETURN(PolicyBook book, LoadPolicies(texts));
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/policy/book.h"

namespace assay::moderation {

// A policy file: where it comes from, for messages, and its JSON.
struct PolicyText {
  std::string origin;
  std::string json;
};
std::vector<PolicyText> ShippedPolicies();
// Every *.json of a folder, in the order of their names; none for "".
absl::StatusOr<std::vector<PolicyText>> PoliciesIn(std::string_view folder);

// INVALID_ARGUMENT naming every contradiction of every file, not the first.
absl::StatusOr<PolicyBook> LoadPolicies(std::span<const PolicyText> texts);

}  // namespace assay::moderation
