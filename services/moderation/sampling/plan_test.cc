#include "services/moderation/sampling/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/moderation/sampling/power.h"

namespace assay::moderation {
namespace {

// Of 100 with 10 outside, by hand: C(75,10) / C(100,10) = .0479, C(76,10) / C(100,10) = .0551.
TEST(SizeToDetectTest, IsTheFirstThatShowsEnough) {
  EXPECT_EQ(SizeToDetect(100, 10, .95), 25);
  EXPECT_EQ(SizeToDetect(20, 1, .95), 19);  // A tie: 19/20.
  EXPECT_EQ(SizeToDetect(20, 20, .95), 1);
  EXPECT_EQ(SizeToDetect(100, 10, 0), 0);
  EXPECT_EQ(SizeToDetect(100, 0, .95), std::nullopt);
  for (int cohort : {2, 17, 100, 999}) {
    for (int outside : {1, 2}) {
      for (double probability : {.5, .9, .99}) {
        const std::int64_t size = *SizeToDetect(cohort, outside, probability);
        EXPECT_GE(DetectionProbability(cohort, outside, size), probability - 1e-12);
        EXPECT_LT(DetectionProbability(cohort, outside, size - 1), probability);
      }
    }
  }
}

TEST(SizeForBoundTest, IsTheFirstAfterWhichTheBoundHolds) {
  for (int cohort : {10, 60, 100, 750}) {
    for (int bound : {0, 3, 9}) {
      for (int accept : {0, 1, 3}) {
        const auto size = SizeForBound(cohort, bound, accept, .95);
        if (accept > bound) {
          EXPECT_EQ(size, std::nullopt);
          continue;
        }
        ASSERT_TRUE(size.has_value());
        EXPECT_LE(OutsideUpperBound(cohort, *size, accept, .95), bound)
            << cohort << bound << accept;
        if (*size > accept + 1) {
          EXPECT_GT(OutsideUpperBound(cohort, *size - 1, accept, .95), bound)
              << cohort << bound << accept;
        }
      }
    }
  }
  EXPECT_EQ(SizeForBound(10, 10, 0, .95), 0);
  EXPECT_EQ(SizeForBound(40, 0, 0, 1), 40);
}

TEST(PlanTwoPointTest, ServesBothSidesWithTheSmallestSample) {
  const TwoPointClaim claim{
      .good = 5, .accept_probability = .9, .bad = 20, .wrong_probability = .1};
  const auto plan = PlanTwoPoint(200, claim);
  ASSERT_TRUE(plan.has_value());
  const auto serves = [&](std::int64_t size, std::int64_t accept) {
    return AtMostProbability(200, 5, size, accept) >= .9 &&
           AtMostProbability(200, 20, size, accept) <= .1;
  };
  EXPECT_TRUE(serves(plan->size, plan->accept));
  for (std::int64_t size = 0; size < plan->size; ++size) {
    for (std::int64_t accept = 0; accept <= 20; ++accept) EXPECT_FALSE(serves(size, accept));
  }
  const std::vector<std::int64_t> at = {0, 5, 20, 200};
  const auto curve = OperatingCharacteristic(200, *plan, at);
  EXPECT_EQ(curve[0], 1);
  EXPECT_GE(curve[1], .9);
  EXPECT_LE(curve[2], .1);
  EXPECT_EQ(curve[3], 0);
  EXPECT_EQ(PlanTwoPoint(200, {.good = 9, .bad = 9}), std::nullopt);
}

}  // namespace
}  // namespace assay::moderation
