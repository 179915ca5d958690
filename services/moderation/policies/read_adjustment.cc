#include "services/moderation/policies/readers.h"

namespace assay::moderation {

void ReadAdjustment(Members& members, PolicyRules& rules) {
  AdjustmentRule& rule = rules.adjustment;
  rule.rank_correlation_min = members.Number("rank_correlation_min", rule.rank_correlation_min);
  rule.residual_spread_max_tolerances =
      members.Number("residual_spread_max_tolerances", rule.residual_spread_max_tolerances);
  rule.pairs_min = members.Whole("pairs_min", rule.pairs_min);
  rule.suppress_mean_below = members.Hundredths("suppress_mean_below", rule.suppress_mean_below);
  rule.extensions_max = static_cast<int>(members.Whole("extensions_max", rule.extensions_max));
}

}  // namespace assay::moderation
