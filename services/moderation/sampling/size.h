// How many candidates a sampling rule asks for, and how they are judged, whatever its design.
#pragma once
#include <string>
#include <vector>

#include "services/moderation/sampling/facts.h"
#include "services/moderation/sampling/rule.h"

namespace assay::moderation {

struct DesignSize {
  std::int64_t size = 0;          // Never more than there are.
  std::vector<SampleStep> steps;  // At least one; they come to `size`.
};

// Of the candidates who can be drawn, by grade: counts sum up to the cohort. Without the risk that
// a design by risk needs, as of high risk.
DesignSize SizeOf(const SamplingRule& rule, const SamplingFacts& facts, const GradeCounts& counts);
// Where the design does not ask for grades: as if all had one.
DesignSize SizeOf(const SamplingRule& rule, const SamplingFacts& facts, std::int64_t cohort);

// One sentence: "Of 83 candidates 30: 1 with pass, 10 with merit, the rest with any."
std::string ExplainSize(const SamplingRule& rule, const SamplingFacts& facts,
                        const GradeCounts& counts);

}  // namespace assay::moderation
