#include "services/approval/learners/eligibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace assay::approval {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Day = absl::CivilDay;

class EligibilityTest : public ::testing::Test {
 protected:
  EligibilityTest() {
    qualification_.number = "9001-03";
    qualification_.employer_involvement = true;
    qualification_.units = {{.number = "301", .credits = 1},
                            {.number = "302", .credits = 2},
                            {.number = "303", .credits = 3}};
    qualification_.combination = {
        .title = "Certificate",
        .credits_min = 3,
        .units = {"302", "303"},
        .parts = {{.title = "Mandatory", .units_min = 1, .units = {"301"}}}};
    facts_ = {.register_day = Day(2025, 9, 1),
              .end_day = Day(2026, 8, 31),
              .today = Day(2026, 6, 1),
              .units = {{"301", true, true, Day(2026, 1, 1)}, {"302", true, true, Day(2026, 2, 1)}},
              .moderation = ModerationFact{},
              .involvement = {.planned = true, .met = true, .final = true, .message = "met"},
              .approvals = {{Day(2026, 1, 1), true, ""}, {Day(2026, 2, 1), true, ""}},
              .direct = {.earned = true, .reason = "earned by one review"}};
  }
  Eligibility Run() { return EvaluateEligibility(qualification_, facts_); }
  // "RULE KIND who" of what is missing.
  std::vector<std::string> Missing() {
    std::vector<std::string> missing;
    for (const AwardCondition& condition : Run().conditions) {
      if (condition.met) continue;
      missing.push_back(condition.rule + " " + std::string(condition.kind) + " " + condition.who);
    }
    return missing;
  }

  Qualification qualification_;
  EligibilityFacts facts_;
};

TEST_F(EligibilityTest, AwardsWhoHasEverything) {
  const Eligibility eligibility = Run();
  EXPECT_TRUE(eligibility.eligible);
  EXPECT_TRUE(eligibility.direct);
  EXPECT_THAT(eligibility.units, ElementsAre("301", "302"));
  EXPECT_EQ(eligibility.progress.credits, 3);
  EXPECT_THAT(Missing(), IsEmpty());
}

TEST_F(EligibilityTest, NamesEachRuleOfCombinationThatIsShort) {
  facts_.units = {{"302", true, true, Day(2026, 2, 1)}};
  const Eligibility eligibility = Run();
  EXPECT_FALSE(eligibility.eligible);
  EXPECT_THAT(Missing(), Contains("QUAL-3 COMBINATION centre"));
  std::vector<std::string> units;
  for (const AwardCondition& c : eligibility.conditions) {
    units.insert(units.end(), c.choose_from.begin(), c.choose_from.end());
  }
  EXPECT_THAT(units, Contains("301"));
}

TEST_F(EligibilityTest, CountsOnlyWhatIsVerified) {
  facts_.units[1].verified = false;
  EXPECT_THAT(Missing(), ElementsAre("QUAL-6 VERIFICATION centre", "QUAL-3 COMBINATION centre"));
  // A further unit that the award does not need does not stand in its way.
  facts_.units[1].verified = true;
  facts_.units.push_back({"303", true, false, Day(2026, 2, 1)});
  EXPECT_THAT(Missing(), IsEmpty());
  EXPECT_THAT(Run().units, ElementsAre("301", "302"));
}

TEST_F(EligibilityTest, DoesNotCountWhatWasNotAchieved) {
  facts_.units[1].achieved = false;
  EXPECT_THAT(Missing(), ElementsAre("QUAL-3 COMBINATION centre"));
}

TEST_F(EligibilityTest, AsksForEmployerInvolvementOnlyWhereTheQualificationDoes) {
  facts_.involvement = {};
  EXPECT_THAT(Missing(), ElementsAre("EI-1 INVOLVEMENT centre"));
  facts_.involvement = {.planned = true, .met = false, .who = "quality", .message = "waits"};
  EXPECT_THAT(Missing(), ElementsAre("EI-14 INVOLVEMENT quality"));
  facts_.involvement.final = true;
  EXPECT_THAT(Missing(), ElementsAre("EI-14 INVOLVEMENT "));
  qualification_.employer_involvement = false;
  EXPECT_THAT(Missing(), IsEmpty());
}

// QUAL-9
TEST_F(EligibilityTest, ModerationThatCannotBeAskedIsNotPassed) {
  facts_.moderation = ModerationFact{.unasked = "it is away"};
  EXPECT_THAT(Missing(), ElementsAre("QUAL-9 MODERATION operator"));
  EXPECT_THAT(Run().conditions[0].message, HasSubstr("it is away"));
  facts_.moderation = EligibilityFacts().moderation;
  EXPECT_THAT(Missing(), ElementsAre("QUAL-9 MODERATION operator"));
  facts_.moderation.reset();  // Moderation itself asks.
  EXPECT_THAT(Missing(), IsEmpty());
}

// QUAL-9
TEST_F(EligibilityTest, ModerationIsFinalForEachComponentOfTheLearner) {
  const std::string june = "series/june/components/", later = "series/later/components/";
  const ComponentFact open = {.name = june + "project",
                              .series_end = Day(2026, 7, 1),
                              .entered = true,
                              .message = "not judged",
                              .who = "moderation",
                              .due = Day(2026, 6, 20)};
  ComponentFact final = open;
  final.final = true;
  const ComponentFact absent = {.name = june + "project", .series_end = Day(2026, 7, 1)};
  auto& components = facts_.moderation->components;
  components = {open};
  EXPECT_THAT(Missing(), ElementsAre("QUAL-9 MODERATION moderation"));
  EXPECT_THAT(Run().conditions[0].message, HasSubstr("series/june/components/project: not judged"));
  EXPECT_EQ(Run().conditions[0].due, Day(2026, 6, 20));
  components = {final};
  EXPECT_THAT(Missing(), IsEmpty());
  // Final once is final, in whatever series and order.
  ComponentFact resit = open;
  resit.name = later + "project";
  components = {final, resit};
  EXPECT_THAT(Missing(), IsEmpty());
  components = {resit, final};
  EXPECT_THAT(Missing(), IsEmpty());
  // Not entered at all, in a series since the registration.
  components = {absent};
  EXPECT_THAT(Missing(), ElementsAre("QUAL-9 MODERATION centre"));
  components[0].series_end = Day(2025, 8, 31);
  EXPECT_THAT(Missing(), IsEmpty());
  // Entered in one component of a series, and not in the other.
  ComponentFact other = absent;
  other.name = june + "practical";
  components = {final, other};
  EXPECT_THAT(Missing(), ElementsAre("QUAL-9 MODERATION centre"));
  other.name = later + "practical";
  components = {final, other};
  EXPECT_THAT(Missing(), IsEmpty());
}

// QUAL-9: a component whose id is a unit's number is that unit's.
TEST_F(EligibilityTest, ModerationOfAUnitMattersIfTheAwardHasTheUnit) {
  ComponentFact unit = {.name = "series/june/components/303",
                        .series_end = Day(2026, 7, 1),
                        .entered = true,
                        .message = "not judged",
                        .who = "moderation"};
  facts_.moderation->components = {unit};
  EXPECT_THAT(Missing(), IsEmpty());
  unit.name = "series/june/components/302";
  facts_.moderation->components = {unit};
  EXPECT_THAT(Missing(), ElementsAre("QUAL-9 MODERATION moderation"));
}

TEST_F(EligibilityTest, AsksForApprovalOnTheDaysOfAssessment) {
  facts_.approvals[1] = {Day(2026, 2, 1), false, "not approved on 2026-02-01"};
  EXPECT_THAT(Missing(), ElementsAre("QUAL-9 APPROVAL quality"));
  EXPECT_THAT(Run().conditions[0].message, HasSubstr("2026-02-01"));
}

TEST_F(EligibilityTest, AsksForAnActiveRegistrationAndItsPeriod) {
  facts_.state = RegistrationState::kWithdrawn;
  EXPECT_THAT(Missing(), ElementsAre("QUAL-5 REGISTRATION_VALID centre"));
  facts_.state = RegistrationState::kActive;
  // What was achieved inside the period may be claimed after it.
  facts_.today = Day(2026, 9, 1);
  EXPECT_THAT(Missing(), IsEmpty());
  facts_.units.pop_back();
  EXPECT_THAT(Missing(), ElementsAre("QUAL-3 COMBINATION centre", "QUAL-5 PERIOD quality"));
  facts_.units.push_back({"302", true, true, Day(2026, 9, 1)});
  EXPECT_THAT(Missing(), ElementsAre("QUAL-5 PERIOD quality"));
}

TEST_F(EligibilityTest, IsStoppedBySanctionsAndAfterTheLastDayForCertificates) {
  facts_.certification_stop = "certificates are stopped";
  EXPECT_THAT(Missing(), ElementsAre("QUAL-9 SANCTION quality"));
  facts_.certification_stop.clear();
  qualification_.last_certification_day = facts_.today;
  EXPECT_THAT(Missing(), IsEmpty());
  qualification_.last_certification_day = facts_.today - 1;
  EXPECT_THAT(Missing(), ElementsAre("QUAL-9 CERTIFICATION_OPEN "));
}

TEST_F(EligibilityTest, IsLookedAtFirstWithoutDirectClaimsOrIfTheyAreStopped) {
  facts_.direct.stopped = true;
  EXPECT_FALSE(Run().direct);
  facts_.direct = {};
  EXPECT_FALSE(Run().direct);
  EXPECT_TRUE(Run().eligible);
}

}  // namespace
}  // namespace assay::approval
