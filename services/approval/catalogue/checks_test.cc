#include "services/approval/catalogue/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Unit MakeUnit(const char* number, int credits, std::vector<Outcome> outcomes, int marks) {
  Unit unit;
  unit.number = number;
  unit.title = "Title";
  unit.level = 3;
  unit.guided_learning_hours = 10;
  unit.credits = credits;
  unit.mark_total = marks;
  unit.percentage_total = 100;
  unit.outcomes = std::move(outcomes);
  return unit;
}

Qualification Sound() {
  Qualification q;
  q.number = "1";
  q.level = 3;
  q.guided_learning_hours = 20;
  q.total_qualification_time = 30;
  // 8 of 30 is 26.7 %, 13 of 30 is 43.3 %: rounded down and up to make 100.
  q.units = {MakeUnit("u1", 1, {{1, "a", 8, 26}, {2, "b", 9, 30}, {3, "c", 13, 44}}, 30),
             MakeUnit("u2", 2, {{1, "a", 5, 50}, {2, "b", 5, 50}}, 10)};
  q.combination = {.title = "all", .credits_min = 3, .units = {"u1", "u2"}};
  return q;
}

std::vector<std::string> KindsAndPlaces(const Qualification& q) {
  std::vector<std::string> text;
  for (const Finding& f : CheckQualification(q)) text.push_back(f.kind + " at " + f.place);
  return text;
}

// QUAL-4
TEST(CheckQualificationTest, FindsNothingInASoundOne) {
  EXPECT_THAT(KindsAndPlaces(Sound()), IsEmpty());
}

// QUAL-4
TEST(CheckQualificationTest, FindsEachContradictionAtItsPlace) {
  struct Case {
    std::function<void(Qualification&)> spoil;
    std::vector<std::string> expected;
  };
  for (const Case& c : std::vector<Case>{
           {[](Qualification& q) { q.total_qualification_time = 19; },
            {"GLH_ABOVE_TQT at qualification"}},
           {[](Qualification& q) { q.units[1].mark_total = 11; },
            {"MARKS_DO_NOT_SUM at unit u2", "PERCENTAGE_DIFFERS_FROM_MARKS at unit u2, outcome 1",
             "PERCENTAGE_DIFFERS_FROM_MARKS at unit u2, outcome 2"}},
           {[](Qualification& q) { q.units[0].outcomes[0].percentage = 27; },
            {"PERCENTAGES_DO_NOT_SUM at unit u1"}},
           {[](Qualification& q) {
              q.units[1].outcomes[0].percentage = 51;
              q.units[1].outcomes[1].percentage = 49;
            },
            {"PERCENTAGE_DIFFERS_FROM_MARKS at unit u2, outcome 1",
             "PERCENTAGE_DIFFERS_FROM_MARKS at unit u2, outcome 2"}},
           {[](Qualification& q) { q.units[0].outcomes[1].number = 3; },
            {"OUTCOMES_MISNUMBERED at unit u1, outcome 3",
             "OUTCOMES_MISNUMBERED at unit u1, outcome 3"}},
           {[](Qualification& q) { q.units[0].outcomes[2].title = "a"; },
            {"OUTCOME_TITLE_REPEATED at unit u1, outcome 3"}},
           {[](Qualification& q) {
              q.units[0].other_titles = {{"contents", "Title"}, {"table", "Other"}};
            },
            {"TITLE_DIFFERS at unit u1, table"}},
           {[](Qualification& q) { q.units[1].number = "u1"; },
            {"UNIT_REPEATED at unit u1", "UNIT_UNKNOWN at all",
             "COMBINATION_UNSATISFIABLE at all"}},
           {[](Qualification& q) { q.units[1].level = 4; },
            {"LEVEL_ABOVE_QUALIFICATION at unit u2"}},
           {[](Qualification& q) { q.combination.units.push_back("u3"); }, {"UNIT_UNKNOWN at all"}},
           {[](Qualification& q) {
              q.combination.units = {"u2"};
              q.combination.credits_min = 2;
            },
            {"UNIT_NOT_IN_COMBINATION at unit u1"}},
           {[](Qualification& q) { q.combination.parts = {{.title = "b", .units = {"u2"}}}; },
            {"UNIT_IN_SEVERAL_RULES at unit u2"}},
           {[](Qualification& q) {
              q.combination.parts = {{.title = "b", .units_max = 1, .units = {"u2"}}};
            },
            {"UNIT_IN_SEVERAL_RULES at unit u2", "COMBINATION_TOO_COMPLEX at all"}},
           {[](Qualification& q) {
              q.combination.units.clear();
              q.combination.parts = {{.title = "b", .units = {"u1"}},
                                     {.title = "b", .units = {"u2"}}};
            },
            {"RULE_TITLE_REPEATED at all / b"}},
           {[](Qualification& q) { q.registration_months = 1201; },
            {"REGISTRATION_MONTHS_TOO_MANY at qualification"}},
           {[](Qualification& q) {
              q.bare = true;
              q.units.clear();
              q.combination = {};
            },
            {"ENTRY_BARE at qualification"}},
           {[](Qualification& q) { q.combination.credits_max = 2; },
            {"COMBINATION_LIMITS_CROSSED at all", "COMBINATION_UNSATISFIABLE at all"}},
           {[](Qualification& q) {
              q.combination.units_min = 2;
              q.combination.units_max = 1;
              q.combination.credits_min = 0;
            },
            {"COMBINATION_LIMITS_CROSSED at all", "COMBINATION_UNSATISFIABLE at all"}},
           {[](Qualification& q) { q.combination.credits_min = 4; },
            {"COMBINATION_UNSATISFIABLE at all"}},
           {[](Qualification& q) {
              q.combination.units = {"u1"};
              q.combination.parts = {{.title = "b", .credits_min = 3, .units = {"u2"}}};
            },
            {"COMBINATION_UNSATISFIABLE at all / b"}}}) {
    Qualification q = Sound();
    c.spoil(q);
    EXPECT_EQ(KindsAndPlaces(q), c.expected);
  }
}

TEST(CheckQualificationTest, SaysTheFigures) {
  Qualification q = Sound();
  q.units[1].outcomes[0] = {1, "a", 9, 64};
  q.units[1].outcomes[1] = {2, "b", 8, 36};
  q.units[1].mark_total = 17;
  EXPECT_THAT(CheckQualification(q),
              ElementsAre(Finding{"PERCENTAGE_DIFFERS_FROM_MARKS", "unit u2, outcome 1",
                                  "9 of 17 marks are 52.9 %, stated are 64 %"},
                          Finding{"PERCENTAGE_DIFFERS_FROM_MARKS", "unit u2, outcome 2",
                                  "8 of 17 marks are 47.1 %, stated are 36 %"}));
}

// EI-3
TEST(CheckQualificationTest, AsksForTheSectorsThatEmployersAreMeasuredBy) {
  Qualification q = Sound();
  q.employer_involvement = true;
  ASSERT_EQ(CheckQualification(q).size(), 1u);
  EXPECT_EQ(CheckQualification(q)[0].kind, "SECTORS_MISSING");
  q.sectors = {"15"};
  EXPECT_TRUE(CheckQualification(q).empty());
}

// QUAL-3: seven parts, each of which has to be remembered until the end, are too much to look at.
TEST(CheckQualificationTest, FindsARuleThatCannotBeSearched) {
  Qualification q = Sound();
  q.units.clear();
  q.combination = {.title = "all", .credits_min = 40, .units_max = 20};
  for (int part = 0; part < 7; ++part) {
    Combination rule = {.title = std::string(1, static_cast<char>('a' + part)),
                        .credits_min = 9,
                        .credits_max = 20};
    for (int i = 0; i < 8; ++i) {
      q.units.push_back(MakeUnit((rule.title + std::to_string(i)).c_str(), 1 + i, {}, 0));
      q.units.back().percentage_total = 0;
      rule.units.push_back(q.units.back().number);
    }
    q.combination.parts.push_back(rule);
  }
  EXPECT_THAT(KindsAndPlaces(q), ElementsAre("COMBINATION_TOO_COMPLEX at all"));
}

// QUAL-3, QUAL-4: one rule for whoever brings an entry.
TEST(IsRefusingTest, RefusesWhatMeansNothingAndKeepsWhatOnlyContradictsItself) {
  for (const char* kind :
       {"UNIT_UNKNOWN", "UNIT_REPEATED", "RULE_TITLE_REPEATED", "COMBINATION_LIMITS_CROSSED",
        "COMBINATION_UNSATISFIABLE", "COMBINATION_TOO_COMPLEX", "REGISTRATION_MONTHS_TOO_MANY"}) {
    EXPECT_TRUE(IsRefusing({kind, "", ""})) << kind;
  }
  for (const char* kind : {"MARKS_DO_NOT_SUM", "PERCENTAGE_DIFFERS_FROM_MARKS", "ENTRY_BARE",
                           "UNIT_IN_SEVERAL_RULES", "UNIT_NOT_IN_COMBINATION", "GLH_ABOVE_TQT"}) {
    EXPECT_FALSE(IsRefusing({kind, "", ""})) << kind;
  }
}

TEST(CheckQualificationTest, CallsARuleUnsatisfiableOnlyIfNoSetOfUnitsMeetsIt) {
  Qualification q;
  q.units.resize(2);
  q.units[0].number = "1";
  q.units[0].credits = 1;
  q.units[1].number = "2";
  q.units[1].credits = 5;
  // One unit counts, and those of the inner rule come first: unit 2 alone makes five credits.
  q.combination = {.title = "All",
                   .credits_min = 5,
                   .units_max = 1,
                   .units = {"2"},
                   .parts = {{.title = "Inner", .units = {"1"}}}};
  EXPECT_TRUE(CheckQualification(q).empty());
  q.combination.credits_min = 7;
  const std::vector<Finding> findings = CheckQualification(q);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, "COMBINATION_UNSATISFIABLE");
  EXPECT_EQ(RuleOf(findings[0]), "QUAL-3");
}

}  // namespace
}  // namespace assay::approval
