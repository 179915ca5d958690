// What a sample can and cannot show (MOD-6), as if it had been drawn at random without
// replacement (hypergeometric).
#pragma once
#include <cstdint>

namespace assay::moderation {

// The probability that a sample holds at least one of the `outside` candidates that are out of
// tolerance. 0 <= sample, outside <= cohort.
double DetectionProbability(std::int64_t cohort, std::int64_t outside, std::int64_t sample);

// How many candidates may be out of tolerance although none of the sample is: the most for
// which a clean sample has more than 1 - confidence probability.
std::int64_t CleanSampleBound(std::int64_t cohort, std::int64_t sample, double confidence);

}  // namespace assay::moderation
