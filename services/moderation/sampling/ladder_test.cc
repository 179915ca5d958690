#include "services/moderation/sampling/ladder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::moderation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SampleSizeTest, FollowsTheRungs) {
  const Ladder ladder{{{1, 15, std::nullopt}, {16, 100, 15}, {101, std::nullopt, 20}}};
  EXPECT_THAT(Contradictions(ladder), IsEmpty());
  for (auto [cohort, size] : std::vector<std::pair<int, int>>{
           {0, 0}, {1, 1}, {15, 15}, {16, 15}, {100, 15}, {101, 20}, {1'000'000, 20}}) {
    EXPECT_EQ(SampleSize(ladder, cohort), size) << cohort;
  }
}

TEST(LadderTest, EveryContradictionIsNamed) {
  EXPECT_THAT(Contradictions({}), ElementsAre("the ladder has no rungs"));
  EXPECT_THAT(Contradictions({{{1, 10, std::nullopt}, {16, std::nullopt, 15}}}),
              ElementsAre("no rung covers cohorts of 11 to 15"));
  EXPECT_THAT(Contradictions({{{1, 20, std::nullopt}, {16, std::nullopt, 15}}}),
              ElementsAre(HasSubstr("overlaps with the one before, which ends at 20")));
  EXPECT_THAT(Contradictions({{{1, 10, std::nullopt}}}),
              ElementsAre("no rung covers cohorts of 11 and more"));
  EXPECT_THAT(Contradictions({{{1, std::nullopt, std::nullopt}, {5, 10, 5}}}),
              ElementsAre(HasSubstr("comes after one without an end")));
  EXPECT_THAT(Contradictions({{{1, std::nullopt, 0}}}),
              ElementsAre(HasSubstr("draws fewer than one")));
  EXPECT_THAT(Contradictions({{{1, 9, std::nullopt}, {10, std::nullopt, 12}}}),
              ElementsAre(HasSubstr("draws 12 candidates from a cohort that may have only 10")));
  EXPECT_EQ(Contradictions({{{2, 1, 0}}}).size(), 4u);
}

}  // namespace
}  // namespace assay::moderation
