#include "services/moderation/adjustment/judge.h"

#include <algorithm>
#include <cmath>

namespace assay::moderation {

std::vector<std::string> Contradictions(const AdjustmentRule& rule) {
  std::vector<std::string> found;
  if (!(rule.rank_correlation_min >= 0 && rule.rank_correlation_min <= 1)) {
    found.push_back("the least rank correlation is not between 0 and 1");
  }
  if (!(rule.residual_spread_max_tolerances > 0)) {
    found.push_back("the widest residual spread is not above 0 tolerances");
  }
  if (rule.pairs_min < 3) found.push_back("a line through fewer than three pairs shows nothing");
  if (rule.suppress_mean_below < 0) found.push_back("the suppressed adjustment is below 0");
  if (rule.extensions_max < 0 || rule.extensions_max > 1) {
    found.push_back("the sample is extended neither never nor once");
  }
  const std::vector<std::string> of_fit = Contradictions(rule.fit);
  found.insert(found.end(), of_fit.begin(), of_fit.end());
  if (rule.fit.method == Method::kBandWise &&
      rule.pairs_min <= static_cast<std::int64_t>(rule.fit.bands_from.size())) {
    found.push_back("as many bands as pairs explain everything and show nothing");
  }
  return found;
}

std::string_view NameOf(Finding finding) {
  switch (finding) {
    case Finding::kAllInside:
      return "all inside";
    case Finding::kFewEnoughOutside:
      return "few enough outside";
    case Finding::kOutside:
      return "outside";
    case Finding::kOrderAgrees:
      return "order agrees";
    case Finding::kAdjustmentTooSmall:
      return "adjustment too small";
    case Finding::kTooFewPairs:
      return "too few pairs";
    case Finding::kSlopeNotPositive:
      return "slope not positive";
    case Finding::kOrderDisagrees:
      return "order disagrees";
    case Finding::kSpreadTooWide:
      return "spread too wide";
    case Finding::kEverythingSeen:
      return "everything seen";
  }
  return "";
}

namespace {

// Fills the evidence of the fit and says what speaks against it.
Finding FitAndWeigh(Mark tolerance, const AdjustmentRule& rule, const MarkScale& scale,
                    std::span<const MarkPair> pairs, Judgement& judgement) {
  const auto count = static_cast<std::int64_t>(pairs.size());
  if (count < rule.pairs_min) return Finding::kTooFewPairs;
  const Mapping mapping = Fit(rule.fit, scale, pairs);
  const Spread spread =
      SpreadOf(mapping, rule.fit.method, pairs, rule.residual_spread_max_tolerances, tolerance);
  judgement.mapping = mapping;
  judgement.rank_correlation = RankCorrelation(pairs);
  judgement.residual_spread = spread.marks;
  Mark adjusted = 0;
  for (const MarkPair& pair : pairs) adjusted += Apply(mapping, scale, pair.centre) - pair.centre;
  judgement.mean_adjustment = static_cast<double>(adjusted) / kOneMark / static_cast<double>(count);
  if (mapping.pieces.front().line.rise <= 0) return Finding::kSlopeNotPositive;
  if (OrderDisagrees(pairs, rule.rank_correlation_min)) return Finding::kOrderDisagrees;
  if (spread.too_wide) return Finding::kSpreadTooWide;
  if ((adjusted < 0 ? -adjusted : adjusted) < rule.suppress_mean_below * count) {
    return Finding::kAdjustmentTooSmall;
  }
  return Finding::kOrderAgrees;
}

}  // namespace

Judgement Judge(Mark tolerance, const AdjustmentRule& rule, const MarkScale& scale, Stage stage,
                std::span<const MarkPair> pairs, std::optional<std::int64_t> outside_max) {
  Judgement judgement;
  judgement.tolerance = CheckTolerance(tolerance, pairs);
  const auto outside = static_cast<std::int64_t>(judgement.tolerance.outside.size());
  if (outside_max.has_value() && outside <= *outside_max) {
    judgement.verdict = Verdict::kCentreMarksStand;
    judgement.finding = outside == 0 ? Finding::kAllInside : Finding::kFewEnoughOutside;
  } else if (stage == Stage::kSubSample) {
    judgement.verdict = Verdict::kLookFurther;
    judgement.finding = Finding::kOutside;
  } else if (stage == Stage::kAllWork) {
    judgement.verdict = Verdict::kModeratorMarksStand;
    judgement.finding = Finding::kEverythingSeen;
  } else {
    judgement.finding = FitAndWeigh(tolerance, rule, scale, pairs, judgement);
    judgement.verdict = judgement.finding == Finding::kOrderAgrees ? Verdict::kAdjust
                        : judgement.finding == Finding::kAdjustmentTooSmall
                            ? Verdict::kCentreMarksStand
                            : Verdict::kLookFurther;
  }
  return judgement;
}

Stage NextStage(Stage stage, const AdjustmentRule& rule, std::int64_t unseen) {
  if (stage == Stage::kSubSample) return Stage::kSample;
  if (stage == Stage::kSample && rule.extensions_max > 0 && unseen > 0) return Stage::kExtended;
  return Stage::kAllWork;
}

Distribution DistributionOf(std::span<const Mark> marks) {
  Distribution d;
  if (marks.empty()) return d;
  d.count = static_cast<std::int64_t>(marks.size());
  const auto [lowest, highest] = std::minmax_element(marks.begin(), marks.end());
  d.lowest = *lowest;
  d.highest = *highest;
  std::int64_t sum = 0;
  for (Mark mark : marks) sum += mark;
  const double mean = static_cast<double>(sum) / static_cast<double>(d.count);
  double squares = 0;
  for (Mark mark : marks) {
    squares += (static_cast<double>(mark) - mean) * (static_cast<double>(mark) - mean);
  }
  d.mean = mean / kOneMark;
  if (d.count > 1) {
    d.standard_deviation = std::sqrt(squares / static_cast<double>(d.count - 1)) / kOneMark;
  }
  return d;
}

}  // namespace assay::moderation
