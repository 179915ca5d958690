#include "services/moderation/sampling/generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <vector>

namespace assay::moderation {
namespace {

// The words 1, 2, 3, 4, least significant byte first.
Seed OneTwoThreeFour() {
  Seed seed{};
  for (int i = 0; i < 4; ++i) seed[8 * i] = static_cast<std::uint8_t>(i + 1);
  return seed;
}

// Known answers of xoshiro256** for that state, as other implementations publish them.
TEST(DrawGeneratorTest, GivesTheKnownAnswers) {
  DrawGenerator generator(OneTwoThreeFour());
  for (std::uint64_t expected :
       {11520ull, 0ull, 1509978240ull, 1215971899390074240ull, 1216172134540287360ull,
        607988272756665600ull, 16172922978634559625ull, 8476171486693032832ull,
        10595114339597558777ull, 2904607092377533576ull}) {
    EXPECT_EQ(generator.Next(), expected);
  }
}

TEST(DrawGeneratorTest, ASeedOfZerosStillRuns) {
  DrawGenerator generator(Seed{});
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(generator.Next());
  EXPECT_GT(seen.size(), 90u);
}

TEST(DrawGeneratorTest, StreamsOfOneSeedDiffer) {
  DrawGenerator first(OneTwoThreeFour(), 1);
  DrawGenerator second(OneTwoThreeFour(), 2);
  EXPECT_NE(first.Next(), second.Next());
}

TEST(DrawGeneratorTest, BelowReachesEveryValueAboutEquallyOften) {
  DrawGenerator generator(OneTwoThreeFour());
  std::vector<int> counts(7, 0);
  for (int i = 0; i < 70'000; ++i) ++counts[generator.Below(7)];
  for (int count : counts) EXPECT_NEAR(count, 10'000, 500);
}

TEST(DrawGeneratorTest, ShuffleKeepsEverythingAndMovesIt) {
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  const std::vector<int> before = items;
  DrawGenerator generator(OneTwoThreeFour());
  generator.Shuffle(std::span(items));
  EXPECT_NE(items, before);
  EXPECT_THAT(items, ::testing::UnorderedElementsAreArray(before));
}

}  // namespace
}  // namespace assay::moderation
