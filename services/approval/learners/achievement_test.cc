#include "services/approval/learners/achievement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Day = absl::CivilDay;

MarkerFacts Able(const std::string& user) {
  return {.exists = true,
          .active = true,
          .assessor = true,
          .verifier = true,
          .competent = true,
          .subject = user};
}
const MarkerFacts kAnn = Able("users/ann"), kBob = Able("users/bob");

class AchievementTest : public ::testing::Test {
 protected:
  AchievementTest() {
    qualification_.number = "9001-03";
    qualification_.units.push_back({.number = "301"});
    entry_ = {.unit = "301",
              .achieved = true,
              .assessor = "centres/c/staff/ann",
              .assess_day = Day(2026, 3, 1),
              .verifier = "centres/c/staff/bob",
              .verify_day = Day(2026, 3, 5)};
    frame_ = {.qualification = &qualification_,
              .centre = "c",
              .learner = {"E1", "Ada Lovelace", "centres/c/registrations/r"},
              .register_day = Day(2025, 9, 1),
              .end_day = Day(2026, 8, 31),
              .today = Day(2026, 4, 1),
              .assessor = kAnn,
              .verifier = kBob,
              .caller = "users/exams"};
  }
  std::vector<std::string> Faults() {
    std::vector<std::string> faults;
    for (const LearnerFault& fault : CheckAchievement(entry_, frame_)) {
      faults.push_back(std::string(fault.reason) + " " + fault.rule + " " + fault.field);
    }
    return faults;
  }

  Qualification qualification_;
  AchievementEntry entry_;
  AchievementFrame frame_;
};

// QUAL-8
TEST_F(AchievementTest, ACentresOwnFormIsApprovedOnTheDayOfMarking) {
  entry_.form = "centres/c/recordingForms/f";
  EXPECT_THAT(Faults(), ElementsAre("RECORDING_FORM_NOT_APPROVED QUAL-8 recording_form"));
  frame_.form = FormFacts{"9001-03", FormState::kApproved, entry_.assess_day, std::nullopt};
  EXPECT_THAT(Faults(), IsEmpty());
  frame_.form->from = entry_.assess_day + 1;
  EXPECT_THAT(Faults(), ElementsAre("RECORDING_FORM_NOT_APPROVED QUAL-8 recording_form"));
}

TEST_F(AchievementTest, TakesWhatAnotherPersonVerifiedOrNobodyYet) {
  EXPECT_THAT(Faults(), IsEmpty());
  entry_.verifier.clear();
  entry_.verify_day.reset();
  frame_.verifier = {};
  EXPECT_THAT(Faults(), IsEmpty());
}

TEST_F(AchievementTest, RefusesThatWhoMarkedVerifies) {
  entry_.verifier = entry_.assessor;
  EXPECT_THAT(Faults(), ElementsAre("SELF_VERIFICATION QUAL-6 verifier"));
}

// QUAL-6
TEST_F(AchievementTest, RefusesOnePersonUnderTwoNames) {
  frame_.verifier.subject = "users/ann";
  EXPECT_THAT(Faults(), ElementsAre("SELF_VERIFICATION QUAL-6 verifier"));
}

// QUAL-6
TEST_F(AchievementTest, RefusesThatWhoMarkedAnEarlierVersionVerifies) {
  frame_.earlier = {{"centres/c/staff/bob", "users/bob"}};
  EXPECT_THAT(Faults(), ElementsAre("SELF_VERIFICATION QUAL-6 verifier"));
  // At another centre the same person has another name.
  frame_.earlier = {{"centres/d/staff/robert", "users/bob"}};
  EXPECT_THAT(Faults(), ElementsAre("SELF_VERIFICATION QUAL-6 verifier"));
  frame_.earlier = {{"centres/d/staff/robert", ""}, {"centres/c/staff/cat", "users/cat"}};
  EXPECT_THAT(Faults(), IsEmpty());
}

// QUAL-6
TEST_F(AchievementTest, RefusesThatWhoMarkedSaysWhoVerified) {
  frame_.caller = "users/ann";
  EXPECT_THAT(Faults(), ElementsAre("SELF_VERIFICATION QUAL-6 verifier"));
  AchievementEntry before = entry_;
  before.verify_day = Day(2026, 3, 4);
  frame_.before = &before;
  entry_.change_note = "another day";
  EXPECT_THAT(Faults(), ElementsAre("SELF_VERIFICATION QUAL-6 verifier"));
  // Who marked may change what does not concern the verification.
  before.verify_day = entry_.verify_day;
  entry_.form = "";
  EXPECT_THAT(Faults(), IsEmpty());
  frame_.before = nullptr;
  frame_.caller = "users/bob";
  EXPECT_THAT(Faults(), IsEmpty());
  frame_.earlier = {{"centres/c/staff/cat", "users/cat"}};
  frame_.caller = "users/cat";
  EXPECT_THAT(Faults(), ElementsAre("SELF_VERIFICATION QUAL-6 verifier"));
  entry_.verifier.clear();
  entry_.verify_day.reset();
  EXPECT_THAT(Faults(), IsEmpty());
}

TEST_F(AchievementTest, AsksOfBothRoleCompetenceAndNoConflict) {
  const std::vector<std::function<void(MarkerFacts&)>> wrong = {
      [](MarkerFacts& s) { s.exists = false; },
      [](MarkerFacts& s) { s.active = false; },
      [](MarkerFacts& s) { s.assessor = s.verifier = false; },
      [](MarkerFacts& s) { s.competent = false; },
      [](MarkerFacts& s) { s.subject.clear(); },
      [](MarkerFacts& s) {
        s.conflicts = {"E9", "E1"};
      },
      [](MarkerFacts& s) { s.conflicts = {" ada lovelace "}; },
      [](MarkerFacts& s) { s.conflicts = {"centres/c/registrations/r"}; }};
  for (const auto& change : wrong) {
    frame_.assessor = kAnn;
    frame_.verifier = kBob;
    change(frame_.assessor);
    EXPECT_THAT(Faults(), ElementsAre("STAFF_NOT_ELIGIBLE QUAL-6 assessor"));
    frame_.assessor = kAnn;
    change(frame_.verifier);
    EXPECT_THAT(Faults(), ElementsAre("STAFF_NOT_ELIGIBLE QUAL-6 verifier"));
  }
  frame_.verifier = kBob;
  frame_.verifier.conflicts = {"E11", "E"};  // Other learners.
  EXPECT_THAT(Faults(), IsEmpty());
}

TEST_F(AchievementTest, EachRoleIsAskedOfWhoActsInIt) {
  frame_.assessor.verifier = false;
  frame_.verifier.assessor = false;
  EXPECT_THAT(Faults(), IsEmpty());
}

TEST_F(AchievementTest, RefusesStaffOfAnotherCentre) {
  entry_.assessor = "centres/d/staff/ann";
  EXPECT_THAT(Faults(), ElementsAre("STAFF_NOT_ELIGIBLE QUAL-6 assessor"));
}

TEST_F(AchievementTest, RefusesUnitsThatTheQualificationDoesNotHave) {
  entry_.unit = "999";
  EXPECT_THAT(Faults(), ElementsAre("UNIT_NOT_IN_QUALIFICATION QUAL-3 unit"));
}

TEST_F(AchievementTest, IsAssessedInsideTheRegistration) {
  entry_.verify_day = Day(2026, 4, 1);
  for (const auto& [day, good] :
       {std::pair{Day(2025, 8, 31), false}, {Day(2025, 9, 1), true}, {Day(2026, 4, 1), true}}) {
    entry_.assess_day = day;
    if (good) {
      EXPECT_THAT(Faults(), IsEmpty()) << day;
    } else {
      EXPECT_THAT(Faults(), ElementsAre("ASSESSMENT_OUTSIDE_REGISTRATION QUAL-5 assess_day"));
    }
  }
  frame_.today = Day(2026, 12, 1);
  entry_.assess_day = Day(2026, 9, 1);
  entry_.verify_day = Day(2026, 9, 2);
  EXPECT_THAT(Faults(), ElementsAre("ASSESSMENT_OUTSIDE_REGISTRATION QUAL-5 assess_day"));
}

TEST_F(AchievementTest, IsVerifiedAfterItWasMarkedAndBeforeTomorrow) {
  for (const auto& [day, good] : {std::pair{Day(2026, 2, 28), false},
                                  {Day(2026, 3, 1), true},
                                  {Day(2026, 4, 1), true},
                                  {Day(2026, 4, 2), false}}) {
    entry_.verify_day = day;
    if (good) {
      EXPECT_THAT(Faults(), IsEmpty()) << day;
    } else {
      EXPECT_THAT(Faults(), ElementsAre("FIELD_INVALID QUAL-6 verify_day")) << day;
    }
  }
}

TEST_F(AchievementTest, SaysWhyItIsRecordedAgainExceptToAddTheVerifier) {
  AchievementEntry before = entry_;
  before.verifier.clear();
  before.verify_day.reset();
  frame_.before = &before;
  EXPECT_THAT(Faults(), IsEmpty());
  entry_.achieved = false;
  EXPECT_THAT(Faults(), ElementsAre("REASON_MISSING QUAL-6 change_note"));
  entry_.change_note = "marked again after an appeal";
  EXPECT_THAT(Faults(), IsEmpty());
  // Another verifier than the one that is recorded is a change like any other.
  entry_ = before;
  before.verifier = "centres/c/staff/bob";
  before.verify_day = Day(2026, 3, 5);
  entry_.verifier = "centres/c/staff/eve";
  entry_.verify_day = Day(2026, 3, 5);
  EXPECT_THAT(Faults(), ElementsAre("REASON_MISSING QUAL-6 change_note"));
}

TEST_F(AchievementTest, BelongsToAnActiveRegistration) {
  frame_.state = RegistrationState::kWithdrawn;
  EXPECT_THAT(Faults(), ElementsAre("REGISTRATION_STATE_WRONG QUAL-5 registration"));
}

}  // namespace
}  // namespace assay::approval
