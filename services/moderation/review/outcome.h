// What follows from a reviewer's marks on the original sample (MOD-13).
//
// The sample does not grow in a review. If the reviewer's marks support a decision about the
// whole component, the results are made again by it; if they do not, the moderation stands.
// Unless the rule lets marks fall, each candidate keeps the better of both results.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "services/moderation/adjustment/judge.h"
#include "services/moderation/model.h"
#include "services/moderation/review/rule.h"

namespace assay::moderation {

// A result as it was, and as the review leaves it.
struct Reviewed {
  Result before;
  Result after;
};

struct ReviewOutcome {
  Judgement judgement;
  bool moderation_stands = true;  // Nobody's result changes.
  std::int64_t raised = 0;
  std::int64_t lowered = 0;
  std::vector<Reviewed> results;  // The whole cohort, in the order of `results`.
};

// `pairs`: the centre's and the reviewer's marks of the original sample; `all_work`: it was all
// there is, so that the reviewer's own marks can stand. `results` are those in force.
ReviewOutcome ReviewModeration(const ReviewRule& rule, Mark tolerance,
                               const AdjustmentRule& adjustment, const MarkScale& scale,
                               std::span<const MarkPair> pairs, bool all_work,
                               std::span<const Result> results);

}  // namespace assay::moderation
