#include "services/moderation/tolerance/tolerance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::moderation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Mark Whole(std::int64_t marks) { return marks * kOneMark; }

std::vector<MarkPair> Pairs(std::vector<std::pair<int, int>> whole) {
  std::vector<MarkPair> pairs;
  for (auto [centre, moderator] : whole) {
    pairs.push_back({std::to_string(pairs.size()), Whole(centre), Whole(moderator)});
  }
  return pairs;
}

TEST(ToleranceOfTest, IsTheRoundedShareOfTheMaximum) {
  struct Case {
    std::int64_t basis_points;
    Rounding rounding;
    Mark step, floor, maximum, expected;
  };
  for (const Case& c : std::vector<Case>{
           {600, Rounding::kHalfUp, 100, 0, Whole(100), Whole(6)},
           {600, Rounding::kHalfUp, 100, 0, Whole(60), Whole(4)},  // 3.6
           {600, Rounding::kDown, 100, 0, Whole(60), Whole(3)},
           {600, Rounding::kUp, 100, 0, Whole(60), Whole(4)},
           {600, Rounding::kUp, 100, 0, Whole(50), Whole(3)},      // exactly 3
           {600, Rounding::kHalfUp, 100, 0, Whole(75), Whole(5)},  // 4.5 goes up
           {600, Rounding::kHalfUp, 50, 0, Whole(75), 450},
           {600, Rounding::kHalfUp, 100, Whole(1), Whole(6), Whole(1)},  // 0.36, floor 1
           {600, Rounding::kHalfUp, 100, Whole(3), Whole(100), Whole(6)},
       }) {
    EXPECT_EQ(ToleranceOf({.share_basis_points = c.basis_points,
                           .floor = c.floor,
                           .rounding = c.rounding,
                           .step = c.step},
                          {.maximum = c.maximum}),
              c.expected)
        << c.maximum << " " << static_cast<int>(c.rounding);
  }
}

TEST(ToleranceOfTest, AFixedToleranceIgnoresTheMaximum) {
  const ToleranceRule rule{.kind = ToleranceRule::Kind::kFixed, .fixed = Whole(1)};
  EXPECT_EQ(ToleranceOf(rule, {.maximum = Whole(6)}), Whole(1));
  EXPECT_EQ(ToleranceOf(rule, {.maximum = Whole(600)}), Whole(1));
}

// The worked example of MOD-10.
TEST(CheckToleranceTest, TheExampleOfMod10Stands) {
  const auto pairs = Pairs({{68, 69}, {22, 21}, {47, 46}, {81, 80}, {58, 58}, {31, 28}});
  EXPECT_THAT(CheckTolerance(Whole(6), pairs).outside, IsEmpty());
  EXPECT_EQ(CheckTolerance(Whole(6), pairs).difference_max, Whole(3));
  EXPECT_EQ(CheckTolerance(Whole(6), pairs).difference_sum, Whole(5));
}

TEST(CheckToleranceTest, ADifferenceOfExactlyTheToleranceIsInside) {
  EXPECT_THAT(CheckTolerance(Whole(6), Pairs({{50, 56}, {50, 44}})).outside, IsEmpty());
  EXPECT_THAT(CheckTolerance(Whole(6), Pairs({{50, 56}, {50, 57}, {50, 43}})).outside,
              ElementsAre(1, 2));
}

TEST(ToleranceRuleTest, EveryContradictionIsNamed) {
  EXPECT_THAT(Contradictions(ToleranceRule{}), IsEmpty());
  EXPECT_EQ(Contradictions({.share_basis_points = 10'001, .floor = -1, .step = 0, .sub_sample = 0})
                .size(),
            4u);
}

}  // namespace
}  // namespace assay::moderation
