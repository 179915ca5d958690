#include "services/approval/catalogue/combination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <random>

#include "services/approval/catalogue/checks.h"

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Unit MakeUnit(const char* number, int credits, int hours = 10) {
  Unit unit;
  unit.number = number;
  unit.credits = credits;
  unit.guided_learning_hours = hours;
  return unit;
}

// 6 credits: both of a and b, at most 2 credits from c and d, the rest from e, f, g.
Qualification Sample() {
  Qualification q;
  q.units = {MakeUnit("a", 1), MakeUnit("b", 1),    MakeUnit("c", 1),   MakeUnit("d", 2),
             MakeUnit("e", 1), MakeUnit("f", 2, 9), MakeUnit("g", 3, 9)};
  q.combination = {.title = "all",
                   .credits_min = 6,
                   .parts = {{.title = "core", .credits_min = 2, .units = {"a", "b"}},
                             {.title = "service", .credits_max = 2, .units = {"c", "d"}},
                             {.title = "other", .units = {"e", "f", "g"}}}};
  return q;
}

std::vector<std::string> Lines(const Progress& progress) {
  std::vector<std::string> lines;
  for (const Shortfall& s : progress.shortfalls) {
    std::string line = s.place + ": " + std::to_string(s.credits_missing) + "c " +
                       std::to_string(s.units_missing) + "u from";
    for (const std::string& unit : s.choose_from) line += " " + unit;
    lines.push_back(line);
  }
  return lines;
}

// QUAL-3
TEST(EvaluateTest, CountsCreditsAndSaysWhatIsMissing) {
  struct Case {
    UnitNumbers achieved;
    bool complete;
    int credits;
    std::vector<std::string> missing;
  };
  const Qualification q = Sample();
  for (const Case& c : std::vector<Case>{
           {{}, false, 0, {"all / core: 2c 0u from a b", "all: 6c 0u from a b c d e f g"}},
           {{"a", "g"}, false, 4, {"all / core: 1c 0u from b", "all: 2c 0u from b c d e f"}},
           {{"a", "b", "c", "d"}, false, 4, {"all: 2c 0u from e f g"}},
           {{"a", "b", "c", "d", "f"}, true, 6, {}},
           {{"a", "b", "f", "g"}, true, 7, {}},
           {{"a", "e", "f", "g"}, false, 7, {"all / core: 1c 0u from b"}},
           {{"a", "b", "nowhere"}, false, 2, {"all: 4c 0u from c d e f g"}}}) {
    const Progress progress = Evaluate(q, c.achieved);
    EXPECT_EQ(progress.complete, c.complete);
    EXPECT_EQ(progress.credits, c.credits);
    EXPECT_EQ(Lines(progress), c.missing);
  }
}

// QUAL-3
TEST(EvaluateTest, CountsUnitsAndTakesTheBestWhereOnlySomeCount) {
  Qualification q = Sample();
  q.combination = {.title = "two of five",
                   .credits_min = 4,
                   .units_min = 2,
                   .units_max = 2,
                   .units = {"a", "b", "d", "f", "g"}};
  EXPECT_THAT(Lines(Evaluate(q, {"a", "b"})), ElementsAre("two of five: 2c 0u from d f g"));
  EXPECT_THAT(Lines(Evaluate(q, {"g"})), ElementsAre("two of five: 1c 1u from a b d f"));
  const Progress best = Evaluate(q, {"a", "b", "f", "g"});
  EXPECT_TRUE(best.complete);
  EXPECT_EQ(best.credits, 5);
  EXPECT_EQ(best.units, 2);
}

TEST(FindCompletionsTest, GivesEverySetThatCannotLoseAUnit) {
  const Completions all = FindCompletions(Sample(), {"a", "b", "c"});
  // 3 of 6 credits are there: 3 more, of which service gives 1 more at most.
  EXPECT_THAT(all.sets,
              ElementsAre(ElementsAre("g"), ElementsAre("e", "f"), ElementsAre("d", "f")));
  EXPECT_TRUE(all.all);
  EXPECT_THAT(FindCompletions(Sample(), {"a", "b", "g", "f"}).sets, ElementsAre(IsEmpty()));
}

TEST(FindCompletionsTest, GivesNoneIfThereIsNone) {
  Qualification q = Sample();
  q.combination.credits_min = 50;
  EXPECT_THAT(FindCompletions(q, {}).sets, IsEmpty());
}

TEST(FindCompletionsTest, StopsAtItsLimitsAndSaysSo) {
  const Completions two = FindCompletions(Sample(), {}, {.results_max = 2});
  EXPECT_EQ(two.sets.size(), 2u);
  EXPECT_FALSE(two.all);
  EXPECT_FALSE(FindCompletions(Sample(), {}, {.steps_max = 3}).all);
}

TEST(FindCompletionsTest, OrdersByCreditsOrByHoursAndPagesThroughEither) {
  Qualification q = Sample();
  for (Unit& unit : q.units) unit.guided_learning_hours = unit.number == "g" ? 90 : 10;
  const UnitNumbers have = {"a", "b", "c"};
  EXPECT_THAT(FindCompletions(q, have).sets,
              ElementsAre(ElementsAre("e", "f"), ElementsAre("g"), ElementsAre("d", "f")));
  const CompletionQuery by_hours = {.order = CompletionOrder::kHours};
  EXPECT_THAT(FindCompletions(q, have, by_hours).sets,
              ElementsAre(ElementsAre("e", "f"), ElementsAre("d", "f"), ElementsAre("g")));
  EXPECT_THAT(FindCompletions(q, have, {.results_max = 1, .skip = 1}).sets,
              ElementsAre(ElementsAre("g")));
  EXPECT_EQ(FindCompletions(q, have).at_most, 3);
}

TEST(FindCompletionsTest, LeavesOutWhatTheLearnerWillNotTake) {
  EXPECT_THAT(FindCompletions(Sample(), {"a", "b", "c"}, {.excluded = {"g"}}).sets,
              ElementsAre(ElementsAre("e", "f"), ElementsAre("d", "f")));
  EXPECT_THAT(FindCompletions(Sample(), {}, {.excluded = {"a"}}).sets, IsEmpty());
}

TEST(FindCompletionsTest, AnswersForSixtyUnitsWithoutVisitingEverySet) {
  Qualification q;
  q.combination = {.title = "all", .credits_min = 30};
  for (int i = 0; i < 60; ++i) {
    q.units.push_back(MakeUnit(std::to_string(100 + i).c_str(), 1, 10 + i));
    q.combination.units.push_back(std::to_string(100 + i));
  }
  const Completions best = FindCompletions(q, {}, {.results_max = 2});
  // The 30 units with the fewest hours; then the same with one unit that has one hour more.
  ASSERT_EQ(best.sets.size(), 2u);
  EXPECT_EQ(best.sets[0].front(), "100");
  EXPECT_EQ(best.sets[0].back(), "129");
  EXPECT_EQ(best.sets[1].back(), "130");
  EXPECT_FALSE(best.all);
  EXPECT_EQ(best.at_most, 118'264'581'564'861'424);  // 60 choose 30.
}

// QUAL-3
TEST(EvaluateTest, SaysOfEachRuleWhatCountsAndWhatIsTooMuch) {
  const Progress progress = Evaluate(Sample(), {"a", "c", "d"});
  ASSERT_EQ(progress.rules.size(), 4u);
  EXPECT_EQ(progress.rules[0].place, "all");
  EXPECT_FALSE(progress.rules[0].met);
  EXPECT_EQ(progress.rules[0].credits, 3);
  EXPECT_EQ(progress.rules[1].place, "all / core");
  EXPECT_FALSE(progress.rules[1].met);
  EXPECT_EQ(progress.rules[2].place, "all / service");
  EXPECT_TRUE(progress.rules[2].met);
  EXPECT_EQ(progress.rules[2].credits, 2);
  EXPECT_EQ(progress.rules[2].credits_over, 1);  // 1 + 2 of at most 2.
}

// QUAL-3: where only a number of units counts, the credits of the others are not kept.
TEST(EvaluateTest, CountsNoCreditsOfUnitsBeyondAMaximumOfUnitsOfParts) {
  Qualification q;
  q.units = {MakeUnit("a", 3), MakeUnit("b", 3), MakeUnit("c", 3)};
  q.combination = {.title = "two",
                   .credits_min = 7,
                   .units_max = 2,
                   .parts = {{.title = "x", .units = {"a"}},
                             {.title = "y", .units = {"b"}},
                             {.title = "z", .units = {"c"}}}};
  const Progress progress = Evaluate(q, {"a", "b", "c"});
  EXPECT_FALSE(progress.complete);
  EXPECT_EQ(progress.credits, 6);
  EXPECT_EQ(progress.units, 2);
  EXPECT_EQ(progress.rules[0].credits_over, 3);
  EXPECT_EQ(progress.rules[0].units_over, 1);
  EXPECT_THAT(FindCompletions(q, {}).sets, IsEmpty());
  q.combination.credits_min = 6;
  EXPECT_THAT(
      FindCompletions(q, {}).sets,
      UnorderedElementsAre(ElementsAre("a", "b"), ElementsAre("a", "c"), ElementsAre("b", "c")));
}

// QUAL-3: a part's unit makes room for a better one of the rule's own.
TEST(EvaluateTest, TakesTheBestUnitsOfPartsAndItsOwn) {
  Qualification q;
  q.units = {MakeUnit("a", 1), MakeUnit("b", 1), MakeUnit("c", 4)};
  q.combination = {.title = "all",
                   .credits_min = 5,
                   .units_max = 2,
                   .units = {"c"},
                   .parts = {{.title = "part", .units = {"a", "b"}}}};
  EXPECT_TRUE(Evaluate(q, {"a", "c"}).complete);
  EXPECT_TRUE(Evaluate(q, {"a", "b", "c"}).complete);
  EXPECT_FALSE(Evaluate(q, {"a", "b"}).complete);
  EXPECT_THAT(FindCompletions(q, {"a", "b"}).sets, ElementsAre(ElementsAre("c")));
}

// QUAL-3: of a part that lets through three credits, the second unit adds nothing; another part's
// does.
TEST(EvaluateTest, TakesTheUnitsThatAddMostUnderAMaximumOfCredits) {
  Qualification q;
  q.units = {MakeUnit("a", 3), MakeUnit("b", 3), MakeUnit("c", 2)};
  q.combination = {.title = "two",
                   .credits_min = 5,
                   .units_max = 2,
                   .parts = {{.title = "capped", .credits_max = 3, .units = {"a", "b"}},
                             {.title = "other", .units = {"c"}}}};
  EXPECT_EQ(Evaluate(q, {"a", "b", "c"}).credits, 5);
  EXPECT_FALSE(Evaluate(q, {"a", "b"}).complete);
  EXPECT_THAT(FindCompletions(q, {"a", "b"}).sets, ElementsAre(ElementsAre("c")));
}

// QUAL-3
TEST(EvaluateTest, CountsAUnitOfTwoPartsOnceInWhatIsAroundThem) {
  Qualification q;
  q.units = {MakeUnit("a", 3), MakeUnit("b", 1)};
  q.combination = {.title = "all",
                   .credits_min = 4,
                   .parts = {{.title = "x", .credits_min = 3, .units = {"a"}},
                             {.title = "y", .credits_min = 3, .units = {"a", "b"}}}};
  const Progress one = Evaluate(q, {"a"});
  EXPECT_FALSE(one.complete);
  EXPECT_EQ(one.credits, 3);
  EXPECT_TRUE(one.rules[1].met);
  EXPECT_TRUE(one.rules[2].met);
  EXPECT_TRUE(Evaluate(q, {"a", "b"}).complete);
  EXPECT_THAT(FindCompletions(q, {"a"}).sets, ElementsAre(ElementsAre("b")));
}

// QUAL-3: each rule is met or not by its own units, also where two have one title.
TEST(EvaluateTest, ChoosesFromTheRuleItselfNotFromOneThatIsCalledTheSame) {
  Qualification q;
  q.units = {MakeUnit("a", 1), MakeUnit("b", 1)};
  q.combination = {.title = "all",
                   .parts = {{.title = "x", .credits_min = 1, .units = {"a"}},
                             {.title = "x", .credits_min = 1, .units = {"b"}}}};
  EXPECT_THAT(Lines(Evaluate(q, {"a"})), ElementsAre("all / x: 1c 0u from b"));
}

// QUAL-7
TEST(EvaluateTest, CompletesNothingOfABareEntry) {
  const Qualification bare = {.number = "3815-03", .bare = true};
  EXPECT_FALSE(Evaluate(bare, {}).complete);
  EXPECT_EQ(Evaluate(bare, {}).shortfalls.size(), 1u);
  EXPECT_THAT(FindCompletions(bare, {}).sets, IsEmpty());
}

// Rules as they may come: nested, by credits and by units, now and then with a unit in two of them.
class RandomRules {
 public:
  explicit RandomRules(std::uint32_t seed) : random_(seed) {}

  Qualification Next() {
    Qualification q = Sample();
    for (Unit& unit : q.units) unit.credits = static_cast<int>(random_() % 5);
    units_ = {"a", "b", "c", "d", "e", "f", "g"};
    std::shuffle(units_.begin(), units_.end(), random_);
    q.combination = Rule(2);
    return q;
  }

 private:
  Combination Rule(int depth) {
    Combination rule;
    rule.title = "r" + std::to_string(++titles_);
    rule.credits_min = static_cast<int>(random_() % 5);
    if (random_() % 2 == 0) rule.credits_max = rule.credits_min + static_cast<int>(random_() % 4);
    if (random_() % 3 == 0) rule.units_min = static_cast<int>(random_() % 2);
    if (random_() % 3 == 0) rule.units_max = 1 + static_cast<int>(random_() % 3);
    const int own = static_cast<int>(random_() % 4);
    for (int i = 0; i < own && !units_.empty(); ++i) {
      rule.units.push_back(units_.back());
      if (random_() % 8 != 0) units_.pop_back();
    }
    const int parts = depth > 0 ? static_cast<int>(random_() % 4) : 0;
    for (int i = 0; i < parts; ++i) rule.parts.push_back(Rule(depth - 1));
    return rule;
  }

  std::mt19937 random_;
  std::vector<std::string> units_;
  int titles_ = 0;
};

using Mask = unsigned;
constexpr Mask kAll = 127;

// What counts, by definition: a set of achieved units that keeps every maximum of units, of its
// rule and of those inside. All sets are tried; nothing is shared with the code under test.
class Oracle {
 public:
  explicit Oracle(const Qualification& q) : q_(q) {}

  bool Met(const Combination& rule, Mask achieved) const {
    for (const Combination& part : rule.parts) {
      if (!Met(part, achieved)) return false;
    }
    const Mask here = achieved & Below(rule);
    for (Mask set = here;; set = (set - 1) & here) {
      if (Keeps(rule, set) && std::popcount(set) >= rule.units_min &&
          Credits(rule, set) >= rule.credits_min) {
        return true;
      }
      if (set == 0) return false;
    }
  }

 private:
  Mask BitOf(const std::string& number) const { return 1u << (number[0] - 'a'); }
  Mask Own(const Combination& rule) const {
    Mask own = 0;
    for (const std::string& number : rule.units) own |= BitOf(number);
    return own;
  }
  Mask Below(const Combination& rule) const {
    Mask below = Own(rule);
    for (const Combination& part : rule.parts) below |= Below(part);
    return below;
  }
  // The units of a set, each given to one place: the rule itself, or the first part that has it.
  template <typename Each>
  Mask Share(const Combination& rule, Mask set, Each each) const {
    const Mask own = set & Own(rule);
    Mask rest = set & ~own;
    for (const Combination& part : rule.parts) {
      each(part, rest & Below(part));
      rest &= ~Below(part);
    }
    return own;
  }
  bool Keeps(const Combination& rule, Mask set) const {
    bool keeps = rule.units_max == 0 || std::popcount(set) <= rule.units_max;
    Share(rule, set,
          [&](const Combination& part, Mask share) { keeps = keeps && Keeps(part, share); });
    return keeps;
  }
  int Credits(const Combination& rule, Mask set) const {
    int credits = 0;
    const Mask own = Share(
        rule, set, [&](const Combination& part, Mask share) { credits += Credits(part, share); });
    for (const Unit& unit : q_.units) {
      if (own & BitOf(unit.number)) credits += unit.credits;
    }
    return rule.credits_max > 0 ? std::min(credits, rule.credits_max) : credits;
  }

  const Qualification& q_;
};

UnitNumbers NumbersIn(Mask mask) {
  UnitNumbers set;
  for (char c = 'a'; c <= 'g'; ++c) {
    if (mask >> (c - 'a') & 1u) set.insert(std::string(1, c));
  }
  return set;
}

bool Refused(const Qualification& q) {
  const std::vector<Finding> findings = CheckQualification(q);
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.kind == "COMBINATION_TOO_COMPLEX";
  });
}

// QUAL-3
TEST(EvaluateTest, AgreesWithTryingEverySetOfCountedUnits) {
  RandomRules rules(5);
  int complete = 0;
  int refused = 0;
  for (int round = 0; round < 200; ++round) {
    const Qualification q = rules.Next();
    if (Refused(q)) {
      ++refused;
      continue;
    }
    const Oracle oracle(q);
    for (Mask mask = 0; mask <= kAll; ++mask) {
      const bool expected = oracle.Met(q.combination, mask);
      ASSERT_EQ(Evaluate(q, NumbersIn(mask)).complete, expected) << round << " " << mask;
      complete += expected;
    }
  }
  EXPECT_GT(complete, 500);
  EXPECT_LT(refused, 100);
}

// QUAL-3: another achieved unit never makes a rule less met, and never counts for less.
TEST(EvaluateTest, NeverLosesByAnotherUnit) {
  RandomRules rules(11);
  for (int round = 0; round < 100; ++round) {
    const Qualification q = rules.Next();
    if (Refused(q)) continue;
    std::vector<Progress> of;
    for (Mask mask = 0; mask <= kAll; ++mask) of.push_back(Evaluate(q, NumbersIn(mask)));
    for (Mask mask = 0; mask <= kAll; ++mask) {
      for (Mask bit = 1; bit <= kAll; bit <<= 1) {
        const Progress& less = of[mask & ~bit];
        const Progress& more = of[mask | bit];
        ASSERT_LE(less.complete, more.complete) << round << " " << mask << " " << bit;
        ASSERT_LE(less.credits, more.credits) << round << " " << mask << " " << bit;
        for (std::size_t i = 0; i < less.rules.size(); ++i) {
          ASSERT_LE(less.rules[i].met, more.rules[i].met) << round << " " << mask << " " << bit;
        }
      }
    }
  }
}

// QUAL-3
TEST(FindCompletionsTest, AgreesWithTryingEverySubset) {
  RandomRules rules(7);
  int with_answers = 0;
  for (int round = 0; round < 200; ++round) {
    const Qualification q = rules.Next();
    if (Refused(q)) continue;
    const Oracle oracle(q);
    std::vector<bool> complete;
    for (Mask mask = 0; mask <= kAll; ++mask) complete.push_back(oracle.Met(q.combination, mask));
    std::set<std::vector<std::string>> expected;
    for (Mask mask = 0; mask <= kAll; ++mask) {
      bool minimal = complete[mask];
      for (Mask bit = 1; bit <= kAll; bit <<= 1) {
        if (mask & bit) minimal &= !complete[mask & ~bit];
      }
      const UnitNumbers set = NumbersIn(mask);
      if (minimal) expected.emplace(set.begin(), set.end());
    }
    const Completions got = FindCompletions(q, {});
    ASSERT_EQ(std::set(got.sets.begin(), got.sets.end()), expected) << round;
    EXPECT_EQ(got.sets.size(), expected.size());
    const auto cost = [&](const std::vector<std::string>& set) {
      std::pair<int, int> total = {0, 0};
      for (const std::string& number : set) {
        total.first += q.FindUnit(number)->guided_learning_hours;
        total.second += q.FindUnit(number)->credits;
      }
      return total;
    };
    const Completions by_hours = FindCompletions(q, {}, {.order = CompletionOrder::kHours});
    EXPECT_TRUE(std::is_sorted(by_hours.sets.begin(), by_hours.sets.end(),
                               [&](const auto& a, const auto& b) { return cost(a) < cost(b); }));
    EXPECT_EQ(std::set(by_hours.sets.begin(), by_hours.sets.end()), expected);
    EXPECT_EQ(got.at_most, static_cast<std::int64_t>(expected.size()));
    with_answers += !expected.empty();
  }
  EXPECT_GT(with_answers, 20);
}

// Achieved units only leave less to look at: what can be searched from nothing always can be.
TEST(FindCompletionsTest, AgreesWithTheOracleFromAnyPointOn) {
  RandomRules rules(23);
  for (int round = 0; round < 60; ++round) {
    const Qualification q = rules.Next();
    if (Refused(q)) continue;
    const Oracle oracle(q);
    for (Mask have = 1; have <= kAll; have += 13) {
      for (const std::vector<std::string>& set : FindCompletions(q, NumbersIn(have)).sets) {
        Mask with = have;
        for (const std::string& number : set) with |= 1u << (number[0] - 'a');
        EXPECT_TRUE(oracle.Met(q.combination, with)) << round;
      }
      EXPECT_EQ(FindCompletions(q, NumbersIn(have)).sets.empty(), !oracle.Met(q.combination, kAll))
          << round;
    }
  }
}

// QUAL-3
TEST(FindCompletionsTest, AnswersForSixtyUnitsOfPartsUnderAMaximumOfUnits) {
  Qualification q;
  q.combination = {.title = "all", .credits_min = 40, .units_max = 12};
  for (int part = 0; part < 6; ++part) {
    Combination rule = {.title = std::to_string(part)};
    for (int i = 0; i < 10; ++i) {
      const std::string number = std::to_string(100 + 10 * part + i);
      q.units.push_back(MakeUnit(number.c_str(), 1 + i % 5, 10));
      rule.units.push_back(number);
    }
    q.combination.parts.push_back(rule);
  }
  const Completions found = FindCompletions(q, {}, {.results_max = 3});
  ASSERT_EQ(found.sets.size(), 3u);
  // Eight units of five credits make 40.
  EXPECT_EQ(found.sets[0].size(), 8u);
  UnitNumbers first(found.sets[0].begin(), found.sets[0].end());
  EXPECT_TRUE(Evaluate(q, first).complete);
}

}  // namespace
}  // namespace assay::approval
