#include "services/approval/involvement/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using enum ActivityKind;
using enum EvidenceKind;

const InvolvementFrame kFrame = {.sectors = {"15"},
                                 .first_day = absl::CivilDay(2025, 9, 1),
                                 .last_day = absl::CivilDay(2026, 6, 30),
                                 .today = absl::CivilDay(2026, 6, 30)};

// Registers of everything, a brief of tasks.
EvidencePolicy Policy() {
  EvidencePolicy policy;
  for (auto& needs : policy.needs) needs = {{{kAttendanceRegister}}};
  policy.needs[static_cast<int>(kSetTask)].push_back({{kBrief, kEmployerStatement}});
  return policy;
}

Activity Done(std::string id, ActivityKind kind, std::string employer,
              std::vector<Evidence> evidence = {}) {
  Activity activity;
  activity.id = std::move(id);
  activity.kind = kind;
  activity.practitioner = {.employer = std::move(employer), .sectors = {"15"}};
  activity.day = absl::CivilDay(2026, 1, 15);
  activity.learners = {{"e1", Participation::kCompleted}};
  activity.evidence = std::move(evidence);
  return activity;
}

std::vector<std::string> Gaps(std::vector<Activity> activities) {
  const Planner planner = {.learners = {{"e1", "First"}}, .activities = std::move(activities)};
  std::vector<std::string> told;
  for (const EvidenceGap& gap :
       FindEvidenceGaps(planner, CheckInvolvement(planner, kFrame), Policy())) {
    const InvolvementFinding finding = FindingOf(planner, gap);
    EXPECT_EQ(finding.rule, "EI-8");
    EXPECT_EQ(finding.kind, "EVIDENCE_MISSING");
    told.push_back(absl::StrCat(finding.place, ": ", finding.message));
  }
  return told;
}

// EI-8
TEST(FindEvidenceGapsTest, OneRegisterIsEnoughForASeriesOfLikeActivities) {
  EXPECT_THAT(Gaps({Done("l1", kCoDelivery, "Ann Ltd"), Done("l2", kCoDelivery, "Ann Ltd"),
                    Done("l3", kCoDelivery, "Ann Ltd", {{"r"}})}),
              IsEmpty());
  EXPECT_THAT(Gaps({Done("l1", kCoDelivery, "Ann Ltd"), Done("l2", kCoDelivery, "Ann Ltd")}),
              ElementsAre("activities[0].required_evidence: what counts shows no attendance "
                          "register: co-delivery l1, l2"));
}

TEST(FindEvidenceGapsTest, AnotherKindEmployerOrPractitionerIsAnotherSeries) {
  Activity other = Done("l2", kCoDelivery, "Ann Ltd");
  other.practitioner->name = "Bea";
  for (const Activity& second :
       {Done("l2", kCoDelivery, "Bob plc"), other, Done("l2", kWorkPlacement, "Ann Ltd")}) {
    EXPECT_THAT(Gaps({Done("l1", kCoDelivery, "Ann Ltd", {{"r"}}), second}),
                ElementsAre(HasSubstr("activities[1].required_evidence")));
  }
}

TEST(FindEvidenceGapsTest, SaysWhichKindIsMissing) {
  EXPECT_THAT(Gaps({Done("t", kSetTask, "Ann Ltd", {{"r"}})}),
              ElementsAre(HasSubstr("no brief or employer statement: task")));
  EXPECT_THAT(Gaps({Done("t", kSetTask, "Ann Ltd", {{"r"}, {"s", kEmployerStatement}})}),
              IsEmpty());
  EXPECT_THAT(Gaps({Done("t", kSetTask, "Ann Ltd", {{"o", kOther}})}), ::testing::SizeIs(2));
}

TEST(FindEvidenceGapsTest, WhatCountsForNobodyNeitherNeedsNorGivesEvidence) {
  Activity absent = Done("l1", kCoDelivery, "Ann Ltd", {{"r"}});
  absent.learners[0].participation = Participation::kAbsent;
  EXPECT_THAT(Gaps({absent}), IsEmpty());
  EXPECT_THAT(Gaps({absent, Done("l2", kCoDelivery, "Ann Ltd")}), ::testing::SizeIs(1));
  EXPECT_THAT(Gaps({Done("c", kCareersTalk, "Ann Ltd")}), IsEmpty());
}

TEST(FindEvidenceGapsTest, NamesAtMostTenOfASeries) {
  std::vector<Activity> lectures;
  for (int i = 0; i < 12; ++i) {
    lectures.push_back(Done(absl::StrCat("l", i), kCoDelivery, "Ann Ltd"));
  }
  EXPECT_THAT(Gaps(lectures), ElementsAre(HasSubstr("l8, l9 and 2 more")));
}

TEST(PolicyOnTest, TheLastThatHasBegunHoldsAndBeforeAllTheFirst) {
  EXPECT_EQ(PolicyOn({}, absl::CivilDay(2026, 1, 1)), nullptr);
  std::vector<EvidencePolicy> policies(2);
  policies[0].from = absl::CivilDay(2020, 9, 1);
  policies[1].from = absl::CivilDay(2026, 9, 1);
  EXPECT_EQ(PolicyOn(policies, absl::CivilDay(2019, 1, 1)), &policies[0]);
  EXPECT_EQ(PolicyOn(policies, absl::CivilDay(2026, 8, 31)), &policies[0]);
  EXPECT_EQ(PolicyOn(policies, absl::CivilDay(2026, 9, 1)), &policies[1]);
}

}  // namespace
}  // namespace assay::approval
