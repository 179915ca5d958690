// Which size a sample would need for a claim (MOD-6).
//
// Exact for the cohort at hand, without normal or binomial approximations; each search halves an
// interval, or walks up acceptance numbers of which there are kAcceptMax.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace assay::moderation {

inline constexpr std::int64_t kAcceptMax = 200;
inline constexpr std::int64_t kPlanCohortMax = 1'000'000;

// The smallest sample that shows at least one of `outside` candidates with `probability`.
// None if nobody is outside. 0 <= probability < 1, outside <= cohort.
std::optional<std::int64_t> SizeToDetect(std::int64_t cohort, std::int64_t outside,
                                         double probability);

// The smallest sample after which, if at most `accept` of it are out of tolerance, at most
// `outside_max` of the cohort are, at that confidence. None if accept > outside_max: what was
// found is already more.
std::optional<std::int64_t> SizeForBound(std::int64_t cohort, std::int64_t outside_max,
                                         std::int64_t accept, double confidence);

// A sample of `size` is accepted with at most `accept` outside.
struct TwoPointPlan {
  std::int64_t size = 0;
  std::int64_t accept = 0;
};
// The smallest plan that accepts a cohort with `good` outside with at least `accept_probability`
// and one with `bad` outside with at most `wrong_probability`. None if there is none with an
// acceptance number up to kAcceptMax, or good >= bad.
struct TwoPointClaim {
  std::int64_t good = 0;
  double accept_probability = .95;
  std::int64_t bad = 0;
  double wrong_probability = .1;
};
std::optional<TwoPointPlan> PlanTwoPoint(std::int64_t cohort, const TwoPointClaim& claim);

// The operating characteristic: at each number outside, the probability that the plan accepts.
std::vector<double> OperatingCharacteristic(std::int64_t cohort, const TwoPointPlan& plan,
                                            std::span<const std::int64_t> outside);

}  // namespace assay::moderation
