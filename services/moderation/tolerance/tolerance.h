// Whether a centre's marks are near enough to the moderator's (MOD-10).
//
// Example:
//   const Mark tolerance = ToleranceOf(rule, component);
//   const ToleranceResult result = CheckTolerance(tolerance, pairs);
//   if (result.outside.empty()) …  // The centre's marks stand.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "services/moderation/model.h"

namespace assay::moderation {

// One candidate whom both have marked.
struct MarkPair {
  std::string number;
  Mark centre = 0;
  Mark moderator = 0;
};

enum class Rounding { kHalfUp, kDown, kUp };

struct ToleranceRule {
  enum class Kind { kShareOfMaximum, kFixed };
  Kind kind = Kind::kShareOfMaximum;
  std::int64_t share_basis_points = 600;  // Of the component's maximum: 600 is 6 %.
  Mark floor = 0;                         // Never less than this.
  Mark fixed = 0;                         // For kFixed.
  Rounding rounding = Rounding::kHalfUp;  // Of the share, to multiples of `step`.
  Mark step = kOneMark;
  std::int64_t sub_sample = 6;  // Looked at first.
};

std::vector<std::string> Contradictions(const ToleranceRule& rule);

// The largest difference that is still inside.
Mark ToleranceOf(const ToleranceRule& rule, const MarkScale& scale);

struct ToleranceResult {
  std::vector<std::int32_t> outside;  // Indexes of the pairs further apart than the tolerance.
  Mark difference_max = 0;            // Without sign.
  Mark difference_sum = 0;            // Centre less moderator, with sign.
};
ToleranceResult CheckTolerance(Mark tolerance, std::span<const MarkPair> pairs);

}  // namespace assay::moderation
