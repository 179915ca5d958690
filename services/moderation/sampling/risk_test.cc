#include "services/moderation/sampling/risk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::moderation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

const std::vector<PercentRung> kHigh = {
    {1, 18, 3500}, {19, 100, 2500}, {101, 200, 1500}, {201, {}, 1000}};
const std::vector<PercentRung> kTenth = {{1, {}, 1000}};

// MOD-2: shares are rounded up to whole candidates, and at least three are drawn.
TEST(RiskPercentagesTest, DrawsTheShareOfTheBand) {
  const RiskPercentages design{{kTenth, kTenth, kHigh}, 3};
  EXPECT_THAT(Contradictions(design), IsEmpty());
  for (auto [cohort, size] : std::vector<std::pair<int, int>>{{0, 0},
                                                              {2, 2},
                                                              {5, 3},
                                                              {10, 4},  // 3.5
                                                              {18, 7},  // 6.3
                                                              {19, 5},  // 4.75
                                                              {100, 25},
                                                              {101, 16},  // 15.15
                                                              {200, 30},
                                                              {201, 21},  // 20.1
                                                              {500, 50},
                                                              {5000, 500}}) {
    EXPECT_EQ(SampleSize(design, CentreRisk::kHigh, cohort), size) << cohort;
  }
  EXPECT_EQ(SampleSize(design, CentreRisk::kLow, 100), 10);
}

TEST(RiskPercentagesTest, EveryContradictionIsNamed) {
  EXPECT_THAT(
      Contradictions(RiskPercentages{{kTenth, {}, kHigh}, 0}),
      ElementsAre("medium risk: no rung says what to draw", "the minimum is below one candidate"));
  EXPECT_THAT(Contradictions(RiskPercentages{
                  {kTenth, {{1, 10, 0}, {12, 20, 10'001}, {20, 30, 500}}, kHigh}, 1}),
              IsSupersetOf({HasSubstr("medium risk: the rung 1-10 draws a share that is not"),
                            HasSubstr("medium risk: no rung covers cohorts of 11 to 11"),
                            HasSubstr("medium risk: the rung 12-20 draws a share that is not"),
                            HasSubstr("medium risk: the rung 20-30 overlaps"),
                            HasSubstr("medium risk: no rung covers cohorts of 31 and more")}));
  EXPECT_THAT(Contradictions(RiskPercentages{{kTenth, {{1, {}, 2000}}, kHigh}, 1}),
              ElementsAre("of cohorts of 101 candidates high risk draws a smaller share than "
                          "medium risk",
                          "of cohorts of 201 candidates high risk draws a smaller share than "
                          "medium risk"));
}

}  // namespace
}  // namespace assay::moderation
