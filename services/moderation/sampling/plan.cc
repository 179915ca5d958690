#include "services/moderation/sampling/plan.h"

#include "services/moderation/sampling/power.h"

namespace assay::moderation {
namespace {

constexpr double kSlack = 1e-12;  // As in power.cc: ties do not hang on the last bit.

// The first of 0 to `high` for which `holds`, which holds from some number on, `high` included.
template <typename Holds>
std::int64_t FirstThat(std::int64_t high, Holds holds) {
  std::int64_t low = 0;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (holds(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

// The smallest sample that accepts `outside` with at most `probability`; accept < outside.
std::int64_t SizeToRefuse(std::int64_t cohort, std::int64_t outside, std::int64_t accept,
                          double probability) {
  return FirstThat(cohort, [&](std::int64_t size) {
    return AtMostProbability(cohort, outside, size, accept) <= probability + kSlack;
  });
}

}  // namespace

std::optional<std::int64_t> SizeToDetect(std::int64_t cohort, std::int64_t outside,
                                         double probability) {
  if (outside <= 0) return std::nullopt;
  return FirstThat(cohort, [&](std::int64_t size) {
    return DetectionProbability(cohort, outside, size) >= probability - kSlack;
  });
}

std::optional<std::int64_t> SizeForBound(std::int64_t cohort, std::int64_t outside_max,
                                         std::int64_t accept, double confidence) {
  if (accept > outside_max) return std::nullopt;
  if (outside_max >= cohort) return 0;
  return SizeToRefuse(cohort, outside_max + 1, accept, 1 - confidence);
}

std::optional<TwoPointPlan> PlanTwoPoint(std::int64_t cohort, const TwoPointClaim& claim) {
  // Each acceptance number has a smallest sample that refuses the bad cohort, and a larger one
  // would only accept the good cohort less often; the samples grow with the number, so the first
  // pair that serves both is the smallest.
  for (std::int64_t accept = 0; accept < claim.bad && accept <= kAcceptMax; ++accept) {
    const std::int64_t size = SizeToRefuse(cohort, claim.bad, accept, claim.wrong_probability);
    if (AtMostProbability(cohort, claim.good, size, accept) >= claim.accept_probability - kSlack) {
      return claim.good < claim.bad ? std::optional(TwoPointPlan{size, accept}) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::vector<double> OperatingCharacteristic(std::int64_t cohort, const TwoPointPlan& plan,
                                            std::span<const std::int64_t> outside) {
  std::vector<double> accepted;
  accepted.reserve(outside.size());
  for (std::int64_t number : outside) {
    accepted.push_back(AtMostProbability(cohort, number, plan.size, plan.accept));
  }
  return accepted;
}

}  // namespace assay::moderation
