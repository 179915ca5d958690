#include "services/moderation/adjustment/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "services/moderation/adjustment/judge.h"

namespace assay::moderation {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr MarkScale kSixty{.maximum = 60 * kOneMark};

std::vector<MarkPair> Pairs(std::vector<std::pair<int, int>> whole) {
  std::vector<MarkPair> pairs;
  for (auto [centre, moderator] : whole) {
    pairs.push_back({std::to_string(pairs.size()), centre * kOneMark, moderator * kOneMark});
  }
  return pairs;
}

// By hand: x 1 2 3 4, y 2 4 5 9: n times the sums are Qxx 20, Qyy 104, Qxy 44. With equal error
// variances u = 84 and the slope is (84 + sqrt(84^2 + 4 * 44^2)) / 88 = 2.336972…
TEST(FitStructuralLineTest, AgreesWithALineWorkedByHand) {
  const auto pairs = Pairs({{1, 2}, {2, 4}, {3, 5}, {4, 9}});
  const Line line = FitStructuralLine(pairs, 100);
  const double slope = (84 + std::sqrt(84.0 * 84 + 4 * 44.0 * 44)) / 88;
  EXPECT_NEAR(line.slope(), slope, 1e-9);
  EXPECT_LE(line.slope(), slope);
  EXPECT_NEAR(line.intercept(), 5 - slope * 2.5, 1e-8);
}

TEST(FitStructuralLineTest, PerfectPairsGiveTheirLineExactly) {
  const Line line = FitStructuralLine(Pairs({{10, 7}, {20, 12}, {30, 17}, {50, 27}}), 250);
  EXPECT_DOUBLE_EQ(line.slope(), .5);
  EXPECT_DOUBLE_EQ(line.intercept(), 2);
}

// A centre without error (a large ratio) is least squares; a moderator without error is least
// squares with the two exchanged. Between them the slope falls as the ratio grows.
TEST(FitStructuralLineTest, LiesBetweenTheTwoLeastSquaresLines) {
  const auto pairs = Pairs({{10, 14}, {20, 17}, {25, 30}, {30, 24}, {40, 44}, {50, 41}});
  std::vector<MarkPair> exchanged = pairs;
  for (MarkPair& pair : exchanged) std::swap(pair.centre, pair.moderator);
  double last = 1 / FitLine(exchanged).slope();
  for (const std::int64_t ratio : {1, 50, 100, 200, 10'000}) {
    const double slope = FitStructuralLine(pairs, ratio).slope();
    EXPECT_LT(slope, last);
    last = slope;
  }
  EXPECT_GT(last, FitLine(pairs).slope());
  EXPECT_NEAR(last, FitLine(pairs).slope(), .01);
}

TEST(FitStructuralLineTest, HasNoSlopeIfMarksDoNotRiseTogetherAndShiftsIfTheCentreToldNobodyApart) {
  EXPECT_EQ(FitStructuralLine(Pairs({{10, 40}, {20, 30}, {30, 20}}), 100).rise, 0);
  EXPECT_EQ(FitStructuralLine(Pairs({{10, 40}, {20, 40}, {30, 40}}), 100).rise, 0);
  const Line shift = FitStructuralLine(Pairs({{30, 24}, {30, 28}, {30, 26}}), 100);
  EXPECT_DOUBLE_EQ(shift.slope(), 1);
  EXPECT_DOUBLE_EQ(shift.intercept(), -4);
}

TEST(FitStructuralLineTest, TheLargestSumsAndTheSteepestLineDoNotOverflow) {
  std::vector<MarkPair> pairs;
  for (int i = 0; i < kPairsMax; ++i) {
    pairs.push_back({"", i % 2 == 0 ? 0 : kMarkMax, i % 2 == 0 ? 0 : kMarkMax});
  }
  EXPECT_DOUBLE_EQ(FitStructuralLine(pairs, 100).slope(), 1);
  // The centre all but told nobody apart.
  for (int i = 0; i < kPairsMax; ++i) pairs[i].centre = i < 2 ? i : 1;
  const Line steep = FitStructuralLine(pairs, 100);
  EXPECT_EQ(Apply(steep, {.maximum = kMarkMax}, kMarkMax), kMarkMax);
}

FitRule Bands(std::vector<std::int64_t> from, std::int64_t pairs_min = 1) {
  return {.method = Method::kBandWise, .bands_from = std::move(from), .band_pairs_min = pairs_min};
}

// Bands of 60 marks: 0 to 29, 30 to 44, from 45. They move by 0, -1 and -2.5.
TEST(FitBandsTest, EachBandMovesByTheMeanDifferenceOfItsPairs) {
  const auto pairs = Pairs({{10, 10}, {20, 20}, {35, 34}, {40, 39}, {50, 48}, {55, 52}});
  const Mapping mapping = Fit(Bands({0, 5000, 7500}), kSixty, pairs);
  ASSERT_THAT(mapping.pieces, SizeIs(3));
  EXPECT_EQ(mapping.pieces[1].from, 30 * kOneMark);
  EXPECT_EQ(mapping.pieces[2].from, 45 * kOneMark);
  const auto result = [&](int mark) { return Apply(mapping, kSixty, mark * kOneMark) / kOneMark; };
  EXPECT_EQ(result(0), 0);
  EXPECT_EQ(result(29), 29);
  EXPECT_EQ(result(30), 29);
  EXPECT_EQ(result(44), 43);
  EXPECT_EQ(result(45), 43);  // 42.5, half up.
  EXPECT_EQ(result(60), 58);
}

// 44 would become 45 and 45 become 42: the two bands move together, by -1.
TEST(FitBandsTest, BandsThatWouldOvertakeEachOtherMoveTogether) {
  const auto pairs = Pairs({{10, 9}, {20, 19}, {35, 36}, {40, 41}, {50, 47}, {55, 52}});
  const Mapping mapping = Fit(Bands({0, 5000, 7500}), kSixty, pairs);
  ASSERT_THAT(mapping.pieces, SizeIs(2));
  EXPECT_EQ(Apply(mapping, kSixty, 29 * kOneMark), 28 * kOneMark);
  EXPECT_EQ(Apply(mapping, kSixty, 45 * kOneMark), 44 * kOneMark);
}

TEST(FitBandsTest, ABandWithTooFewPairsJoinsItsNeighbour) {
  const auto pairs = Pairs({{35, 33}, {40, 38}, {42, 40}, {50, 44}});
  const Mapping mapping = Fit(Bands({0, 5000, 7500}, 2), kSixty, pairs);
  ASSERT_THAT(mapping.pieces, SizeIs(1));
  EXPECT_EQ(mapping.pieces[0].from, 0);
  EXPECT_EQ(Apply(mapping, kSixty, 10 * kOneMark), 7 * kOneMark);  // All four: -3.
}

// MOD-11 over every method, scales and cohorts of all kinds.
TEST(FitTest, StaysInRangeKeepsTheOrderAndLeavesZeroAtZero) {
  std::mt19937 chance(11);
  for (int round = 0; round < 400; ++round) {
    const MarkScale scale{.maximum = static_cast<Mark>(1 + chance() % 100) * kOneMark,
                          .step = (chance() % 2) ? kOneMark : kOneMark / 2};
    const auto any = [&] {
      return static_cast<Mark>(chance() % (scale.maximum / scale.step + 1)) * scale.step;
    };
    std::vector<MarkPair> pairs;
    const int count = 1 + static_cast<int>(chance() % 30);
    for (int i = 0; i < count; ++i) {
      const Mark centre = any();
      const Mark shift = any() / 4 / scale.step * scale.step - scale.maximum / 8;
      pairs.push_back(
          {std::to_string(i), centre,
           std::clamp<Mark>(centre + shift, 0, scale.maximum) / scale.step * scale.step});
    }
    FitRule rule = Bands({0, 2000, 4000, 6000, 8000}, 1 + chance() % 3);
    for (const Method method : {Method::kLeastSquares, Method::kStructural, Method::kBandWise}) {
      rule.method = method;
      const Mapping mapping = Fit(rule, scale, pairs);
      if (mapping.pieces.front().line.rise <= 0) continue;  // Judge refuses it.
      Mark before = 0;
      for (Mark mark = 0; mark <= scale.maximum; mark += scale.step) {
        const Mark after = Apply(mapping, scale, mark);
        EXPECT_GE(after, before) << NameOf(method) << " " << TextOf(mapping) << " at " << mark;
        EXPECT_LE(after, scale.maximum);
        EXPECT_EQ(after % scale.step, 0);
        before = after;
      }
      EXPECT_EQ(Apply(mapping, scale, 0), 0);
      EXPECT_EQ(ParseMapping(TextOf(mapping)), mapping);
      // The order of the pairs is of no account.
      std::vector<MarkPair> shuffled = pairs;
      std::shuffle(shuffled.begin(), shuffled.end(), chance);
      EXPECT_EQ(Fit(rule, scale, shuffled), mapping);
    }
  }
}

// A cohort whose marks are the moderator's is left as it is; and once it is, fitting again
// changes nothing more.
TEST(FitTest, WhatAgreesIsNotMoved) {
  std::vector<MarkPair> pairs;
  for (int i = 1; i < 12; ++i) pairs.push_back({"", i * 5 * kOneMark, i * 4 * kOneMark});
  FitRule rule = Bands({0, 5000});
  for (const Method method : {Method::kLeastSquares, Method::kStructural, Method::kBandWise}) {
    rule.method = method;
    const Mapping first = Fit(rule, kSixty, pairs);
    std::vector<MarkPair> moved = pairs;
    for (MarkPair& pair : moved) pair.centre = pair.moderator = Apply(first, kSixty, pair.centre);
    const Mapping second = Fit(rule, kSixty, moved);
    for (Mark mark = 0; mark <= kSixty.maximum; mark += kOneMark) {
      EXPECT_EQ(Apply(second, kSixty, mark), mark) << NameOf(method);
    }
  }
}

TEST(SpreadOfTest, IsDecidedExactlyAtTheLimit) {
  // Two bands, residuals 1 -1 1 -1: squares 4 over 4 - 2.
  const auto four = Pairs({{10, 11}, {20, 19}, {40, 41}, {50, 49}});
  const Mapping bands = Fit(Bands({0, 5000}), kSixty, four);
  EXPECT_NEAR(SpreadOf(bands, Method::kBandWise, four, 1, kOneMark).marks, std::sqrt(2), 1e-14);
  // A line of slope 1, residuals 2 -2 2 -2 0 0: squares 16 over 6 - 2, a spread of exactly 2.
  const auto six = Pairs({{10, 12}, {10, 8}, {30, 32}, {30, 28}, {30, 30}, {30, 30}});
  const Mapping line = Fit({}, kSixty, six);
  const Spread spread = SpreadOf(line, Method::kLeastSquares, six, 2, kOneMark);
  EXPECT_DOUBLE_EQ(spread.marks, 2);
  EXPECT_FALSE(spread.too_wide);
  EXPECT_TRUE(SpreadOf(line, Method::kLeastSquares, six, 1.999999, kOneMark).too_wide);
  EXPECT_EQ(SpreadOf(line, Method::kLeastSquares, Pairs({{1, 1}, {2, 5}}), 1, 1).marks, 0);
}

TEST(OrderDisagreesTest, IsDecidedExactlyAtTheLimit) {
  // The textbook's .8, see RankCorrelationTest.
  const auto pairs = Pairs({{1, 1}, {2, 3}, {3, 2}, {4, 5}, {5, 4}});
  EXPECT_FALSE(OrderDisagrees(pairs, .8));
  EXPECT_TRUE(OrderDisagrees(pairs, .800001));
  EXPECT_FALSE(OrderDisagrees(Pairs({{5, 1}, {5, 2}}), 1));
  EXPECT_TRUE(OrderDisagrees(Pairs({{1, 5}, {2, 5}}), 0));
  EXPECT_TRUE(OrderDisagrees(Pairs({{1, 3}, {2, 2}, {3, 1}}), 0));
}

TEST(JudgeTest, EveryMethodAdjustsAGenerousCentre) {
  const auto generous = Pairs({{50, 42}, {40, 33}, {30, 24}, {20, 15}, {10, 6}, {5, 4}});
  for (const Method method : {Method::kLeastSquares, Method::kStructural, Method::kBandWise}) {
    AdjustmentRule rule;
    rule.fit = Bands({0, 5000});
    rule.fit.method = method;
    const Judgement judgement = Judge(4 * kOneMark, rule, kSixty, Stage::kSample, generous);
    EXPECT_EQ(judgement.verdict, Verdict::kAdjust) << NameOf(method);
    EXPECT_LT(judgement.mean_adjustment, -4);
    rule.suppress_mean_below = 10 * kOneMark;
    EXPECT_EQ(Judge(4 * kOneMark, rule, kSixty, Stage::kSample, generous).finding,
              Finding::kAdjustmentTooSmall);
    const auto reversed = Pairs({{50, 10}, {40, 20}, {30, 30}, {20, 40}, {10, 50}});
    EXPECT_EQ(Judge(4 * kOneMark, rule, kSixty, Stage::kSample, reversed).verdict,
              Verdict::kLookFurther);
  }
}

TEST(FitRuleTest, EveryContradictionIsNamed) {
  EXPECT_THAT(Contradictions(FitRule{}), IsEmpty());
  EXPECT_THAT(Contradictions(FitRule{
                  .variance_ratio = 0, .bands_from = {100, 100, 20'000}, .band_pairs_min = 0}),
              SizeIs(5));
  EXPECT_THAT(Contradictions(AdjustmentRule{.pairs_min = 3, .fit = Bands({0, 1, 2, 3})}),
              SizeIs(1));
}

TEST(ParseMappingTest, RefusesWhatIsNoMapping) {
  for (const char* text : {"", "1 2", "1 2 0", "1 2 3;", "0 1 2 3;x"}) {
    EXPECT_EQ(ParseMapping(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseMapping("1 2 3")->pieces[0].line.run, 3);
}

}  // namespace
}  // namespace assay::moderation
