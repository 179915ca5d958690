#include "services/moderation/policies/readers.h"

namespace assay::moderation {
namespace {

// What belongs to one method only is refused with another: it would silently not be applied.
void ReadFit(Members& members, FitRule& rule) {
  if (!members.Has("method")) return;
  rule.method = members.OneOf<Method>("method",
                                      {{NameOf(Method::kLeastSquares), Method::kLeastSquares},
                                       {NameOf(Method::kStructural), Method::kStructural},
                                       {NameOf(Method::kBandWise), Method::kBandWise}},
                                      Method::kLeastSquares);
  if (rule.method == Method::kStructural) {
    rule.variance_ratio = members.Hundredths("variance_ratio", rule.variance_ratio);
  }
  if (rule.method != Method::kBandWise) return;
  rule.band_pairs_min = members.Whole("band_pairs_min", rule.band_pairs_min);
  rule.bands_from.clear();
  members.EachObject("bands", [&](Members& band) {
    rule.bands_from.push_back(band.Hundredths("from_percent", 0));
  });
}

}  // namespace

void ReadAdjustment(Members& members, PolicyRules& rules) {
  AdjustmentRule& rule = rules.adjustment;
  ReadFit(members, rule.fit);
  rule.rank_correlation_min = members.Number("rank_correlation_min", rule.rank_correlation_min);
  rule.residual_spread_max_tolerances =
      members.Number("residual_spread_max_tolerances", rule.residual_spread_max_tolerances);
  rule.pairs_min = members.Whole("pairs_min", rule.pairs_min);
  rule.suppress_mean_below = members.Hundredths("suppress_mean_below", rule.suppress_mean_below);
  rule.extensions_max = static_cast<int>(members.Whole("extensions_max", rule.extensions_max));
}

}  // namespace assay::moderation
