#include "services/approval/learners/registration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/approval/errors.h"

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Day = absl::CivilDay;

LearnerDetails Ada() { return {"E1", "Ada Lovelace", "1000000043", Day(2009, 9, 1)}; }

LearnerFrame Frame() { return {.minimum_age = 16, .register_day = Day(2026, 9, 1)}; }

std::vector<std::string> Reasons(const BatchCheck& check) {
  std::vector<std::string> reasons;
  for (const LearnerFault& fault : check.faults) {
    reasons.push_back(std::to_string(fault.row) + " " + std::string(fault.reason) + " " +
                      fault.rule + " " + fault.field);
  }
  return reasons;
}

TEST(AgeTest, IsCountedInBirthdaysAlsoOfThoseBornOnALeapDay) {
  struct Case {
    Day birth;
    Day day;
    int age;
  };
  for (const Case& c :
       {Case{Day(2010, 9, 1), Day(2026, 8, 31), 15}, Case{Day(2010, 9, 1), Day(2026, 9, 1), 16},
        Case{Day(2008, 2, 29), Day(2024, 2, 28), 15}, Case{Day(2008, 2, 29), Day(2024, 2, 29), 16},
        Case{Day(2008, 2, 29), Day(2025, 2, 28), 16}, Case{Day(2008, 2, 29), Day(2025, 3, 1), 17},
        Case{Day(2010, 12, 31), Day(2027, 1, 1), 16}}) {
    EXPECT_EQ(AgeOn(c.birth, c.day), c.age) << c.birth << " on " << c.day;
  }
}

TEST(AddMonthsTest, EndsAtTheEndOfAShorterMonth) {
  EXPECT_EQ(AddMonths(Day(2026, 1, 31), 1), Day(2026, 2, 28));
  EXPECT_EQ(AddMonths(Day(2028, 1, 31), 1), Day(2028, 2, 29));
  EXPECT_EQ(AddMonths(Day(2026, 9, 1), 36), Day(2029, 9, 1));
  EXPECT_EQ(AddMonths(Day(2026, 3, 31), -1), Day(2026, 2, 28));
}

// QUAL-5: who becomes 16 on the first day may be registered, a day younger may not.
TEST(RegistrationTest, RefusesLearnersBelowTheMinimumAgeOnTheFirstDay) {
  struct Case {
    std::optional<Day> birth;
    std::vector<std::string> reasons;
  };
  for (const Case& c :
       {Case{Day(2010, 9, 1), {}}, Case{Day(2010, 9, 2), {"0 LEARNER_UNDERAGE QUAL-5 birth_day"}},
        Case{std::nullopt, {"0 BIRTH_DAY_INVALID QUAL-5 birth_day"}},
        Case{Day(2026, 9, 2), {"0 BIRTH_DAY_INVALID QUAL-5 birth_day"}},
        Case{Day(1905, 9, 1), {"0 BIRTH_DAY_INVALID QUAL-5 birth_day"}},
        Case{Day(1906, 9, 1), {}}}) {
    LearnerDetails learner = Ada();
    learner.birth_day = c.birth;
    EXPECT_EQ(Reasons(CheckLearners(std::vector{learner}, Frame())), c.reasons);
  }
}

TEST(RegistrationTest, AsksForNoBirthDayWithoutAMinimumAge) {
  LearnerDetails learner = Ada();
  learner.birth_day.reset();
  LearnerFrame frame = Frame();
  frame.minimum_age = 0;
  EXPECT_THAT(CheckLearners(std::vector{learner}, frame).good, ElementsAre(0));
}

// QUAL-10, with the published numbers.
TEST(RegistrationTest, RefusesLearnerNumbersWithAWrongCheckDigit) {
  struct Case {
    std::string uln;
    bool good;
  };
  for (const Case& c : {Case{"1000000043", true}, Case{"7673614579", true},
                        Case{"9999999999", true}, Case{"", true}, Case{"1000000063", false},
                        Case{"100000004", false}, Case{"100000004X", false}}) {
    LearnerDetails learner = Ada();
    learner.uln = c.uln;
    const BatchCheck check = CheckLearners(std::vector{learner}, Frame());
    if (c.good) {
      EXPECT_THAT(check.faults, IsEmpty()) << c.uln;
    } else {
      EXPECT_THAT(Reasons(check), ElementsAre("0 ULN_INVALID QUAL-10 uln")) << c.uln;
    }
  }
}

TEST(RegistrationTest, RefusesANumberThatIsTakenOrAnotherLearners) {
  LearnerFrame frame = Frame();
  frame.known["E1"] = {.uln = "1000000043", .birth_day = Day(2009, 9, 1), .registered = true};
  EXPECT_THAT(Reasons(CheckLearners(std::vector{Ada()}, frame)),
              ElementsAre("0 ENROLMENT_EXISTS EI-8 enrolment"));
  // Registered for something else: the same person may be registered for this too.
  frame.known["E1"].registered = false;
  EXPECT_THAT(CheckLearners(std::vector{Ada()}, frame).good, ElementsAre(0));
  frame.known["E1"].uln = "7673614579";
  EXPECT_THAT(CheckLearners(std::vector{Ada()}, frame).faults, SizeIs(1));
  frame.known["E1"] = {.uln = "", .birth_day = Day(2009, 9, 2)};
  const BatchCheck check = CheckLearners(std::vector{Ada()}, frame);
  ASSERT_THAT(check.faults, SizeIs(1));
  EXPECT_THAT(check.faults[0].message, HasSubstr("another learner's"));
}

TEST(RegistrationTest, FindsALearnerWhoIsRegisteredUnderAnotherNumber) {
  LearnerFrame frame = Frame();
  frame.registered_ulns["1000000043"] = "E7";
  EXPECT_THAT(Reasons(CheckLearners(std::vector{Ada()}, frame)),
              ElementsAre("0 ULN_EXISTS QUAL-10 uln"));
}

TEST(RegistrationTest, FindsWhatABatchRepeatsOfItself) {
  LearnerDetails second = Ada();
  second.uln = "7673614579";
  LearnerDetails third = Ada();
  third.enrolment = "E3";
  LearnerDetails temporary = Ada();
  temporary.enrolment = "E4";
  temporary.uln = "9999999999";
  LearnerDetails other = temporary;
  other.enrolment = "E5";
  const std::vector<LearnerDetails> batch = {Ada(), second, third, temporary, other};
  const BatchCheck check = CheckLearners(batch, Frame());
  EXPECT_THAT(Reasons(check),
              ElementsAre("1 ENROLMENT_EXISTS EI-8 enrolment", "2 ULN_EXISTS QUAL-10 uln"));
  EXPECT_THAT(check.good, ElementsAre(0, 3, 4));
}

TEST(RegistrationTest, RefusesRowsOfNoForm) {
  LearnerDetails learner = Ada();
  learner.enrolment = "E 1";
  learner.name = "  ";
  EXPECT_THAT(Reasons(CheckLearners(std::vector{learner}, Frame())),
              ElementsAre("0 FIELD_INVALID  enrolment", "0 FIELD_INVALID  learner_name"));
}

TEST(RegistrationTest, GivesAwayNoMorePlacesThanThereAre) {
  std::vector<LearnerDetails> batch;
  for (int i = 0; i < 4; ++i) {
    batch.push_back({"E" + std::to_string(i), "Name", "", Day(2000, 1, 1)});
  }
  batch[1].name = "";  // A bad row takes no place.
  LearnerFrame frame = Frame();
  frame.cap = "at most 2";
  for (const auto& [places, good] : {std::pair{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 3}}) {
    frame.places = places;
    const BatchCheck check = CheckLearners(batch, frame);
    EXPECT_THAT(check.good, SizeIs(good)) << places;
    int refused = 0;
    for (const LearnerFault& fault : check.faults) {
      refused += fault.reason == kRegistrationLimitReached;
    }
    EXPECT_EQ(refused, 3 - good) << places;
  }
}

TEST(PeriodTest, LastsAsLongAsTheCatalogueAllows) {
  const Day today(2026, 9, 1);
  PeriodCheck check = CheckPeriod({.months_max = 36, .today = today});
  EXPECT_THAT(check.faults, IsEmpty());
  EXPECT_EQ(check.register_day, today);
  EXPECT_EQ(check.end_day, Day(2029, 8, 31));
  for (const auto& [end, good] : {std::pair{Day(2029, 8, 31), true},
                                  {Day(2029, 9, 1), false},
                                  {Day(2026, 9, 1), true},
                                  {Day(2026, 8, 31), false}}) {
    check = CheckPeriod({.months_max = 36, .end_day = end, .today = today});
    EXPECT_EQ(check.faults.empty(), good) << end;
    if (!good) EXPECT_EQ(check.faults[0].rule, "QUAL-5");
  }
}

TEST(PeriodTest, NeedsALastDayIfTheCatalogueSetsNone) {
  const Day today(2026, 9, 1);
  EXPECT_THAT(CheckPeriod({.today = today}).faults, SizeIs(1));
  EXPECT_THAT(CheckPeriod({.end_day = Day(2040, 1, 1), .today = today}).faults, IsEmpty());
}

// Dating back does not open a registration that is closed (QUAL-5).
TEST(PeriodTest, BeginsAndIsMadeBeforeTheLastDayForRegistrationsAndNotInTheFuture) {
  struct Case {
    Day first;
    Day today;
    bool good;
  };
  for (const Case& c : {Case{Day(2026, 8, 31), Day(2026, 8, 31), true},
                        Case{Day(2026, 8, 30), Day(2026, 8, 31), true},
                        Case{Day(2026, 9, 1), Day(2026, 8, 31), false},
                        Case{Day(2026, 8, 31), Day(2026, 9, 1), false},
                        Case{Day(2026, 9, 1), Day(2026, 9, 1), false}}) {
    EXPECT_EQ(CheckPeriod({.months_max = 12,
                           .last_registration_day = Day(2026, 8, 31),
                           .register_day = c.first,
                           .today = c.today})
                  .faults.empty(),
              c.good)
        << c.first << " " << c.today;
  }
}

TEST(RegistrationStateTest, ChangesOnlyFromActiveAndIsErasedOnce) {
  using S = RegistrationState;
  for (const S from : {S::kActive, S::kAwarded, S::kWithdrawn, S::kTransferred, S::kErased}) {
    for (const S to : {S::kActive, S::kAwarded, S::kWithdrawn, S::kTransferred}) {
      EXPECT_EQ(MayChange(from, to), from == S::kActive && to != S::kActive);
    }
    EXPECT_EQ(MayChange(from, S::kErased), from != S::kErased);
  }
}

}  // namespace
}  // namespace assay::approval
