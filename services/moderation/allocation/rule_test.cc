#include "services/moderation/allocation/rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace assay::moderation {
namespace {

using absl::CivilDay;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const CivilDay kToday(2026, 6, 1);

// MOD-7: prior support of the centre in the last three years, by policy.
TEST(AllocationRuleTest, AConflictHoldsForThePolicysYearsAfterItsLastDay) {
  const AllocationRule rule{.employment_years = 5, .relation_years = 50, .support_years = 3};
  struct Case {
    ConflictKind kind;
    std::optional<CivilDay> last;
    bool holds;
  };
  for (const Case& c : std::vector<Case>{{ConflictKind::kSupport, CivilDay(2023, 6, 1), true},
                                         {ConflictKind::kSupport, CivilDay(2023, 5, 31), false},
                                         {ConflictKind::kSupport, std::nullopt, true},
                                         {ConflictKind::kEmployment, CivilDay(2023, 5, 31), true},
                                         {ConflictKind::kEmployment, CivilDay(2021, 5, 31), false},
                                         {ConflictKind::kRelation, CivilDay(1990, 1, 1), true},
                                         {ConflictKind::kDeclared, std::nullopt, true},
                                         {ConflictKind::kSupport, CivilDay(2027, 1, 1), true}}) {
    EXPECT_EQ(Holds(rule, {.kind = c.kind, .last_day = c.last}, kToday), c.holds)
        << static_cast<int>(c.kind) << " " << (c.last ? absl::FormatCivilTime(*c.last) : "");
  }
}

TEST(AllocationRuleTest, ACompetenceNamesAComponentAQualificationOrASubject) {
  const Task task{.component = "series/s26/components/art",
                  .qualification = "qualifications/601",
                  .subject = "subjects/fine-art"};
  const AllocationRule rule;
  const std::pair<std::string, bool> cases[] = {{"series/s26/components/art", true},
                                                {"components/art", true},
                                                {"qualifications/601", true},
                                                {"subjects/fine-art", true},
                                                {"series/s25/components/art", false},
                                                {"components/ar", false},
                                                {"subjects/art", false}};
  for (const auto& [competence, covers] : cases) {
    EXPECT_EQ(Covers(rule, std::vector<std::string>{"components/x", competence}, task), covers)
        << competence;
  }
  // A task without qualification is not covered by an empty competence.
  EXPECT_FALSE(Covers(rule, std::vector<std::string>{""}, {.component = "series/s/components/x"}));
  EXPECT_TRUE(Covers({.competence_needed = false}, {}, task));
  EXPECT_FALSE(Covers({.competence_needed = true}, {}, task));
}

TEST(AllocationRuleTest, CountsOnlyTheLatestSeriesRunning) {
  const Task task{.history = {"m", "m", "n", "m"}};
  EXPECT_EQ(SeriesInARow(task, "m"), 2);
  EXPECT_EQ(SeriesInARow(task, "n"), 0);
  EXPECT_EQ(SeriesInARow({}, "m"), 0);
}

TEST(AllocationRuleTest, EveryObstacleIsFoundByItselfAndTheWeightiestIsFirst) {
  const AllocationRule rule{
      .series_in_a_row_max = 2, .standardisation_needed = true, .seniority = {{100, 1}, {500, 3}}};
  const Person fine{.id = "m",
                    .subject = "users/m",
                    .capacity = 3,
                    .script_capacity = 50,
                    .submissions = 2,
                    .scripts = 30,
                    .seniority = 3,
                    .competences = {"components/art"},
                    .standardised = {"series/s/components/art"}};
  const Task plain{.component = "series/s/components/art",
                   .centre = "centres/1",
                   .scripts = 20,
                   .candidates = 600,
                   .history = {"m", "n"},
                   .assessors = {"x"}};
  ASSERT_EQ(ObstaclesBetween(rule, kToday, fine, plain), 0u);
  struct Case {
    Obstacles found;
    std::function<void(Person&, Task&)> change;
  };
  const Case cases[] = {
      {kConflicted, [](Person& p, Task&) { p.conflicts = {{.centre = "centres/1"}}; }},
      {0, [](Person& p, Task&) { p.conflicts = {{.centre = "centres/2"}}; }},
      {kOwnMarking, [](Person&, Task& t) { t.assessors = {"m"}; }},
      {kOwnMarking, [](Person&, Task& t) { t.assessors = {"users/m"}; }},
      {kNotCompetent, [](Person& p, Task&) { p.competences = {"components/music"}; }},
      {kNotStandardised, [](Person& p, Task&) { p.standardised = {"series/s/components/ar"}; }},
      {kTooJunior, [](Person& p, Task&) { p.seniority = 2; }},
      {0, [](Person& p, Task& t) { p.seniority = 1, t.candidates = 499; }},
      {kRotationDue,
       [](Person&, Task& t) {
         t.history = {"m", "m"};
       }},
      {kUnavailable, [](Person& p, Task&) { p.available = false; }},
      {kGivesItAway, [](Person&, Task& t) { t.holder = "m"; }},
      {kFull, [](Person& p, Task&) { p.submissions = 3; }},
      {kFull, [](Person&, Task& t) { t.scripts = 21; }},
      {0, [](Person& p, Task& t) { p.script_capacity = 0, t.scripts = 1000; }},
      {kConflicted | kUnavailable | kFull, [](Person& p, Task&) {
         p.conflicts = {{.centre = "centres/1"}};
         p.available = false;
         p.capacity = 0;
       }}};
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    Person person = fine;
    Task task = plain;
    cases[i].change(person, task);
    EXPECT_EQ(ObstaclesBetween(rule, kToday, person, task), cases[i].found) << i;
  }
  EXPECT_EQ(FirstOf(kConflicted | kUnavailable | kFull), kConflicted);
}

TEST(AllocationRuleTest, EveryContradictionIsNamed) {
  EXPECT_THAT(Contradictions(AllocationRule{}), IsEmpty());
  const auto wrong = Contradictions({.employment_years = -1,
                                     .support_years = 51,
                                     .prefer_same = true,
                                     .series_in_a_row_max = 1,
                                     .seniority = {{0, 1}, {100, 1}}});
  ASSERT_EQ(wrong.size(), 5u);
  EXPECT_THAT(wrong[0], HasSubstr("not -1"));
  EXPECT_THAT(wrong[1], HasSubstr("not 51"));
  EXPECT_THAT(wrong[2], HasSubstr("second series running"));
  EXPECT_THAT(wrong[3], HasSubstr("begins at 1"));
  EXPECT_THAT(wrong[4], HasSubstr("from 100 candidates"));
  EXPECT_THAT(Contradictions({.series_in_a_row_max = 11}), ::testing::SizeIs(1));
}

}  // namespace
}  // namespace assay::moderation
