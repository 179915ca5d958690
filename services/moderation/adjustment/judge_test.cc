#include "services/moderation/adjustment/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace assay::moderation {
namespace {

constexpr MarkScale kSixty{.maximum = 60 * kOneMark};

std::vector<MarkPair> Pairs(std::vector<std::pair<int, int>> whole) {
  std::vector<MarkPair> pairs;
  for (auto [centre, moderator] : whole) {
    pairs.push_back({std::to_string(pairs.size()), centre * kOneMark, moderator * kOneMark});
  }
  return pairs;
}

// Anscombe's first set in tenths of thousandths would not be marks; this is a line worked by
// hand: x 10 20 30 40, y 8 19 27 38. Sxx = 500, Sxy = 490, so slope .98 and intercept -1.5.
TEST(FitLineTest, AgreesWithALineWorkedByHand) {
  const Line line = FitLine(Pairs({{10, 8}, {20, 19}, {30, 27}, {40, 38}}));
  EXPECT_DOUBLE_EQ(line.slope(), .98);
  EXPECT_DOUBLE_EQ(line.intercept(), -1.5);
  // Residuals -.3 .9 -.9 .3: squares 1.8, over 4 - 2.
  const auto pairs = Pairs({{10, 8}, {20, 19}, {30, 27}, {40, 38}});
  const Mapping mapping{{{0, line}}};
  EXPECT_NEAR(SpreadOf(mapping, Method::kLeastSquares, pairs, 1, kOneMark).marks, std::sqrt(.9),
              1e-14);
  const auto residuals = ResidualsOf(mapping, kSixty, pairs);
  ASSERT_EQ(residuals.size(), 4u);
  EXPECT_DOUBLE_EQ(residuals[1].unexplained, .9);
  EXPECT_EQ(residuals[1].result, 18 * kOneMark);  // 18.1
}

TEST(FitLineTest, WithoutASlopeItShiftsByTheMeanDifference) {
  const Line line = FitLine(Pairs({{30, 24}, {30, 28}, {30, 26}}));
  EXPECT_DOUBLE_EQ(line.slope(), 1);
  EXPECT_DOUBLE_EQ(line.intercept(), -4);
}

TEST(ApplyTest, RoundsHalfUpToTheStep) {
  const Line half{.constant = 50, .rise = 1, .run = 1};  // x + .5
  EXPECT_EQ(Apply(half, {.maximum = 6000, .step = 100}, 1000), 1100);
  EXPECT_EQ(Apply(half, {.maximum = 6000, .step = 50}, 1000), 1050);
  const Line less{.constant = -50, .rise = 1, .run = 1};
  EXPECT_EQ(Apply(less, {.maximum = 6000, .step = 100}, 1000), 1000);  // 9.5
  // Exactly 1/3 of a hundredth below the half.
  const Line third{.constant = 149, .rise = 3, .run = 3};
  EXPECT_EQ(Apply(third, {.maximum = 6000, .step = 100}, 1000), 1000);
}

// MOD-11 over lines and cohorts of all kinds.
TEST(ApplyTest, StaysInRangeKeepsTheOrderAndLeavesZeroAtZero) {
  std::mt19937 chance(7);
  for (int round = 0; round < 300; ++round) {
    const MarkScale scale{.maximum = static_cast<Mark>(1 + chance() % 100) * kOneMark,
                          .step = (chance() % 2) ? kOneMark : kOneMark / 2};
    std::vector<MarkPair> pairs;
    for (int i = 0; i < 15; ++i) {
      const Mark centre = static_cast<Mark>(chance() % (scale.maximum + 1));
      const Mark shift = static_cast<Mark>(chance() % 2000) - 1000;
      pairs.push_back({"", centre, std::clamp<Mark>(centre + shift, 0, scale.maximum)});
    }
    const Line line = FitLine(pairs);
    if (line.rise <= 0) continue;
    EXPECT_EQ(Apply(line, scale, 0), 0);
    Mark before = 0;
    for (Mark mark = 0; mark <= scale.maximum; mark += 10) {
      const Mark after = Apply(line, scale, mark);
      EXPECT_GE(after, before);
      EXPECT_LE(after, scale.maximum);
      EXPECT_EQ(after % scale.step, 0);
      before = after;
    }
  }
}

TEST(RankCorrelationTest, AgreesWithTheTextbook) {
  EXPECT_DOUBLE_EQ(*RankCorrelation(Pairs({{1, 10}, {2, 20}, {3, 30}})), 1);
  EXPECT_DOUBLE_EQ(*RankCorrelation(Pairs({{1, 30}, {2, 20}, {3, 10}})), -1);
  // 1 - 6 * 4 / (5 * 24) with differences 0 1 -1 1 -1.
  EXPECT_DOUBLE_EQ(*RankCorrelation(Pairs({{1, 1}, {2, 3}, {3, 2}, {4, 5}, {5, 4}})), .8);
  // Equal marks share ranks: x 1.5 1.5 3, y 1 2 3: 1.5 / sqrt(1.5 * 2).
  EXPECT_DOUBLE_EQ(*RankCorrelation(Pairs({{5, 1}, {5, 2}, {9, 3}})), 1.5 / std::sqrt(3.0));
  EXPECT_EQ(RankCorrelation(Pairs({{5, 1}, {5, 2}})), std::nullopt);
}

// MOD-10, MOD-11: every road of the decision.
TEST(JudgeTest, FollowsTheRules) {
  const auto inside = Pairs({{50, 52}, {40, 38}, {30, 30}, {20, 21}, {10, 12}, {5, 5}});
  const auto generous = Pairs({{50, 42}, {40, 33}, {30, 24}, {20, 15}, {10, 6}, {5, 4}});
  const auto reversed = Pairs({{50, 10}, {40, 20}, {30, 30}, {20, 40}, {10, 50}});
  const auto jumbled =
      Pairs({{50, 30}, {40, 50}, {30, 10}, {20, 40}, {10, 20}, {45, 45}, {35, 15}});
  const auto noisy = Pairs({{50, 58}, {45, 38}, {40, 48}, {30, 23}, {20, 28}, {10, 4}, {5, 10}});
  struct Case {
    std::string name;
    Stage stage;
    std::vector<MarkPair> pairs;
    Verdict verdict;
    Finding finding;
  };
  const Mark tolerance = 4 * kOneMark;
  for (const Case& c : std::vector<Case>{
           {"inside at stage 1", Stage::kSubSample, inside, Verdict::kCentreMarksStand,
            Finding::kAllInside},
           {"outside at stage 1", Stage::kSubSample, generous, Verdict::kLookFurther,
            Finding::kOutside},
           {"generous", Stage::kSample, generous, Verdict::kAdjust, Finding::kOrderAgrees},
           {"generous, extended", Stage::kExtended, generous, Verdict::kAdjust,
            Finding::kOrderAgrees},
           {"reversed", Stage::kSample, reversed, Verdict::kLookFurther,
            Finding::kSlopeNotPositive},
           {"jumbled", Stage::kSample, jumbled, Verdict::kLookFurther, Finding::kOrderDisagrees},
           {"noisy", Stage::kExtended, noisy, Verdict::kLookFurther, Finding::kSpreadTooWide},
           {"few", Stage::kSample, Pairs({{50, 40}, {30, 20}}), Verdict::kLookFurther,
            Finding::kTooFewPairs},
           {"all work", Stage::kAllWork, generous, Verdict::kModeratorMarksStand,
            Finding::kEverythingSeen},
       }) {
    const Judgement judgement = Judge(tolerance, {}, kSixty, c.stage, c.pairs);
    EXPECT_EQ(judgement.verdict, c.verdict) << c.name;
    EXPECT_EQ(NameOf(judgement.finding), NameOf(c.finding)) << c.name;
  }
}

TEST(JudgeTest, ASmallMeanAdjustmentIsSuppressedIfTheRuleSaysSo) {
  // One pair is 5 off, the mean only 5 / 8.
  const auto pairs =
      Pairs({{50, 45}, {40, 40}, {30, 30}, {20, 20}, {10, 10}, {5, 5}, {8, 8}, {28, 28}});
  AdjustmentRule rule{.residual_spread_max_tolerances = 2};
  EXPECT_EQ(Judge(400, rule, kSixty, Stage::kSample, pairs).verdict, Verdict::kAdjust);
  rule.suppress_mean_below = kOneMark;
  const Judgement judgement = Judge(400, rule, kSixty, Stage::kSample, pairs);
  EXPECT_EQ(judgement.verdict, Verdict::kCentreMarksStand);
  EXPECT_EQ(judgement.finding, Finding::kAdjustmentTooSmall);
}

TEST(JudgeTest, ACentreThatGaveOneMarkHasNoOrderToDisagreeWith) {
  const auto pairs = Pairs({{30, 24}, {30, 25}, {30, 24}, {30, 23}, {30, 24}});
  EXPECT_EQ(Judge(400, {}, kSixty, Stage::kSample, pairs).verdict, Verdict::kAdjust);
}

TEST(NextStageTest, ExtendsOnceIfTheRuleSaysSoAndSomethingIsLeft) {
  const AdjustmentRule never{.extensions_max = 0};
  EXPECT_EQ(NextStage(Stage::kSubSample, {}, 40), Stage::kSample);
  EXPECT_EQ(NextStage(Stage::kSample, {}, 40), Stage::kExtended);
  EXPECT_EQ(NextStage(Stage::kSample, {}, 0), Stage::kAllWork);
  EXPECT_EQ(NextStage(Stage::kSample, never, 40), Stage::kAllWork);
  EXPECT_EQ(NextStage(Stage::kExtended, {}, 40), Stage::kAllWork);
}

// MOD-10 with the designs that count (MOD-2): two outside may be few enough, and a stage that is
// only part of what is counted lets nothing stand.
TEST(JudgeTest, LetsMarksStandWithAsFewOutsideAsTheDesignAccepts) {
  const auto two_outside = Pairs({{50, 40}, {40, 30}, {30, 30}, {20, 21}, {10, 12}, {5, 5}});
  const Mark tolerance = 4 * kOneMark;
  const auto judge = [&](Stage stage, std::optional<std::int64_t> outside_max) {
    return Judge(tolerance, {}, kSixty, stage, two_outside, outside_max);
  };
  EXPECT_EQ(judge(Stage::kSample, 2).verdict, Verdict::kCentreMarksStand);
  EXPECT_EQ(judge(Stage::kSample, 2).finding, Finding::kFewEnoughOutside);
  EXPECT_NE(judge(Stage::kSample, 1).finding, Finding::kFewEnoughOutside);
  EXPECT_EQ(judge(Stage::kSubSample, 1).verdict, Verdict::kLookFurther);
  const auto inside = Pairs({{50, 50}, {40, 40}, {30, 30}});
  EXPECT_EQ(Judge(tolerance, {}, kSixty, Stage::kSubSample, inside).verdict,
            Verdict::kCentreMarksStand);
  EXPECT_EQ(Judge(tolerance, {}, kSixty, Stage::kSubSample, inside, std::nullopt).verdict,
            Verdict::kLookFurther);
}

TEST(AdjustmentRuleTest, EveryContradictionIsNamed) {
  EXPECT_THAT(Contradictions(AdjustmentRule{}), ::testing::IsEmpty());
  EXPECT_EQ(Contradictions({.rank_correlation_min = 2,
                            .residual_spread_max_tolerances = 0,
                            .pairs_min = 2,
                            .suppress_mean_below = -1,
                            .extensions_max = 5})
                .size(),
            5u);
}

TEST(DistributionOfTest, SaysHowMarksLie) {
  const Distribution d = DistributionOf(std::vector<Mark>{200, 400, 400, 400, 500, 500, 700, 900});
  EXPECT_EQ(d.count, 8);
  EXPECT_EQ(d.lowest, 200);
  EXPECT_EQ(d.highest, 900);
  EXPECT_DOUBLE_EQ(d.mean, 5);
  EXPECT_DOUBLE_EQ(d.standard_deviation, std::sqrt(32.0 / 7));
  EXPECT_EQ(DistributionOf({}).count, 0);
}

}  // namespace
}  // namespace assay::moderation
