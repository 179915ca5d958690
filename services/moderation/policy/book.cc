#include "services/moderation/policy/book.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace assay::moderation {

std::string_view NameOf(PolicyKind kind) {
  switch (kind) {
    case PolicyKind::kSampling:
      return "sampling";
    case PolicyKind::kTolerance:
      return "tolerance";
    case PolicyKind::kAdjustment:
      return "adjustment";
  }
  return "";
}

std::string Policy::VersionName() const { return absl::StrCat(id, "@", version); }

std::vector<std::string> Contradictions(const Policy& policy) {
  switch (policy.kind) {
    case PolicyKind::kSampling:
      return Contradictions(policy.sampling);
    case PolicyKind::kTolerance:
      return Contradictions(policy.tolerance);
    case PolicyKind::kAdjustment:
      return Contradictions(policy.adjustment);
  }
  return {};
}

absl::StatusOr<PolicyBook> PolicyBook::Make(std::vector<Policy> policies) {
  std::vector<std::string> problems;
  std::sort(policies.begin(), policies.end(), [](const Policy& a, const Policy& b) {
    return std::tie(a.id, a.version) < std::tie(b.id, b.version);
  });
  for (std::size_t i = 0; i < policies.size(); ++i) {
    const Policy& policy = policies[i];
    for (const std::string& what : Contradictions(policy)) {
      problems.push_back(absl::StrCat(policy.VersionName(), ": ", what));
    }
    if (i == 0 || policy.id != policies[i - 1].id) continue;
    const Policy& before = policies[i - 1];
    if (policy.version == before.version) {
      problems.push_back(absl::StrCat(policy.VersionName(), " is defined twice"));
    } else if (policy.kind != before.kind) {
      problems.push_back(
          absl::StrCat(policy.VersionName(), " is of another kind than ", before.VersionName()));
    } else if (policy.effective_from <= before.effective_from) {
      problems.push_back(
          absl::StrCat(policy.VersionName(), " is not in force later than ", before.VersionName()));
    }
  }
  if (!problems.empty()) return absl::InvalidArgumentError(absl::StrJoin(problems, "; "));
  PolicyBook book;
  book.policies_ = std::move(policies);
  return book;
}

const Policy* PolicyBook::InForce(std::string_view name, absl::CivilDay day) const {
  const std::size_t at = name.find('@');
  const std::string_view id = name.substr(0, at);
  int version = 0;
  if (at != name.npos && !absl::SimpleAtoi(std::string(name.substr(at + 1)), &version)) {
    return nullptr;
  }
  const Policy* found = nullptr;
  for (const Policy& policy : policies_) {
    if (policy.id != id) continue;
    const bool fits = at != name.npos ? policy.version == version : policy.effective_from <= day;
    if (fits) found = &policy;
  }
  return found;
}

const Policy* PolicyBook::InForce(std::string_view name, PolicyKind kind,
                                  absl::CivilDay day) const {
  const Policy* policy = InForce(name, day);
  return policy != nullptr && policy->kind == kind ? policy : nullptr;
}

}  // namespace assay::moderation
