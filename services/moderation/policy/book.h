// The rules that differ between awarding bodies and years, as dated data.
//
// services/moderation/policies reads them from files. Names are unique across kinds; a name may
// have several versions, each in force from its day until the next one's.
//
// Example:
//   const Policy* policy = book.InForce("pearson-2026", PolicyKind::kSampling, day);
//   DrawSample(candidates, policy->sampling, seed);   // and record policy->VersionName()
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/moderation/adjustment/judge.h"
#include "services/moderation/sampling/draw.h"
#include "services/moderation/tolerance/tolerance.h"

namespace assay::moderation {

enum class PolicyKind { kSampling, kTolerance, kAdjustment };
std::string_view NameOf(PolicyKind kind);  // "sampling"

struct Policy {
  std::string id;
  int version = 1;
  PolicyKind kind = PolicyKind::kSampling;
  absl::CivilDay effective_from;
  std::string description;
  std::string document;  // The file as it was read.
  // The one that `kind` says.
  SamplingRule sampling;
  ToleranceRule tolerance;
  AdjustmentRule adjustment;

  std::string VersionName() const;  // "pearson-2026@1"
};

// What is wrong with the rule itself, one sentence each.
std::vector<std::string> Contradictions(const Policy& policy);

class PolicyBook {
 public:
  PolicyBook() = default;
  // INVALID_ARGUMENT naming every contradiction of every policy and between them.
  static absl::StatusOr<PolicyBook> Make(std::vector<Policy> policies);

  // `name` is an id, or an id with a version ("pearson-2026@1"), which is in force whatever the
  // day. Null if there is none of that kind, or none yet on that day.
  const Policy* InForce(std::string_view name, PolicyKind kind, absl::CivilDay day) const;
  // Whatever its kind.
  const Policy* InForce(std::string_view name, absl::CivilDay day) const;
  // In the order of ids and versions.
  const std::vector<Policy>& all() const { return policies_; }

 private:
  std::vector<Policy> policies_;
};

}  // namespace assay::moderation
