#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/moderation/standardisation/rule.h"
#include "services/moderation/standardisation/seeds.h"

namespace assay::moderation {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr MarkScale kSixty{.maximum = 60 * kOneMark};
constexpr Mark kTolerance = 4 * kOneMark;

std::vector<ScriptMarks> Marks(std::vector<std::pair<int, int>> whole) {
  std::vector<ScriptMarks> marks;
  for (auto [definitive, own] : whole) {
    marks.push_back({absl::StrCat("s", marks.size()), definitive * kOneMark, own * kOneMark});
  }
  return marks;
}

// Five scripts, four in tolerance, the mean within 3 % of 60, which is 1.8 marks.
TEST(JudgeAttemptTest, AsksForEnoughInToleranceAndNoLeaning) {
  const StandardisationRule rule;
  struct Case {
    std::vector<std::pair<int, int>> marks;
    bool qualified;
    std::string why;
  };
  for (const Case& c : std::vector<Case>{
           {{{30, 30}, {40, 44}, {20, 16}, {50, 50}, {10, 10}}, true, ""},
           {{{30, 30}, {40, 40}, {20, 20}, {50, 50}, {10, 19}}, true, ""},  // Mean 1.8.
           {{{30, 30}, {40, 40}, {20, 20}, {50, 50}, {10, 20}}, false, "too generous"},
           {{{30, 27}, {40, 37}, {20, 18}, {50, 48}, {10, 10}}, false, "too severe"},
           {{{30, 35}, {40, 35}, {20, 20}, {50, 50}, {10, 10}}, false, "3 of 5"},
       }) {
    const Attempt attempt = JudgeAttempt(rule, kSixty, kTolerance, Marks(c.marks));
    EXPECT_EQ(attempt.qualified, c.qualified) << c.why;
    EXPECT_THAT(attempt.why, HasSubstr(c.why));
  }
  EXPECT_FALSE(JudgeAttempt(rule, kSixty, kTolerance, {}).qualified);
}

// Of the last five seeds one may fail.
TEST(LeftToleranceTest, LooksAtTheLatestSeedsOnly) {
  const StandardisationRule rule;
  EXPECT_FALSE(LeftTolerance(rule, kTolerance, {}));
  EXPECT_FALSE(LeftTolerance(rule, kTolerance, Marks({{30, 40}})));
  EXPECT_TRUE(LeftTolerance(rule, kTolerance, Marks({{30, 40}, {30, 30}, {30, 20}})));
  EXPECT_FALSE(LeftTolerance(rule, kTolerance,
                             Marks({{30, 40}, {30, 30}, {30, 30}, {30, 30}, {30, 30}, {30, 40}})));
}

TEST(StandardisationRuleTest, EveryContradictionIsNamed) {
  EXPECT_THAT(Contradictions(StandardisationRule{}), IsEmpty());
  EXPECT_THAT(Contradictions({.practice_min = -1,
                              .scripts = 0,
                              .in_tolerance_min = 3,
                              .mean_difference_max = -1,
                              .attempts_max = 0,
                              .seed_share = 20'000,
                              .seed_window = 0,
                              .seed_failures_max = 9}),
              SizeIs(8));
}

std::vector<Pick> Picks(int from, int count) {
  std::vector<Pick> picks;
  for (int i = 0; i < count; ++i) {
    picks.push_back({.candidate = absl::StrCat("C", absl::Dec(from + i * 7, absl::kZeroPad4)),
                     .stage = i < 6 ? Stage::kSubSample : Stage::kSample});
  }
  return picks;
}

TEST(PlanSeedsTest, SeedsLookLikeTheWorkAroundThem) {
  const std::vector<Pick> picks = Picks(100, 20);
  std::vector<std::string> taken;
  for (const Pick& pick : picks) taken.push_back(pick.candidate);
  std::int64_t seeds = 0;
  std::set<std::string> all;
  for (int round = 0; round < 200; ++round) {
    Seed seed{};
    seed[0] = static_cast<std::uint8_t>(round);
    const auto planted = PlanSeeds(1250, picks, taken, 10, seed);  // 2.5 on average.
    EXPECT_GE(planted.size(), 2u);
    EXPECT_LE(planted.size(), 3u);
    seeds += static_cast<std::int64_t>(planted.size());
    std::set<std::string> numbers;
    std::set<std::size_t> scripts;
    for (const PlantedSeed& p : planted) {
      EXPECT_TRUE(numbers.insert(p.candidate).second);
      EXPECT_TRUE(scripts.insert(p.script).second);
      EXPECT_LT(p.script, 10u);
      EXPECT_EQ(std::count(taken.begin(), taken.end(), p.candidate), 0);
      ASSERT_THAT(p.candidate, SizeIs(5));
      EXPECT_GE(p.candidate, "C0100");
      EXPECT_LE(p.candidate, "C0233");
      EXPECT_LE(p.stage, Stage::kSample);
      all.insert(p.candidate);
    }
    EXPECT_EQ(PlanSeeds(1250, picks, taken, 10, seed).size(), planted.size());
  }
  EXPECT_NEAR(static_cast<double>(seeds) / 200, 2.5, .15);
  EXPECT_GT(all.size(), 80u);  // Not always the same.
}

TEST(PlanSeedsTest, KeepsToWhatThereIs) {
  const std::vector<Pick> picks = Picks(100, 20);
  std::vector<std::string> taken;
  for (int i = 0; i < 300; ++i) taken.push_back(absl::StrCat("C", absl::Dec(i, absl::kZeroPad4)));
  const auto beyond = PlanSeeds(10'000, picks, taken, 3, Seed{1});
  ASSERT_THAT(beyond, SizeIs(3));  // As many as there are scripts.
  for (const PlantedSeed& p : beyond) EXPECT_GE(p.candidate, "C0300");
  EXPECT_THAT(PlanSeeds(0, picks, taken, 3, Seed{1}), IsEmpty());
  EXPECT_THAT(PlanSeeds(10'000, picks, taken, 0, Seed{1}), IsEmpty());
  EXPECT_THAT(PlanSeeds(10'000, {}, taken, 3, Seed{1}), IsEmpty());
  const std::vector<Pick> letters = {{.candidate = "Ada"}};
  EXPECT_THAT(PlanSeeds(10'000, letters, std::vector<std::string>{"Ada"}, 3, Seed{1}), IsEmpty());
}

}  // namespace
}  // namespace assay::moderation
