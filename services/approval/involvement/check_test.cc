#include "services/approval/involvement/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
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

const InvolvementFrame kFrame = {.sectors = {"15"},
                                 .first_day = absl::CivilDay(2025, 9, 1),
                                 .last_day = absl::CivilDay(2026, 6, 30),
                                 .today = absl::CivilDay(2026, 3, 31)};

Activity Live(ActivityKind kind,
              std::vector<Attendance> learners = {{"e1", Participation::kCompleted}}) {
  Activity activity;
  activity.id = "a";
  activity.title = "Title";
  activity.kind = kind;
  activity.practitioner = {.name = "Ann", .employer = "Ann Ltd", .sectors = {"15.1"}};
  activity.framework = "The practical's mark scheme";
  activity.contingency = "A second date";
  activity.day = absl::CivilDay(2026, 1, 15);
  activity.learners = std::move(learners);
  return activity;
}
Activity Recorded(ActivityKind kind, Participation participation, std::string reason) {
  Activity activity = Live(kind, {{"e1", participation, std::move(reason)}});
  activity.mode = Mode::kRecorded;
  return activity;
}
Activity WholeUnit() {
  Activity activity = Live(kCoDelivery);
  activity.whole_unit = true;
  return activity;
}
Activity Remote(Activity activity) {
  activity.mode = Mode::kLiveRemote;
  return activity;
}
Planner Of(std::vector<Activity> activities) {
  return {.learners = {{"e1", "First"}}, .activities = std::move(activities)};
}

// EI-2, EI-5, EI-6, EI-7
TEST(CheckInvolvementTest, JudgesALearnerByTheRules) {
  const auto contingency = [](ActivityKind kind, std::string reason = "was ill") {
    return Recorded(kind, Participation::kContingency, std::move(reason));
  };
  struct Case {
    std::string what;
    std::vector<Activity> activities;
    Involvement outcome;
    std::string rule;
  };
  for (const Case& c : std::vector<Case>{
           {"nothing", {}, Involvement::kNotMet, "EI-5"},
           {"one placement", {Live(kWorkPlacement)}, Involvement::kMet, "EI-5"},
           {"one set task", {Live(kSetTask)}, Involvement::kMet, "EI-5"},
           {"one expert witness", {Live(kExpertWitness)}, Involvement::kMet, "EI-5"},
           {"a whole unit delivered together", {WholeUnit()}, Involvement::kMet, "EI-5"},
           {"one master class", {Live(kCoDelivery)}, Involvement::kNotMet, "EI-6"},
           {"two master classes",
            {Live(kCoDelivery), Live(kCoDelivery)},
            Involvement::kMet,
            "EI-6"},
           {"one class and a task", {Live(kCoDelivery), Live(kSetTask)}, Involvement::kMet, "EI-5"},
           {"one class and a careers talk",
            {Live(kCoDelivery), Live(kCareersTalk)},
            Involvement::kNotMet,
            "EI-6"},
           {"live remote sessions",
            {Remote(Live(kCoDelivery)), Remote(Live(kCoDelivery))},
            Involvement::kMet,
            "EI-6"},
           {"a recording only", {contingency(kWorkPlacement)}, Involvement::kReferred, "EI-7"},
           {"one recorded class only", {contingency(kCoDelivery)}, Involvement::kNotMet, "EI-5"},
           {"one class live, one recorded",
            {Live(kCoDelivery), contingency(kCoDelivery)},
            Involvement::kReferred,
            "EI-7"},
           {"live is enough, recording besides",
            {Live(kSetTask), contingency(kCoDelivery)},
            Involvement::kMet,
            "EI-5"},
           {"a recording without a reason",
            {contingency(kWorkPlacement, "")},
            Involvement::kNotMet,
            "EI-7"},
           {"a recording with a blank for a reason",
            {contingency(kWorkPlacement, " ")},
            Involvement::kNotMet,
            "EI-7"},
           {"a class in which the learner stands twice",
            {Live(kCoDelivery,
                  {{"e1", Participation::kCompleted}, {"e1", Participation::kCompleted}})},
            Involvement::kNotMet,
            "EI-6"},
           {"a recording entered as attended",
            {Recorded(kWorkPlacement, Participation::kCompleted, "")},
            Involvement::kNotMet,
            "EI-7"},
           {"not fully met",
            {Live(kWorkPlacement, {{"e1", Participation::kIncomplete}})},
            Involvement::kNotMet,
            "EI-5"},
           {"absent",
            {Live(kWorkPlacement, {{"e1", Participation::kAbsent}})},
            Involvement::kNotMet,
            "EI-5"}}) {
    const InvolvementCheck check = CheckInvolvement(Of(c.activities), kFrame);
    ASSERT_EQ(check.learners.size(), 1u);
    EXPECT_EQ(NameOf(check.learners[0].outcome), NameOf(c.outcome)) << c.what;
    EXPECT_EQ(check.learners[0].rule, c.rule) << c.what;
    EXPECT_EQ(check.learners[0].repair.empty(), c.outcome == Involvement::kMet) << c.what;
  }
}

// EI-4
TEST(CheckInvolvementTest, SixKindsNeverCountAndSayWhy) {
  int kinds = 0;
  for (int k = 0; k < kActivityKinds; ++k) {
    const auto kind = static_cast<ActivityKind>(k);
    if (IsMeaningful(kind)) continue;
    ++kinds;
    const InvolvementCheck check = CheckInvolvement(Of({Live(kind), Live(kind)}), kFrame);
    EXPECT_EQ(check.not_met, 1) << NameOf(kind);
    ASSERT_EQ(check.learners[0].credits.size(), 2u);
    EXPECT_FALSE(check.learners[0].credits[0].counts);
    EXPECT_EQ(check.learners[0].credits[0].rule, "EI-4");
    EXPECT_THAT(check.learners[0].credits[0].why, HasSubstr(std::string(WhyNotMeaningful(kind))));
    EXPECT_FALSE(WhyNotMeaningful(kind).empty());
  }
  EXPECT_EQ(kinds, 6);
}

// EI-3
TEST(CheckInvolvementTest, AnEmployerOfAnotherSectorIsAFindingAndYieldsNoCredit) {
  struct Case {
    std::vector<std::string> qualification, employer;
    bool fits;
  };
  for (const Case& c : std::vector<Case>{{{"15"}, {"15.1"}, true},
                                         {{"15.1"}, {"15"}, true},
                                         {{"15.1"}, {"15.2"}, false},
                                         {{"1"}, {"15"}, false},
                                         {{"15"}, {}, false},
                                         {{"04", "15"}, {"06.1", "04.2"}, true},
                                         {{"04"}, {"4.2"}, true},
                                         {{"10"}, {"1"}, false}}) {
    Activity activity = Live(kWorkPlacement);
    activity.practitioner->sectors = c.employer;
    InvolvementFrame frame = kFrame;
    frame.sectors = c.qualification;
    const InvolvementCheck check = CheckInvolvement(Of({activity}), frame);
    EXPECT_EQ(check.met, c.fits ? 1 : 0);
    ASSERT_EQ(check.findings.size(), c.fits ? 0u : 1u);
    if (c.fits) continue;
    EXPECT_EQ(check.findings[0].kind, "EMPLOYER_OUTSIDE_SECTOR");
    EXPECT_EQ(check.findings[0].place, "activities[0].practitioner.sectors");
    EXPECT_FALSE(check.findings[0].refused);
  }
}

TEST(CheckInvolvementTest, NamesEachFaultAtItsPlace) {
  struct Case {
    std::string kind, place;
    bool refused;
    Planner planner;
  };
  Activity claimed = Recorded(kCoDelivery, Participation::kContingency, "was ill");
  claimed.claimed_live = true;
  Activity early = Live(kSetTask);
  early.day = absl::CivilDay(2025, 8, 31);
  Activity late = Live(kSetTask, {{"e1", Participation::kPlanned}});
  late.day = absl::CivilDay(2026, 7, 1);
  Activity witness = Live(kExpertWitness);
  witness.framework.clear();
  const Activity stranger = Live(kSetTask, {{"e9", Participation::kCompleted}});
  const Activity twice = Live(kSetTask, {{"e1", Participation::kPlanned}, {"e1"}});
  Activity alone = Live(kSetTask);
  alone.practitioner.reset();
  Activity recorded_alone = Recorded(kSetTask, Participation::kContingency, "was ill");
  recorded_alone.practitioner = Practitioner{.sectors = {"15"}};
  Activity undated = Live(kSetTask);
  undated.day.reset();
  Activity tomorrow = Live(kSetTask);
  tomorrow.day = kFrame.today + 1;
  Activity running = Live(kWorkPlacement);
  running.last_day = kFrame.today + 1;
  Activity overlong = Live(kWorkPlacement, {{"e1", Participation::kPlanned}});
  overlong.last_day = kFrame.last_day + 1;
  Activity reversed = Live(kWorkPlacement);
  reversed.last_day = *reversed.day - 1;
  Planner doubled = Of({});
  doubled.learners.push_back({"e1", "Another"});
  for (const Case& c : std::vector<Case>{
           {"RECORDING_CLAIMED_AS_LIVE", "activities[0].mode", true, Of({claimed})},
           {"ACTIVITY_OUTSIDE_SERIES", "activities[0].day", true, Of({early})},
           {"ACTIVITY_OUTSIDE_SERIES", "activities[0].day", true, Of({late})},
           {"FRAMEWORK_MISSING", "activities[0].framework", false, Of({witness})},
           {"LEARNER_UNKNOWN", "activities[0].attendances[0].enrolment", true, Of({stranger})},
           {"LEARNER_TWICE", "activities[0].attendances[1].enrolment", true, Of({twice})},
           {"ENROLMENT_DUPLICATE", "learners[1].enrolment", true, doubled},
           {"CONTINGENCY_UNEXPLAINED", "activities[0].attendances[0].reason", false,
            Of({Recorded(kSetTask, Participation::kContingency, "")})},
           {"RECORDING_NOT_CONTINGENCY", "activities[0].attendances[0].participation", false,
            Of({Recorded(kSetTask, Participation::kCompleted, "")})},
           {"PRACTITIONER_MISSING", "activities[0].practitioner", false, Of({alone})},
           {"PRACTITIONER_MISSING", "activities[0].practitioner", false, Of({recorded_alone})},
           {"ACTIVITY_UNDATED", "activities[0].day", false, Of({undated})},
           {"COMPLETED_TOO_EARLY", "activities[0].day", true, Of({tomorrow})},
           {"COMPLETED_TOO_EARLY", "activities[0].last_day", true, Of({running})},
           {"ACTIVITY_OUTSIDE_SERIES", "activities[0].last_day", true, Of({overlong})},
           {"ACTIVITY_DAYS_REVERSED", "activities[0].last_day", true, Of({reversed})}}) {
    const InvolvementCheck check = CheckInvolvement(c.planner, kFrame);
    ASSERT_EQ(check.findings.size(), 1u) << c.kind;
    EXPECT_EQ(check.findings[0].kind, c.kind);
    EXPECT_EQ(check.findings[0].place, c.place);
    EXPECT_EQ(check.findings[0].refused, c.refused) << c.kind;
  }
}

TEST(CheckInvolvementTest, TheSeriesIncludesItsFirstAndLastDay) {
  InvolvementFrame frame = kFrame;
  frame.today = frame.last_day;
  for (const absl::CivilDay day : {frame.first_day, frame.last_day}) {
    Activity activity = Live(kSetTask);
    activity.day = day;
    EXPECT_THAT(CheckInvolvement(Of({activity}), frame).findings, IsEmpty());
  }
  Activity whole = Live(kWorkPlacement);
  whole.day = frame.first_day;
  whole.last_day = frame.last_day;
  const InvolvementCheck check = CheckInvolvement(Of({whole}), frame);
  EXPECT_THAT(check.findings, IsEmpty());
  EXPECT_EQ(check.met, 1) << "on its last day it is completed";
}

// EI-2, EI-3, EI-5, EI-13: what would otherwise pass by being left out.
TEST(CheckInvolvementTest, WhatIsLeftOutYieldsNoCreditAndSaysWhatRepairsIt) {
  struct Case {
    std::string rule, repair;
    std::function<void(Activity&)> spoil;
  };
  for (const Case& c : std::vector<Case>{
           {"EI-2", "name the employer", [](Activity& a) { a.practitioner.reset(); }},
           {"EI-2", "name the employer", [](Activity& a) { a.practitioner = Practitioner{}; }},
           {"EI-3", "enter the sectors", [](Activity& a) { a.practitioner->sectors.clear(); }},
           {"EI-13", "enter the day", [](Activity& a) { a.day.reset(); }},
           {"EI-5", "wait", [](Activity& a) { a.day = kFrame.today + 1; }},
           {"EI-2", "framework", [](Activity& a) { a.framework.clear(); }}}) {
    for (const auto& [participation, mode] : {std::pair{Participation::kCompleted, Mode::kInPerson},
                                              {Participation::kContingency, Mode::kRecorded}}) {
      Activity activity = Live(kExpertWitness, {{"e1", participation, "was ill"}});
      activity.mode = mode;
      c.spoil(activity);
      const InvolvementCheck check = CheckInvolvement(Of({activity}), kFrame);
      EXPECT_EQ(check.not_met, 1) << c.repair;
      EXPECT_EQ(check.learners[0].rule, c.rule) << c.repair;
      EXPECT_THAT(check.learners[0].repair, HasSubstr(c.repair));
      EXPECT_FALSE(check.learners[0].credits[0].counts);
      EXPECT_FALSE(check.learners[0].credits[0].referable);
      ASSERT_FALSE(check.findings.empty()) << c.repair;
      EXPECT_EQ(check.findings[0].rule, c.rule);
      EXPECT_FALSE(ActivitiesThatCount(Of({activity}), check)[0]) << c.repair;
    }
  }
}

// EI-10: nobody need be found, and no day need be fixed, for what is only planned.
TEST(CheckInvolvementTest, APlanMayLeaveOpenWhoComesAndWhen) {
  Activity open = Live(kWorkPlacement, {{"e1", Participation::kPlanned}});
  open.practitioner.reset();
  open.day.reset();
  const InvolvementCheck check = CheckInvolvement(Of({open}), kFrame);
  EXPECT_THAT(check.findings, IsEmpty());
  EXPECT_EQ(check.learners[0].prospect, Involvement::kMet);
  open = Live(kWorkPlacement, {{"e1", Participation::kPlanned}});
  open.practitioner->sectors = {"06"};
  EXPECT_EQ(CheckInvolvement(Of({open}), kFrame).learners[0].prospect, Involvement::kNotMet);
}

// EI-3
TEST(CheckInvolvementTest, OfAQualificationWithoutSectorsNoEmployerPassesInSilence) {
  InvolvementFrame frame = kFrame;
  frame.sectors.clear();
  const InvolvementCheck check =
      CheckInvolvement(Of({Live(kWorkPlacement), Live(kSetTask)}), frame);
  EXPECT_EQ(check.not_met, 1);
  ASSERT_EQ(check.findings.size(), 1u) << "told once";
  EXPECT_EQ(check.findings[0].kind, "QUALIFICATION_SECTOR_UNKNOWN");
  EXPECT_EQ(check.findings[0].rule, "EI-3");
  EXPECT_THAT(check.learners[0].repair, HasSubstr("awarding body"));
}

// EI-7, EI-8: an officer can let an explained recording count, and no other.
TEST(CheckInvolvementTest, OnlyWhatCanCountNeedsEvidence) {
  const Planner planner = Of({Recorded(kSetTask, Participation::kContingency, "was ill"),
                              Recorded(kSetTask, Participation::kContingency, ""),
                              Recorded(kSetTask, Participation::kCompleted, ""),
                              Live(kSetTask, {{"e1", Participation::kAbsent}}), Live(kSetTask)});
  EXPECT_THAT(ActivitiesThatCount(planner, CheckInvolvement(planner, kFrame)),
              ElementsAre(true, false, false, false, true));
}

// EI-15
TEST(CheckInvolvementTest, PutsThoseWhoLackSomethingFirst) {
  Planner planner;
  for (const char* e : {"e1", "e2", "e3", "e4"}) planner.learners.push_back({e, e});
  planner.activities = {Live(kSetTask, {{"e1", Participation::kCompleted},
                                        {"e3", Participation::kContingency, "was ill"},
                                        {"e4", Participation::kPlanned}})};
  const InvolvementCheck check = CheckInvolvement(planner, kFrame);
  std::vector<int> order;
  for (const LearnerCheck& learner : check.learners) order.push_back(learner.learner);
  EXPECT_THAT(order, ElementsAre(1, 3, 2, 0));
  EXPECT_EQ(check.met, 1);
  EXPECT_EQ(check.referred, 1);
  EXPECT_EQ(check.not_met, 2);
  EXPECT_EQ(check.learners[1].prospect, Involvement::kMet);
  EXPECT_THAT(check.learners[1].repair, HasSubstr("what is planned"));
}

// EI-10
TEST(CheckPlanTest, ReachesEveryLearnerAndSaysWherePractitionersComeFrom) {
  const Attendance planned{"e1", Participation::kPlanned};
  Planner planner = Of({Live(kCoDelivery, {planned}), Live(kCoDelivery, {planned})});
  EXPECT_TRUE(CheckPlan(planner, kFrame).complete);

  planner.learners.push_back({"e2", "Second"});
  const PlanCheck unreached = CheckPlan(planner, kFrame);
  EXPECT_FALSE(unreached.complete);
  EXPECT_THAT(unreached.unreached, ElementsAre(1));

  planner = Of({Live(kSetTask, {planned})});
  planner.activities[0].practitioner.reset();
  planner.activities[0].contingency.clear();
  const PlanCheck vague = CheckPlan(planner, kFrame);
  ASSERT_EQ(vague.findings.size(), 2u);
  EXPECT_EQ(vague.findings[0].kind, "PRACTITIONER_SOURCE_MISSING");
  EXPECT_EQ(vague.findings[1].kind, "CONTINGENCY_MISSING");
  planner.activities[0].source = "The local builders' federation";
  EXPECT_EQ(CheckPlan(planner, kFrame).findings.size(), 1u);

  EXPECT_EQ(CheckPlan({}, kFrame).findings[0].kind, "LEARNERS_MISSING");
}

// EI-11: who finds a plan good that has open points is told which.
TEST(CheckPlanTest, NamesInAFewWordsWhatIsStillOpen) {
  Planner planner = Of({Live(kSetTask, {{"e1", Participation::kPlanned}})});
  EXPECT_EQ(OpenPointsOf(CheckPlan(planner, kFrame)), "");
  for (int i = 0; i < 5; ++i) {
    planner.activities.push_back(Live(kSetTask, {}));
    planner.activities.back().contingency.clear();
  }
  planner.learners.push_back({"e2", "Second"});
  EXPECT_EQ(OpenPointsOf(CheckPlan(planner, kFrame)),
            "activities[1].contingency: CONTINGENCY_MISSING (EI-7); "
            "activities[2].contingency: CONTINGENCY_MISSING (EI-7); "
            "activities[3].contingency: CONTINGENCY_MISSING (EI-7); 2 more findings; "
            "1 learners whom no plan reaches (EI-10)");
}

}  // namespace
}  // namespace assay::approval
