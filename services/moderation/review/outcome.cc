#include "services/moderation/review/outcome.h"

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace assay::moderation {
namespace {

// Of a candidate whose mark moderation can move: a mark of this series' own.
bool Moderated(const Result& result) {
  return result.final_mark.has_value() && result.centre_mark.has_value() &&
         (result.basis == Basis::kAdjusted || result.basis == Basis::kModerator);
}

// What the reviewer's judgement makes of one candidate; none if it says nothing.
std::optional<Result> Made(const Judgement& judgement, const MarkScale& scale,
                           const absl::flat_hash_map<std::string, Mark>& reviewed,
                           const Result& before) {
  Result after = before;
  switch (judgement.verdict) {
    case Verdict::kCentreMarksStand:
      after.final_mark = before.centre_mark;
      after.basis = Basis::kCentre;
      return after;
    case Verdict::kAdjust:
      after.final_mark = Apply(*judgement.mapping, scale, *before.centre_mark);
      after.basis = Basis::kAdjusted;
      return after;
    case Verdict::kModeratorMarksStand: {
      const auto own = reviewed.find(before.candidate);
      if (own == reviewed.end()) return std::nullopt;
      after.final_mark = own->second;
      after.basis = Basis::kModerator;
      return after;
    }
    case Verdict::kLookFurther:
      break;
  }
  return std::nullopt;
}

}  // namespace

ReviewOutcome ReviewModeration(const ReviewRule& rule, Mark tolerance,
                               const AdjustmentRule& adjustment, const MarkScale& scale,
                               std::span<const MarkPair> pairs, bool all_work,
                               std::span<const Result> results) {
  ReviewOutcome outcome;
  const Stage stage = all_work ? Stage::kAllWork : Stage::kSample;
  outcome.judgement = Judge(tolerance, adjustment, scale, stage, pairs);
  absl::flat_hash_map<std::string, Mark> reviewed;
  for (const MarkPair& pair : pairs) reviewed[pair.number] = pair.moderator;
  for (const Result& before : results) {
    Reviewed& entry = outcome.results.emplace_back(Reviewed{before, before});
    if (!Moderated(before)) continue;
    const std::optional<Result> made = Made(outcome.judgement, scale, reviewed, before);
    if (!made.has_value()) continue;
    const Mark was = *before.final_mark;
    const Mark is = *made->final_mark;
    if (is == was || (is < was && !rule.marks_may_fall)) continue;
    entry.after = *made;
    ++(is > was ? outcome.raised : outcome.lowered);
  }
  outcome.moderation_stands = outcome.raised == 0 && outcome.lowered == 0;
  return outcome;
}

}  // namespace assay::moderation
