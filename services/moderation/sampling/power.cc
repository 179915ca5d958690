#include "services/moderation/sampling/power.h"

#include <algorithm>

namespace assay::moderation {
namespace {

// C(cohort - outside, sample) / C(cohort, sample), as a product of at most min(outside, sample)
// factors: no factorial is ever formed, so it neither overflows nor cancels.
double CleanProbability(std::int64_t cohort, std::int64_t outside, std::int64_t sample) {
  if (outside + sample > cohort) return 0;
  const std::int64_t few = std::min(outside, sample);
  const std::int64_t many = std::max(outside, sample);
  double probability = 1;
  for (std::int64_t i = 0; i < few; ++i) {
    probability *= static_cast<double>(cohort - many - i) / static_cast<double>(cohort - i);
  }
  return probability;
}

}  // namespace

double DetectionProbability(std::int64_t cohort, std::int64_t outside, std::int64_t sample) {
  return 1 - CleanProbability(cohort, outside, sample);
}

std::int64_t CleanSampleBound(std::int64_t cohort, std::int64_t sample, double confidence) {
  // The probability falls as `outside` grows: the last one above the limit is found by halving.
  std::int64_t low = 0;
  std::int64_t high = cohort - sample;
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    if (CleanProbability(cohort, middle, sample) > 1 - confidence) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

}  // namespace assay::moderation
