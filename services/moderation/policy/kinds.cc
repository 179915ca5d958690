#include "services/moderation/policy/kinds.h"

namespace assay::moderation {
namespace {

constexpr KindFacts kKinds[] = {
    {PolicyKind::kSampling, "sampling", "pearson-2026",
     [](const PolicyRules& rules) { return Contradictions(rules.sampling); }},
    {PolicyKind::kTolerance, "tolerance", "six-percent",
     [](const PolicyRules& rules) { return Contradictions(rules.tolerance); }},
    {PolicyKind::kAdjustment, "adjustment", "least-squares",
     [](const PolicyRules& rules) { return Contradictions(rules.adjustment); }},
    {PolicyKind::kAllocation, "allocation", "fair-share",
     [](const PolicyRules& rules) { return Contradictions(rules.allocation); }},
    {PolicyKind::kCheckpoints, "checkpoints", "term-dates",
     [](const PolicyRules& rules) { return Contradictions(rules.checkpoints); }},
    {PolicyKind::kReview, "review", "post-results",
     [](const PolicyRules& rules) { return Contradictions(rules.review); }},
    {PolicyKind::kReturn, "return", "component-results",
     [](const PolicyRules& rules) { return Contradictions(rules.returns); }},
};

constexpr bool InOrder() {
  int at = 0;
  for (const KindFacts& facts : kKinds) {
    if (static_cast<int>(facts.kind) != at++) return false;
  }
  return true;
}
static_assert(InOrder());

}  // namespace

std::span<const KindFacts> PolicyKinds() { return kKinds; }

const KindFacts& FactsOf(PolicyKind kind) { return kKinds[static_cast<int>(kind)]; }

std::string_view NameOf(PolicyKind kind) { return FactsOf(kind).name; }

std::optional<PolicyKind> PolicyKindOf(std::string_view name) {
  for (const KindFacts& facts : kKinds) {
    if (facts.name == name) return facts.kind;
  }
  return std::nullopt;
}

}  // namespace assay::moderation
