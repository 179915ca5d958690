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

}  // namespace
}  // namespace assay::moderation
