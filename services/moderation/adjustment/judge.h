// What follows from a stage of moderation (MOD-10, MOD-11): the centre's marks stand, the
// cohort is adjusted, more work is looked at, or the moderator's marks stand.
//
// Example:
//   const Judgement judgement = Judge(tolerance, rule, scale, Stage::kSample, pairs);
//   if (judgement.verdict == Verdict::kAdjust) {
//     result = Apply(*judgement.mapping, scale, candidate.mark);
//   }
//
// Every comparison that decides is made in whole numbers; the doubles are what people are shown.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/moderation/adjustment/mapping.h"
#include "services/moderation/model.h"
#include "services/moderation/tolerance/tolerance.h"

namespace assay::moderation {

struct AdjustmentRule {
  // The centre's and the moderator's orders agree if both hold. At most six decimals.
  double rank_correlation_min = 0.7;
  double residual_spread_max_tolerances = 1.0;  // In units of the tolerance.
  std::int64_t pairs_min = 5;                   // Fewer pairs fit no line.
  // The centre's marks stand if the sample's mean adjustment is smaller.
  Mark suppress_mean_below = 0;
  int extensions_max = 1;
  FitRule fit;
};

std::vector<std::string> Contradictions(const AdjustmentRule& rule);

enum class Verdict {
  kCentreMarksStand,
  kAdjust,
  kLookFurther,  // The next stage.
  kModeratorMarksStand,
};

enum class Finding {
  kAllInside,           // Every pair is inside the tolerance.
  kFewEnoughOutside,    // As few are not as the sampling design accepts.
  kOutside,             // Some are not; the rest of the sample decides.
  kOrderAgrees,         // The cohort is adjusted.
  kAdjustmentTooSmall,  // It would be, but for too little.
  kTooFewPairs,         // To fit anything to.
  kSlopeNotPositive,    // Of a line: better work got no higher marks.
  kOrderDisagrees,      // Rank correlation below the rule's.
  kSpreadTooWide,       // Residual spread above the rule's.
  kEverythingSeen,      // All work was called in.
};
std::string_view NameOf(Finding finding);  // "order disagrees"

struct Judgement {
  Verdict verdict = Verdict::kLookFurther;
  Finding finding = Finding::kOutside;
  ToleranceResult tolerance;
  // The evidence of the fit; none at stages that do not fit anything.
  std::optional<Mapping> mapping;
  std::optional<double> rank_correlation;
  double residual_spread = 0;  // In marks.
  double mean_adjustment = 0;  // Of the sample, in marks.
};

// `pairs` are all pairs up to and including this stage's: 1 to kPairsMax of them. `outside_max`:
// how many may be out of tolerance for the centre's marks to stand; none: the stage is only part of
// what the sampling design counts, and lets nothing stand.
Judgement Judge(Mark tolerance, const AdjustmentRule& rule, const MarkScale& scale, Stage stage,
                std::span<const MarkPair> pairs, std::optional<std::int64_t> outside_max = 0);

// The stage after `stage` if a judgement looks further. `unseen`: candidates that can be drawn
// and are in no stage yet; with none left all work has been seen.
Stage NextStage(Stage stage, const AdjustmentRule& rule, std::int64_t unseen);

// A few numbers that say how marks lie.
struct Distribution {
  std::int64_t count = 0;
  Mark lowest = 0;
  Mark highest = 0;
  double mean = 0;  // In marks.
  double standard_deviation = 0;
};
Distribution DistributionOf(std::span<const Mark> marks);

}  // namespace assay::moderation
