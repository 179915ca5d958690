// The rules that differ between awarding bodies and years, as dated data.
//
// services/moderation/policies reads them from files and requests; kinds.h has their kinds. Names
// are unique across kinds; a name may have several versions, each in force from its day until the
// next one's.
//
// Example:
//   const Policy* policy = book.InForce("pearson-2026", PolicyKind::kSampling, day);
//   DrawSample(candidates, policy->sampling, seed);   // and record policy->VersionName()
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/moderation/policy/kinds.h"

namespace assay::moderation {

struct Policy : PolicyRules {
  std::string id;
  int version = 1;
  PolicyKind kind = PolicyKind::kSampling;
  absl::CivilDay effective_from;
  std::string description;
  std::string document;  // The file as it was read.

  std::string VersionName() const;  // "pearson-2026@1"
};

// What is wrong with the rule itself, one sentence each.
std::vector<std::string> Contradictions(const Policy& policy);

class PolicyBook {
 public:
  PolicyBook() = default;
  // INVALID_ARGUMENT naming every contradiction of every policy and between them.
  static absl::StatusOr<PolicyBook> Make(std::vector<Policy> policies);
  // The book of a body with versions of its own: of a name that has them, `base` counts only up
  // to the version before the body's first, so that what ships later never changes its rules.
  absl::StatusOr<PolicyBook> With(std::vector<Policy> own) const;

  // `name` is an id, or an id with a version ("pearson-2026@1"), which is in force whatever the
  // day. Null if there is none of that kind, or none yet on that day.
  const Policy* InForce(std::string_view name, PolicyKind kind, absl::CivilDay day) const;
  // Whatever its kind.
  const Policy* InForce(std::string_view name, absl::CivilDay day) const;
  // The one with the highest version, or null.
  const Policy* Newest(std::string_view id) const;
  const Policy* Version(std::string_view id, int version) const;
  // The first day on which `policy` is not in force any more; none if nothing follows it.
  std::optional<absl::CivilDay> EndOf(const Policy& policy) const;
  // In the order of ids and versions.
  const std::vector<Policy>& all() const { return policies_; }

 private:
  std::vector<Policy> policies_;
};

}  // namespace assay::moderation
