// What a sample can and cannot show (MOD-6), as if it had been drawn at random without
// replacement: exact hypergeometric probabilities. plan.h turns the question round.
#pragma once
#include <cstdint>
#include <span>

#include "services/moderation/sampling/steps.h"

namespace assay::moderation {

// The probability that a sample holds at least one of the `outside` candidates that are out of
// tolerance. 0 <= sample, outside <= cohort.
double DetectionProbability(std::int64_t cohort, std::int64_t outside, std::int64_t sample);

// The probability that a sample holds at most, or exactly, `found` of them.
double AtMostProbability(std::int64_t cohort, std::int64_t outside, std::int64_t sample,
                         std::int64_t found);
double ExactlyProbability(std::int64_t cohort, std::int64_t outside, std::int64_t sample,
                          std::int64_t found);

// The probability that a sample judged in `steps` is accepted; where a step leaves the decision
// open, that counts as not accepted. The steps together hold no more than the cohort.
double AcceptanceProbability(std::int64_t cohort, std::int64_t outside,
                             std::span<const SampleStep> steps);

// How many candidates may be out of tolerance although none of the sample is: the most for
// which a clean sample has more than 1 - confidence probability.
std::int64_t CleanSampleBound(std::int64_t cohort, std::int64_t sample, double confidence);

// The same in the manner of Clopper and Pearson when `found` of the sample are out of tolerance:
// of the cohort, those found included.
std::int64_t OutsideUpperBound(std::int64_t cohort, std::int64_t sample, std::int64_t found,
                               double confidence);
std::int64_t OutsideLowerBound(std::int64_t cohort, std::int64_t sample, std::int64_t found,
                               double confidence);

// A rate of the cohort in whole candidates, at least one of any: 500 basis points of 90 are 5.
std::int64_t OutsideAtRate(std::int64_t cohort, std::int64_t basis_points);

}  // namespace assay::moderation
