#include "services/moderation/sampling/quotas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::moderation {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

GradeQuotas Endorsement() {
  return {.ladder = Ladder{{{1, 30, {}}, {31, {}, 30}}},
          .quotas = {{{"pass"}, 10, {}}, {{"merit"}, 10, {}}, {{"distinction"}, 10, {}}}};
}
GradeQuotas National() { return {.each_grade = 6, .minimum = 12}; }
GradeQuotas FourGrades() {
  return {.ladder = Ladder{{{1, 6, {}}, {7, {}, 6}}},
          .quotas = {{{"N"}, 1, {"A", "M", "E"}},
                     {{"A"}, 1, {"M", "E"}},
                     {{"M"}, 1, {"A", "E"}},
                     {{"E"}, 1, {"M", "A"}},
                     {{"A", "M", "E"}, 2, {}}}};
}

std::map<std::string, std::int64_t> Kept(const QuotaPlan& plan) {
  std::map<std::string, std::int64_t> kept;
  for (const GradePlaces& places : plan.places) {
    std::string name;
    for (const std::string& grade : places.grades) name += grade;
    kept[name] += places.count;
  }
  return kept;
}

TEST(PlanQuotasTest, KeepsTenOfEachGradeAndLeavesTheRestToAll) {
  const QuotaPlan plan =
      PlanQuotas(Endorsement(), {{"pass", 40}, {"merit", 40}, {"distinction", 40}});
  EXPECT_EQ(plan.size, 30);
  EXPECT_THAT(Kept(plan),
              UnorderedElementsAre(Pair("pass", 10), Pair("merit", 10), Pair("distinction", 10)));
}

// MOD-2: 1 pass and 82 merit gives 1 and 29: 1 and 10 are kept, and only merit is left for 19.
TEST(PlanQuotasTest, AShortfallIsToppedUpFromTheOthers) {
  const QuotaPlan plan = PlanQuotas(Endorsement(), {{"pass", 1}, {"merit", 82}});
  EXPECT_EQ(plan.size, 30);
  EXPECT_THAT(Kept(plan), UnorderedElementsAre(Pair("pass", 1), Pair("merit", 10)));
}

TEST(PlanQuotasTest, TakesSixOfEachLevelAndAtLeastTwelve) {
  EXPECT_EQ(PlanQuotas(National(), {{"N3", 50}, {"N4", 50}, {"N5", 50}}).size, 18);
  EXPECT_EQ(PlanQuotas(National(), {{"N5", 50}}).size, 12);
  EXPECT_EQ(PlanQuotas(National(), {{"N4", 2}, {"N5", 50}}).size, 12);
  EXPECT_EQ(PlanQuotas(National(), {{"N4", 2}, {"N5", 5}}).size, 7);
  EXPECT_EQ(PlanQuotas(National(), {}).size, 0);
  EXPECT_EQ(PlanQuotas(National(), {{"", 50}}).size, 12);
}

TEST(PlanQuotasTest, ReplacesMissingGradesInTheirOrder) {
  EXPECT_THAT(
      Kept(PlanQuotas(FourGrades(), {{"N", 9}, {"A", 9}, {"M", 9}, {"E", 9}})),
      UnorderedElementsAre(Pair("N", 1), Pair("A", 1), Pair("M", 1), Pair("E", 1), Pair("AME", 2)));
  // No E: by M.
  EXPECT_THAT(Kept(PlanQuotas(FourGrades(), {{"N", 9}, {"A", 9}, {"M", 9}})),
              UnorderedElementsAre(Pair("N", 1), Pair("A", 1), Pair("M", 2), Pair("AME", 2)));
  // No E and no M: by A.
  EXPECT_THAT(Kept(PlanQuotas(FourGrades(), {{"N", 9}, {"A", 9}})),
              UnorderedElementsAre(Pair("N", 1), Pair("A", 3), Pair("AME", 2)));
  // A substitute is not taken from another grade's own place.
  EXPECT_THAT(Kept(PlanQuotas(FourGrades(), {{"N", 9}, {"A", 9}, {"M", 1}})),
              UnorderedElementsAre(Pair("N", 1), Pair("A", 2), Pair("M", 1), Pair("AME", 2)));
  EXPECT_EQ(PlanQuotas(FourGrades(), {{"N", 9}}).size, 6);
}

TEST(PlanQuotasTest, NeverKeepsMoreThanThereAreOrThanTheSize) {
  const GradeQuotas tight = {.ladder = Ladder{{{1, 8, {}}, {9, {}, 8}}}, .each_grade = 3};
  const QuotaPlan plan = PlanQuotas(tight, {{"a", 5}, {"b", 5}, {"c", 5}, {"d", 2}});
  std::int64_t kept = 0;
  for (const GradePlaces& places : plan.places) kept += places.count;
  EXPECT_EQ(plan.size, 8);
  EXPECT_EQ(kept, 8);
}

TEST(GradeQuotasTest, EveryContradictionIsNamed) {
  EXPECT_THAT(Contradictions(Endorsement()), IsEmpty());
  EXPECT_THAT(Contradictions(National()), IsEmpty());
  EXPECT_THAT(Contradictions(FourGrades()), IsEmpty());
  EXPECT_THAT(Contradictions(GradeQuotas{}),
              ::testing::ElementsAre(HasSubstr("one of quotas and a number of each grade")));
  const GradeQuotas wrong = {.ladder = Ladder{{{1, 9, {}}, {10, {}, 10}}},
                             .quotas = {{{"a"}, 8, {"a"}},
                                        {{"a"}, 8, {}},
                                        {{"b", "c"}, 0, {}},
                                        {{"c", "c"}, 1, {}},
                                        {{}, 1, {}},
                                        {{""}, 1, {}}},
                             .each_grade = 11,
                             .minimum = 11};
  EXPECT_THAT(
      Contradictions(wrong),
      IsSupersetOf(
          {HasSubstr("a has a as its own substitute"), HasSubstr("quota of a is given twice"),
           HasSubstr("quota of b or c is below one"),
           HasSubstr("quota of c or c names a grade twice"),
           HasSubstr("more than one quota is of several grades"), HasSubstr("names no grade"),
           HasSubstr("grade without a name"), HasSubstr("one of quotas and a number of each grade"),
           HasSubstr("the quotas come to 19, more than the 10"),
           HasSubstr("11 of each grade are more than the 10"),
           HasSubstr("the minimum of 11 is above the 10")}));
  EXPECT_THAT(Contradictions(GradeQuotas{.each_grade = 6, .minimum = 5}),
              ::testing::ElementsAre(HasSubstr("the minimum of 5 is below the 6")));
}

}  // namespace
}  // namespace assay::moderation
