#include "services/moderation/sampling/power.h"

#include <algorithm>
#include <utility>
#include <vector>

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

// What is compared with a confidence is not compared more finely than this, so that a tie does
// not depend on the machine's last bit.
constexpr double kSlack = 1e-12;

// The probabilities of finding `first`, `first + 1`, … outside. They are built from the likeliest
// number outwards by their ratios and then brought to a sum of 1, so nothing overflows or
// cancels; tails below 1e-300 of it are left out.
struct Distribution {
  std::int64_t first = 0;
  std::vector<double> probabilities;

  double AtMost(std::int64_t found) const {
    double sum = 0;
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      if (first + static_cast<std::int64_t>(i) <= found) sum += probabilities[i];
    }
    return std::min(sum, 1.0);
  }
};

Distribution DistributionOf(std::int64_t cohort, std::int64_t outside, std::int64_t sample) {
  constexpr double kNegligible = 1e-300;
  const std::int64_t least = std::max<std::int64_t>(0, sample + outside - cohort);
  const std::int64_t most = std::min(sample, outside);
  const std::int64_t likeliest = std::clamp(
      static_cast<std::int64_t>(static_cast<double>(sample + 1) * static_cast<double>(outside + 1) /
                                static_cast<double>(cohort + 2)),
      least, most);
  // P(k + 1) / P(k)
  const auto ratio = [&](std::int64_t k) {
    return static_cast<double>(outside - k) * static_cast<double>(sample - k) /
           (static_cast<double>(k + 1) * static_cast<double>(cohort - outside - sample + k + 1));
  };
  std::vector<double> below;
  double weight = 1;
  double sum = 1;
  for (std::int64_t k = likeliest; k > least; --k) {
    weight /= ratio(k - 1);
    if (weight < kNegligible) break;
    below.push_back(weight);
    sum += weight;
  }
  Distribution out;
  out.first = likeliest - static_cast<std::int64_t>(below.size());
  out.probabilities.assign(below.rbegin(), below.rend());
  out.probabilities.push_back(1);
  weight = 1;
  for (std::int64_t k = likeliest; k < most; ++k) {
    weight *= ratio(k);
    if (weight < kNegligible) break;
    out.probabilities.push_back(weight);
    sum += weight;
  }
  for (double& probability : out.probabilities) probability /= sum;
  return out;
}

// The last of `low` to `high` for which `holds`, which holds up to some number and never after.
template <typename Holds>
std::int64_t LastThat(std::int64_t low, std::int64_t high, Holds holds) {
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    if (holds(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

}  // namespace

double DetectionProbability(std::int64_t cohort, std::int64_t outside, std::int64_t sample) {
  return 1 - CleanProbability(cohort, outside, sample);
}

double AtMostProbability(std::int64_t cohort, std::int64_t outside, std::int64_t sample,
                         std::int64_t found) {
  if (found < 0) return 0;
  if (found >= std::min(sample, outside)) return 1;
  return DistributionOf(cohort, outside, sample).AtMost(found);
}

double ExactlyProbability(std::int64_t cohort, std::int64_t outside, std::int64_t sample,
                          std::int64_t found) {
  const Distribution all = DistributionOf(cohort, outside, sample);
  const std::int64_t at = found - all.first;
  if (at < 0 || at >= static_cast<std::int64_t>(all.probabilities.size())) return 0;
  return all.probabilities[static_cast<std::size_t>(at)];
}

double AcceptanceProbability(std::int64_t cohort, std::int64_t outside,
                             std::span<const SampleStep> steps) {
  double accepted = 0;
  std::vector<double> going_on = {1};  // By the number found so far.
  std::int64_t judged = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::vector<double> next;
    for (std::size_t found = 0; found < going_on.size(); ++found) {
      if (going_on[found] <= 0) continue;
      const Distribution more = DistributionOf(
          cohort - judged, outside - static_cast<std::int64_t>(found), steps[i].size);
      for (std::size_t k = 0; k < more.probabilities.size(); ++k) {
        const std::size_t all = found + static_cast<std::size_t>(more.first) + k;
        const double probability = going_on[found] * more.probabilities[k];
        const StepVerdict verdict =
            Decide(steps, static_cast<int>(i) + 1, static_cast<std::int64_t>(all));
        if (verdict == StepVerdict::kAccept) accepted += probability;
        if (verdict != StepVerdict::kNextStep) continue;
        if (next.size() <= all) next.resize(all + 1, 0);
        next[all] += probability;
      }
    }
    judged += steps[i].size;
    going_on = std::move(next);
  }
  return std::min(accepted, 1.0);
}

std::int64_t CleanSampleBound(std::int64_t cohort, std::int64_t sample, double confidence) {
  // The probability falls as `outside` grows.
  return LastThat(0, cohort - sample, [&](std::int64_t outside) {
    return CleanProbability(cohort, outside, sample) > 1 - confidence + kSlack;
  });
}

std::int64_t OutsideUpperBound(std::int64_t cohort, std::int64_t sample, std::int64_t found,
                               double confidence) {
  return LastThat(found, cohort - sample + found, [&](std::int64_t outside) {
    return AtMostProbability(cohort, outside, sample, found) > 1 - confidence + kSlack;
  });
}

std::int64_t OutsideLowerBound(std::int64_t cohort, std::int64_t sample, std::int64_t found,
                               double confidence) {
  // So few that as many as were found is too unlikely: the first that is not comes after them.
  const auto too_few = [&](std::int64_t outside) {
    return 1 - AtMostProbability(cohort, outside, sample, found - 1) <= 1 - confidence + kSlack;
  };
  if (found <= 0 || !too_few(found)) return std::max<std::int64_t>(found, 0);
  return LastThat(found, cohort - sample + found, too_few) + 1;
}

std::int64_t OutsideAtRate(std::int64_t cohort, std::int64_t basis_points) {
  constexpr std::int64_t kWhole = 10'000;
  if (cohort <= 0 || basis_points <= 0) return 0;
  return std::clamp<std::int64_t>((cohort * basis_points + kWhole / 2) / kWhole, 1, cohort);
}

}  // namespace assay::moderation
