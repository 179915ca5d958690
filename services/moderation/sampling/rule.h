// What a sampling policy says (MOD-2, MOD-3, MOD-5): how many, of whom first, and in which steps.
//
// All of it is data (services/moderation/policies). The design is one of several kinds; each
// knows its own contradictions, and SizeOf() (size.h) says what it asks of a cohort.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/moderation/sampling/acceptance.h"
#include "services/moderation/sampling/ladder.h"
#include "services/moderation/sampling/quotas.h"
#include "services/moderation/sampling/risk.h"
#include "services/moderation/sampling/steps.h"

namespace assay::moderation {

using SamplingDesign =
    std::variant<Ladder, GradeQuotas, RiskPercentages, AcceptanceSampling, SequentialSampling>;
// "ladder", "grade quotas", "percent by risk", "acceptance sampling", "sequential"
std::string_view NameOf(const SamplingDesign& design);

// What a sample can be asked to show.
enum class CoverageKind {
  kHighest,
  kLowestNonZero,
  kAssessor,
  kSite,
  kTeachingGroup,
  kCentre,  // Of a consortium.
  kGrade,
};
inline constexpr int kCoverageKinds = 7;
std::string_view NameOf(CoverageKind kind);  // "LOWEST_NON_ZERO"

struct SamplingRule {
  // Whether marks are there when names are drawn (MOD-5).
  enum class Mode { kAfterMarks, kBeforeMarks };
  enum class Extremes {
    kWithinSize,  // Taken where `coverage` names them.
    kOnTop,       // Added if the draw did not select them.
  };
  // How what coverage left of the size is spread (MOD-3).
  enum class Spread {
    kSystematic,  // Every so-manieth by rank of mark, from a random start.
    kStratified,  // As many from each of `bands` equal bands of the mark range.
    kRandom,      // Anybody.
  };
  enum class NewAssessors {
    kLikeOthers,
    kInFull,  // All their candidates, on top of the size.
  };

  SamplingDesign design;
  Mode mode = Mode::kAfterMarks;
  Extremes extremes = Extremes::kWithinSize;
  // Served in this order until the size is used up. Centres of a consortium come right before
  // the sites if they are not named here.
  std::vector<CoverageKind> coverage = {CoverageKind::kHighest, CoverageKind::kLowestNonZero,
                                        CoverageKind::kAssessor, CoverageKind::kSite,
                                        CoverageKind::kTeachingGroup};
  Spread spread = Spread::kSystematic;
  std::int64_t bands = 5;
  NewAssessors new_assessors = NewAssessors::kLikeOthers;
};

// Everything that is wrong with the rule, one sentence each; empty if nothing is.
std::vector<std::string> Contradictions(const SamplingRule& rule);

}  // namespace assay::moderation
