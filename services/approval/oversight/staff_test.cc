#include "services/approval/oversight/staff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::CivilDay kDay(2026, 3, 10);
const CompetenceRule kRule = {
    .required = {CompetenceKind::kOccupational, CompetenceKind::kRecentExperience,
                 CompetenceKind::kTraining},
    .valid_days_max = 1000};

StaffCompetence Evidence(CompetenceKind kind, int level = 0) {
  return {.id = "c",
          .qualification = "3818-13",
          .kind = kind,
          .level = level,
          .state = CompetenceState::kVerified,
          .verified = kDay - 100,
          .valid_until = kDay + 100};
}

StaffDossier Competent() {
  StaffDossier facts;
  facts.first_day = kDay - 200;
  facts.roles = {{.role = StaffRole::kAssessor, .from = kDay - 200}};
  facts.competences = {Evidence(CompetenceKind::kOccupational, 3),
                       Evidence(CompetenceKind::kRecentExperience),
                       Evidence(CompetenceKind::kTraining)};
  return facts;
}

// QUAL-6
TEST(JudgeStaffTest, CompetenceIsEvidenceOfAllThreeVerifiedAndValid) {
  const StaffJudgement all = JudgeStaff(Competent(), kRule, "3818-13", 3, kDay);
  EXPECT_TRUE(all.competent);
  EXPECT_THAT(all.missing, IsEmpty());
  EXPECT_TRUE(all.active);
  EXPECT_THAT(all.roles, ElementsAre(StaffRole::kAssessor));

  struct Case {
    const char* name;
    void (*spoil)(StaffDossier&);
    const char* missing;
  };
  const Case cases[] = {
      {"none", [](StaffDossier& f) { f.competences.erase(f.competences.begin() + 1); },
       "there is no evidence of recent experience (QUAL-6)"},
      {"below the level", [](StaffDossier& f) { f.competences[0].level = 2; },
       "occupational competence is below level 3 (QUAL-6)"},
      {"of another qualification",
       [](StaffDossier& f) { f.competences[2].qualification = "3815-03"; },
       "there is no evidence of experience of training (QUAL-6)"},
      {"not verified",
       [](StaffDossier& f) {
         f.competences[2].state = CompetenceState::kRecorded;
         f.competences[2].verified.reset();
         f.competences[2].valid_until.reset();
       },
       "experience of training is not verified yet (QUAL-6)"},
      {"verified later", [](StaffDossier& f) { f.competences[2].verified = kDay + 1; },
       "experience of training is not verified yet (QUAL-6)"},
      {"expired", [](StaffDossier& f) { f.competences[1].valid_until = kDay - 1; },
       "recent experience has expired (QUAL-6)"},
      {"revoked", [](StaffDossier& f) { f.competences[1].state = CompetenceState::kRevoked; },
       "there is no evidence of recent experience (QUAL-6)"},
  };
  for (const Case& c : cases) {
    StaffDossier facts = Competent();
    c.spoil(facts);
    const StaffJudgement judgement = JudgeStaff(facts, kRule, "3818-13", 3, kDay);
    EXPECT_FALSE(judgement.competent) << c.name;
    EXPECT_THAT(judgement.missing, ElementsAre(c.missing)) << c.name;
  }
}

// QUAL-6: the last day still counts, and what the body does not ask for is not missed.
TEST(JudgeStaffTest, BoundsAreDaysThatCountAndThePolicySaysWhatIsAsked) {
  StaffDossier facts = Competent();
  facts.competences[1].valid_until = kDay;
  facts.competences[2].verified = kDay;
  EXPECT_TRUE(JudgeStaff(facts, kRule, "3818-13", 3, kDay).competent);
  facts.competences.resize(1);
  const CompetenceRule only = {.required = {CompetenceKind::kOccupational}};
  EXPECT_TRUE(JudgeStaff(facts, only, "3818-13", 3, kDay).competent);
  EXPECT_FALSE(JudgeStaff(facts, only, "3818-13", 4, kDay).competent);
}

TEST(JudgeStaffTest, RolesAreThoseOfTheDay) {
  StaffDossier facts = Competent();
  facts.last_day = kDay + 10;
  facts.roles = {{.role = StaffRole::kInternalVerifier, .from = kDay - 5, .until = kDay},
                 {.role = StaffRole::kTutor, .from = kDay + 1},
                 {.role = StaffRole::kAssessor, .from = kDay}};
  EXPECT_THAT(JudgeStaff(facts, kRule, "q", 0, kDay - 1).roles,
              ElementsAre(StaffRole::kInternalVerifier));
  EXPECT_THAT(JudgeStaff(facts, kRule, "q", 0, kDay).roles, ElementsAre(StaffRole::kAssessor));
  EXPECT_THAT(JudgeStaff(facts, kRule, "q", 0, kDay + 10).roles,
              ElementsAre(StaffRole::kAssessor, StaffRole::kTutor));
  // Who has left, or has not come yet, has no role.
  EXPECT_FALSE(JudgeStaff(facts, kRule, "q", 0, kDay + 11).active);
  EXPECT_THAT(JudgeStaff(facts, kRule, "q", 0, kDay + 11).roles, IsEmpty());
  EXPECT_FALSE(JudgeStaff(facts, kRule, "q", 0, facts.first_day - 1).active);
}

TEST(JudgeStaffTest, ConflictsAreThoseOfTheQualificationAndTheDay) {
  StaffDossier facts = Competent();
  facts.conflicts = {{.with = "learners/a", .qualification = "", .declared = kDay},
                     {.with = "learners/b", .qualification = "3818-13", .declared = kDay - 5},
                     {.with = "learners/c", .qualification = "3815-03", .declared = kDay - 5},
                     {.with = "learners/d", .declared = kDay - 5, .resolved = kDay},
                     {.with = "learners/e", .declared = kDay + 1}};
  EXPECT_THAT(JudgeStaff(facts, kRule, "3818-13", 3, kDay).conflicts,
              ElementsAre("learners/a", "learners/b"));
  EXPECT_THAT(JudgeStaff(facts, kRule, "3815-03", 3, kDay - 1).conflicts,
              ElementsAre("learners/c", "learners/d"));
}

TEST(RolesTest, FaultsHaveTheirPlaces) {
  const std::vector<RoleHeld> roles = {
      {.role = StaffRole::kTutor, .from = kDay, .until = kDay + 10},
      {.role = StaffRole::kTutor, .from = kDay + 10},
      {.role = StaffRole::kAssessor, .from = kDay, .until = kDay},
      {.role = StaffRole::kTutor, .from = kDay + 9, .until = kDay + 11}};
  std::vector<std::string> found;
  for (const RoleFault& fault : FaultsOf(roles)) found.push_back(fault.place + " " + fault.what);
  EXPECT_THAT(found, ElementsAre("roles[2].until_day is not after the first day",
                                 "roles[3] overlaps roles[0], the same role"));
}

}  // namespace
}  // namespace assay::approval
