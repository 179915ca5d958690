// The kinds of policies, and the rule that each carries.
//
// To add a kind, say `review` with a ReviewRule of its own room:
//   1. here: kReview in PolicyKind, `ReviewRule review;` in PolicyRules; the room in CMakeLists.txt
//      and in tests/tidy/include_rules.txt;
//   2. kinds.cc: a line with its name, the id that is used where a component names none, and its
//      Contradictions(const ReviewRule&);
//   3. policies/readers.{h,cc}: a line, with `ReadReview` in policies/read_review.cc;
//   4. policies/*.json: what ships, with the usual id among it.
// All else follows: RPCs, validation, storage, components that name one. A command gets it with
//   ASSIGN_OR_RETURN(const PolicyPtr policy,
//                    GoverningPolicy(work, component, PolicyKind::kReview));   // policy->review
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/moderation/adjustment/judge.h"
#include "services/moderation/allocation/rule.h"
#include "services/moderation/blockers/checkpoints.h"
#include "services/moderation/returns/layout.h"
#include "services/moderation/review/rule.h"
#include "services/moderation/sampling/draw.h"
#include "services/moderation/tolerance/tolerance.h"

namespace assay::moderation {

enum class PolicyKind {
  kSampling,
  kTolerance,
  kAdjustment,
  kAllocation,
  kCheckpoints,
  kReview,
  kReturn,
};
std::string_view NameOf(PolicyKind kind);  // "sampling"

// The one that a policy's kind says; the others are as they begin.
struct PolicyRules {
  SamplingRule sampling;
  ToleranceRule tolerance;
  AdjustmentRule adjustment;
  AllocationRule allocation;
  CheckpointRule checkpoints;
  ReviewRule review;
  ReturnLayout returns;
};

struct KindFacts {
  PolicyKind kind;
  std::string_view name;
  std::string_view usual;  // The id that governs where a component names none.
  std::vector<std::string> (*contradictions)(const PolicyRules&);
};
// One for every kind, in the order of PolicyKind.
std::span<const KindFacts> PolicyKinds();
const KindFacts& FactsOf(PolicyKind kind);
// "sampling" → kSampling
std::optional<PolicyKind> PolicyKindOf(std::string_view name);

}  // namespace assay::moderation
