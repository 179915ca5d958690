#include "services/moderation/sampling/power.h"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::moderation {
namespace {

// The figures of MOD-6, to two digits.
TEST(DetectionProbabilityTest, AgreesWithThePublishedFigures) {
  EXPECT_NEAR(DetectionProbability(100, 10, 10), .67, .005);
  EXPECT_NEAR(DetectionProbability(100, 10, 15), .82, .005);
  EXPECT_NEAR(DetectionProbability(100, 10, 6), .48, .005);
}

TEST(DetectionProbabilityTest, AgreesWithLogarithmsOfFactorials) {
  const auto choose = [](double n, double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
  };
  for (int cohort : {20, 99, 500, 2000}) {
    for (int outside : {1, 5, 17}) {
      for (int sample : {1, 2, 15, 19}) {
        if (outside + sample > cohort) continue;
        EXPECT_NEAR(DetectionProbability(cohort, outside, sample),
                    1 - std::exp(choose(cohort - outside, sample) - choose(cohort, sample)), 1e-9)
            << cohort << " " << outside << " " << sample;
      }
    }
  }
}

TEST(DetectionProbabilityTest, IsCertainOrImpossibleAtTheEdges) {
  EXPECT_EQ(DetectionProbability(10, 0, 5), 0);
  EXPECT_EQ(DetectionProbability(10, 3, 0), 0);
  EXPECT_EQ(DetectionProbability(10, 3, 8), 1);
  EXPECT_EQ(DetectionProbability(10, 1, 10), 1);
  EXPECT_EQ(DetectionProbability(0, 0, 0), 0);
}

TEST(CleanSampleBoundTest, IsTheLastNumberThatACleanSampleDoesNotRuleOut) {
  for (int cohort : {16, 60, 100, 200, 2000}) {
    for (int sample : {1, 6, 15}) {
      const auto bound = CleanSampleBound(cohort, sample, .95);
      EXPECT_LT(DetectionProbability(cohort, bound, sample), .95);
      EXPECT_GE(DetectionProbability(cohort, bound + 1, sample), .95);
    }
  }
  EXPECT_EQ(CleanSampleBound(15, 15, .95), 0);
  EXPECT_EQ(CleanSampleBound(0, 0, .95), 0);
}

// Counted by hand: of the 10 pairs of 5 candidates of whom 2 are outside, 3 hold none, 6 one, 1
// both.
TEST(AtMostProbabilityTest, AgreesWithCountingPairs) {
  EXPECT_NEAR(ExactlyProbability(5, 2, 2, 0), .3, 1e-15);
  EXPECT_NEAR(ExactlyProbability(5, 2, 2, 1), .6, 1e-15);
  EXPECT_NEAR(ExactlyProbability(5, 2, 2, 2), .1, 1e-15);
  EXPECT_NEAR(AtMostProbability(5, 2, 2, 1), .9, 1e-15);
  EXPECT_EQ(AtMostProbability(5, 2, 2, 2), 1);
  EXPECT_EQ(AtMostProbability(5, 2, 2, -1), 0);
  EXPECT_EQ(ExactlyProbability(5, 2, 2, 3), 0);
}

TEST(AtMostProbabilityTest, AgreesWithTheCleanSampleAndAddsUp) {
  for (int cohort : {7, 100, 5000}) {
    for (int outside : {1, 3, cohort / 2}) {
      for (int sample : {1, 5, cohort / 3}) {
        EXPECT_NEAR(AtMostProbability(cohort, outside, sample, 0),
                    1 - DetectionProbability(cohort, outside, sample), 1e-12);
        double sum = 0;
        for (int k = 0; k <= sample; ++k) sum += ExactlyProbability(cohort, outside, sample, k);
        EXPECT_NEAR(sum, 1, 1e-12);
        if (sample > 1000) break;
      }
    }
  }
  // Far beyond what factorials or a chain from zero could hold.
  EXPECT_NEAR(AtMostProbability(1'000'000, 500'000, 100'000, 49'999), .5, .002);
}

TEST(OutsideBoundsTest, TurnTheProbabilityRound) {
  for (int cohort : {20, 100, 333}) {
    for (int sample : {6, 15}) {
      EXPECT_EQ(OutsideUpperBound(cohort, sample, 0, .95), CleanSampleBound(cohort, sample, .95));
      for (int found : {0, 1, 4}) {
        const std::int64_t upper = OutsideUpperBound(cohort, sample, found, .95);
        const std::int64_t lower = OutsideLowerBound(cohort, sample, found, .95);
        EXPECT_LE(lower, upper);
        EXPECT_GE(lower, found);
        if (upper < cohort - sample + found) {
          EXPECT_GT(AtMostProbability(cohort, upper, sample, found), .05);
          EXPECT_LE(AtMostProbability(cohort, upper + 1, sample, found), .05);
        }
        if (lower > found) {
          EXPECT_LE(1 - AtMostProbability(cohort, lower - 1, sample, found - 1), .05 + 1e-9);
        }
      }
    }
  }
  EXPECT_EQ(OutsideUpperBound(15, 15, 3, .95), 3);
  EXPECT_EQ(OutsideLowerBound(15, 15, 3, .95), 3);
}

TEST(AcceptanceProbabilityTest, OfOneStepIsTheTailAndOfTwoAddsTheSecondChance) {
  const std::vector<SampleStep> one = {{.size = 10, .accept_max = 1, .reject_min = 2}};
  EXPECT_NEAR(AcceptanceProbability(100, 10, one), AtMostProbability(100, 10, 10, 1), 1e-12);
  // None of the first two, or one of them and none of the second two; 2 of 5 are outside.
  const std::vector<SampleStep> two = {{.size = 2, .accept_max = 0, .reject_min = 2},
                                       {.size = 2, .accept_max = 1, .reject_min = 2}};
  // .3 + .6 x (C(2,2) of C(3,2) = 1/3)
  EXPECT_NEAR(AcceptanceProbability(5, 2, two), .5, 1e-12);
}

TEST(OutsideAtRateTest, IsAtLeastOneAndRoundsHalfUp) {
  EXPECT_EQ(OutsideAtRate(90, 500), 5);
  EXPECT_EQ(OutsideAtRate(100, 1000), 10);
  EXPECT_EQ(OutsideAtRate(4, 100), 1);
  EXPECT_EQ(OutsideAtRate(0, 100), 0);
  EXPECT_EQ(OutsideAtRate(10, 10'000), 10);
}

}  // namespace
}  // namespace assay::moderation
