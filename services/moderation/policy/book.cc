#include "services/moderation/policy/book.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace assay::moderation {

std::string Policy::VersionName() const { return absl::StrCat(id, "@", version); }

std::vector<std::string> Contradictions(const Policy& policy) {
  return FactsOf(policy.kind).contradictions(policy);
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

absl::StatusOr<PolicyBook> PolicyBook::With(std::vector<Policy> own) const {
  absl::flat_hash_map<std::string, int> first;
  for (const Policy& policy : own) {
    const auto [it, added] = first.try_emplace(policy.id, policy.version);
    if (!added) it->second = std::min(it->second, policy.version);
  }
  for (const Policy& policy : policies_) {
    const auto it = first.find(policy.id);
    if (it == first.end() || policy.version < it->second) own.push_back(policy);
  }
  return Make(std::move(own));
}

const Policy* PolicyBook::Newest(std::string_view id) const {
  const Policy* newest = nullptr;
  for (const Policy& policy : policies_) {
    if (policy.id == id) newest = &policy;
  }
  return newest;
}

const Policy* PolicyBook::Version(std::string_view id, int version) const {
  for (const Policy& policy : policies_) {
    if (policy.id == id && policy.version == version) return &policy;
  }
  return nullptr;
}

std::optional<absl::CivilDay> PolicyBook::EndOf(const Policy& policy) const {
  for (const Policy& other : policies_) {
    if (other.id == policy.id && other.version > policy.version) return other.effective_from;
  }
  return std::nullopt;
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
