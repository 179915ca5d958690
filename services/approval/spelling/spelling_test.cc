#include "services/approval/spelling/spelling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace assay::approval {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(SpellingTest, ForgivesMoreInLongerWordsAndNothingInNumbers) {
  EXPECT_EQ(ErrorsForgiven("elm"), 0);
  EXPECT_EQ(ErrorsForgiven("elms"), 1);
  EXPECT_EQ(ErrorsForgiven("academy"), 1);
  EXPECT_EQ(ErrorsForgiven("caerdydd"), 2);
  EXPECT_EQ(ErrorsForgiven("100000"), 0);
  EXPECT_EQ(ErrorsForgiven("ls14"), 0);
  EXPECT_EQ(ErrorsForgiven(std::string(25, 'x')), 0);
}

TEST(SpellingTest, TakesOutOneLetterOrTwo) {
  EXPECT_THAT(Deletions("elm"), ElementsAre("elm"));
  EXPECT_THAT(Deletions("elms"), ElementsAre("elm", "elms", "els", "ems", "lms"));
  // 8 letters, all different: the word, 8 without one, 28 without two.
  EXPECT_EQ(Deletions("abcdefgh").size(), 1u + 8u + 28u);
}

TEST(SpellingTest, CountsEachKindOfErrorOnce) {
  struct Case {
    const char* a;
    const char* b;
    int distance;
  };
  for (const Case& c : std::vector<Case>{{"becket", "becket", 0},
                                         {"becket", "beckett", 1},
                                         {"becket", "beket", 1},
                                         {"becket", "bicket", 1},
                                         {"becket", "bekcet", 1},
                                         {"sheffield", "sheffeild", 1},
                                         {"sheffield", "shefeild", 2},
                                         {"becket", "bracket", 2},
                                         {"\xC3\xA6rial", "\xC3\xB8rial", 1}}) {
    EXPECT_EQ(Distance(c.a, c.b, 3), c.distance) << c.a << " " << c.b;
    EXPECT_EQ(Distance(c.b, c.a, 3), c.distance) << c.b << " " << c.a;
  }
  EXPECT_EQ(Distance("becket", "london", 2), 3);
}

// What the index rests on: whatever is near enough has a form in common.
TEST(SpellingTest, WordsWithinReachHaveAFormInCommon) {
  std::mt19937 random(7);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int round = 0; round < 2000; ++round) {
    std::string word;
    for (std::size_t i = 0, n = 8 + below(5); i < n; ++i) {
      word.push_back(static_cast<char>('a' + below(6)));
    }
    std::string typed = word;
    for (int error = 0; error < 2; ++error) {
      const std::size_t at = below(typed.size() - 1);
      const char letter = static_cast<char>('a' + below(6));
      switch (below(4)) {
        case 0:
          typed.insert(at, 1, letter);
          break;
        case 1:
          if (typed.size() > 8) typed.erase(at, 1);
          break;
        case 2:
          typed[at] = letter;
          break;
        default:
          std::swap(typed[at], typed[at + 1]);
      }
    }
    if (Distance(word, typed, 2) > 2) continue;  // Errors that overlap may cost more.
    const auto a = Deletions(word);
    const auto b = Deletions(typed);
    std::vector<std::string> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    EXPECT_FALSE(both.empty()) << word << " " << typed;
  }
}

TEST(SpellingTest, KnowsWelshMutations) {
  EXPECT_THAT(Mutations("caerdydd"), Contains("gaerdydd"));
  EXPECT_THAT(Mutations("caerdydd"), Contains("nghaerdydd"));
  EXPECT_THAT(Mutations("gaerdydd"), Contains("caerdydd"));
  EXPECT_THAT(Mutations("gaerdydd"), Contains("chaerdydd"));
  EXPECT_THAT(Mutations("mangor"), Contains("bangor"));
  EXPECT_THAT(Mutations("lanelli"), Contains("llanelli"));
  EXPECT_THAT(Mutations("dinbych"), Contains("ninbych"));
  EXPECT_THAT(Mutations("lanrafon"), Contains("glanrafon"));
  EXPECT_THAT(Mutations("caerdydd"), Not(Contains("caerdydd")));
  EXPECT_THAT(Mutations("elm"), IsEmpty());
  EXPECT_THAT(Mutations("st"), ElementsAre("saint", "sant"));
}

}  // namespace
}  // namespace assay::approval
