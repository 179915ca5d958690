#include "services/moderation/sampling/size.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace assay::moderation {
namespace {

std::int64_t Total(const GradeCounts& counts) {
  std::int64_t total = 0;
  for (const auto& [grade, count] : counts) total += count;
  return total;
}

// Whatever the design: what it asks for, in what steps, and how it comes to that.
struct Sizing {
  const SamplingFacts& facts;
  const GradeCounts& counts;
  std::int64_t cohort;
  bool explain;
  DesignSize out = {};
  std::string why = {};

  template <typename... Parts>
  void Because(const Parts&... parts) {
    if (explain) why = absl::StrCat(parts...);
  }
  void OneStep(std::int64_t size) {
    out.size = size;
    out.steps = {{.size = size}};
  }

  void operator()(const Ladder& ladder) {
    OneStep(SampleSize(ladder, cohort));
    Because("by the ladder's rung for cohorts of that size");
  }
  void operator()(const GradeQuotas& quotas) {
    const QuotaPlan plan = PlanQuotas(quotas, counts);
    OneStep(plan.size);
    std::vector<std::string> parts;
    std::int64_t kept = 0;
    for (const GradePlaces& places : plan.places) {
      parts.push_back(absl::StrCat(places.count, " with ", absl::StrJoin(places.grades, " or ")));
      kept += places.count;
    }
    if (kept < plan.size) parts.push_back(absl::StrCat(plan.size - kept, " with any grade"));
    Because(absl::StrJoin(parts, ", "));
  }
  void operator()(const RiskPercentages& design) {
    const CentreRisk risk = facts.risk.value_or(CentreRisk::kHigh);
    OneStep(SampleSize(design, risk, cohort));
    Because("the share for ", std::string(NameOf(risk)), " risk, at least ", design.minimum);
  }
  void operator()(const AcceptanceSampling& design) {
    AcceptanceSampling used = design;
    used.inspection = facts.inspection.value_or(design.inspection);
    const AcceptancePlan plan = PlanFor(used, cohort);
    OneStep(std::min(plan.size, cohort));
    // Between the two numbers of reduced inspection the lot is accepted.
    out.steps[0].accept_max = plan.reject - 1;
    out.steps[0].reject_min = plan.reject;
    Because("code letter ", std::string(1, plan.letter), ", ", std::string(NameOf(used.inspection)),
            " inspection: sample ", plan.size, ", accept ", plan.accept, ", reject ", plan.reject);
  }
  void operator()(const SequentialSampling& design) {
    out.size = SampleSize(design, cohort);
    out.steps = StepsFor(design, out.size);
    std::vector<std::string> parts;
    for (const SampleStep& step : out.steps) parts.push_back(absl::StrCat(step.size));
    Because("in steps of ", absl::StrJoin(parts, ", then "));
  }
};

}  // namespace

DesignSize SizeOf(const SamplingRule& rule, const SamplingFacts& facts, const GradeCounts& counts) {
  Sizing sizing{facts, counts, Total(counts), false};
  std::visit([&](const auto& design) { sizing(design); }, rule.design);
  return std::move(sizing.out);
}

DesignSize SizeOf(const SamplingRule& rule, const SamplingFacts& facts, std::int64_t cohort) {
  GradeCounts counts;
  if (std::holds_alternative<GradeQuotas>(rule.design)) counts.emplace("", cohort);
  Sizing sizing{facts, counts, cohort, false};
  std::visit([&](const auto& design) { sizing(design); }, rule.design);
  return std::move(sizing.out);
}

std::string ExplainSize(const SamplingRule& rule, const SamplingFacts& facts,
                        const GradeCounts& counts) {
  Sizing sizing{facts, counts, Total(counts), true};
  std::visit([&](const auto& design) { sizing(design); }, rule.design);
  if (sizing.out.size >= sizing.cohort) {
    return absl::StrCat("All of the ", sizing.cohort, " candidates: ", sizing.why, ".");
  }
  return absl::StrCat("Of ", sizing.cohort, " candidates ", sizing.out.size, ": ", sizing.why, ".");
}

}  // namespace assay::moderation
