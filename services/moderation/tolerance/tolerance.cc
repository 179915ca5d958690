#include "services/moderation/tolerance/tolerance.h"

#include <algorithm>

namespace assay::moderation {

std::vector<std::string> Contradictions(const ToleranceRule& rule) {
  std::vector<std::string> found;
  if (rule.kind == ToleranceRule::Kind::kShareOfMaximum) {
    if (rule.share_basis_points < 0 || rule.share_basis_points > 10'000) {
      found.push_back("the share of the maximum is not between 0 and 100 %");
    }
    if (rule.step < 1) found.push_back("the step that the share is rounded to is not above 0");
  }
  if (rule.fixed < 0) found.push_back("the fixed tolerance is below 0");
  if (rule.floor < 0) found.push_back("the floor is below 0");
  if (rule.sub_sample < 1) found.push_back("the sub-sample has fewer than one candidate");
  return found;
}

Mark ToleranceOf(const ToleranceRule& rule, const MarkScale& scale) {
  if (rule.kind == ToleranceRule::Kind::kFixed) return rule.fixed;
  // In units of a ten-thousandth of a mark's hundredth, so that the share is exact.
  const std::int64_t share = scale.maximum * rule.share_basis_points;
  const std::int64_t unit = rule.step * 10'000;
  std::int64_t steps = share / unit;
  const std::int64_t rest = share % unit;
  if (rule.rounding == Rounding::kHalfUp && rest * 2 >= unit) ++steps;
  if (rule.rounding == Rounding::kUp && rest > 0) ++steps;
  return std::max(rule.floor, steps * rule.step);
}

ToleranceResult CheckTolerance(Mark tolerance, std::span<const MarkPair> pairs) {
  ToleranceResult result;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const Mark difference = pairs[i].centre - pairs[i].moderator;
    const Mark size = difference < 0 ? -difference : difference;
    result.difference_sum += difference;
    result.difference_max = std::max(result.difference_max, size);
    if (size > tolerance) result.outside.push_back(static_cast<std::int32_t>(i));
  }
  return result;
}

}  // namespace assay::moderation
