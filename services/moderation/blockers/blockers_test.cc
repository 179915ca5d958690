#include "services/moderation/blockers/blockers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace assay::moderation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'777'626'000);

SubmissionFacts Facts(State state) {
  SubmissionFacts facts{.name = {"summer", "essay", "urn-1"}, .centre = "centres/urn-1"};
  facts.state = state;
  facts.counts = {.candidates = 30, .marked = 30};
  facts.dates[Term::kMarksDue] = kNow - absl::Hours(24);
  facts.dates[Term::kSamplesDue] = kNow;
  facts.dates[Term::kModerationDue] = kNow + absl::Hours(24);
  facts.dates[Term::kRelease] = kNow + absl::Hours(72);
  return facts;
}

std::vector<std::string> Names(const std::vector<Blocker>& blockers) {
  std::vector<std::string> names;
  for (const Blocker& blocker : blockers) names.emplace_back(NameOf(blocker.kind));
  return names;
}

struct Case {
  const char* what;
  State state;
  std::function<void(SubmissionFacts&)> change;
  std::vector<std::string> kinds;
  Party party;  // Of the last of them, as the rest.
  const char* rule;
};

class BlockersTest : public ::testing::TestWithParam<Case> {};

TEST_P(BlockersTest, SaysWhatIsMissingAndWhoMustAct) {
  const Case& c = GetParam();
  SubmissionFacts facts = Facts(c.state);
  c.change(facts);
  const std::vector<Blocker> blockers = BlockersOf(facts, kNow);
  EXPECT_EQ(Names(blockers), c.kinds);
  for (const Blocker& blocker : blockers) {
    EXPECT_FALSE(blocker.message.empty());
    EXPECT_FALSE(blocker.action.empty());
    EXPECT_FALSE(blocker.where.empty());
    EXPECT_FALSE(blocker.rules.empty());
  }
  if (blockers.empty()) return;
  EXPECT_EQ(blockers.back().party, c.party);
  EXPECT_THAT(blockers.back().rules, ::testing::Contains(c.rule));
}

AskedFact Fails(BlockerKind kind) {
  AskedFact fact;
  fact.kind = kind;
  fact.answer = AskedFact::Answer::kFails;
  fact.why = "because";
  return fact;
}

// QUAL-9, EI-14: a declared planner that waits for an officer is not the centre's to mend.
TEST(AskedFactTest, WhoWasAskedSaysWhoMustActAndByWhen) {
  struct Expected {
    AskedFact::Who who;
    Party party;
    std::string party_name, method;
  };
  for (const Expected& e : std::vector<Expected>{
           {AskedFact::Who::kUnsaid, Party::kCentreHead, "centres/urn-1",
            "PlannerService/DeclareInvolvement"},
           {AskedFact::Who::kCentre, Party::kCentreHead, "centres/urn-1",
            "PlannerService/DeclareInvolvement"},
           {AskedFact::Who::kQuality, Party::kQuality, "", "PlannerService/ConcludeInvolvement"},
           {AskedFact::Who::kNobody, Party::kQuality, "", ""}}) {
    SubmissionFacts facts = Facts(State::kReleased);
    facts.asked = {Fails(BlockerKind::kInvolvementNotMet)};
    facts.asked[0].who = e.who;
    std::vector<Blocker> blockers = BlockersOf(facts, kNow);
    ASSERT_EQ(blockers.size(), 1u);
    EXPECT_EQ(blockers[0].party, e.party);
    EXPECT_EQ(blockers[0].party_name, e.party_name);
    EXPECT_EQ(blockers[0].method, e.method);
    EXPECT_EQ(blockers[0].due, facts.dates[Term::kRelease]) << "nobody gave a day";
    facts.asked[0].due = kNow - absl::Seconds(1);
    blockers = BlockersOf(facts, kNow);
    EXPECT_EQ(blockers[0].due, kNow - absl::Seconds(1));
    EXPECT_TRUE(blockers[0].overdue);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Conditions, BlockersTest,
    ::testing::Values(
        Case{"QUAL-9 nothing stands in the way of what is released",
             State::kReleased,
             [](SubmissionFacts&) {},
             {},
             Party::kQuality,
             ""},
        Case{"QUAL-9 approved as a centre on the day",
             State::kReleased,
             [](SubmissionFacts& f) { f.asked = {Fails(BlockerKind::kCentreNotApproved)}; },
             {"CENTRE_NOT_APPROVED"},
             Party::kQuality,
             "QUAL-9"},
        Case{"QUAL-9 approved for the qualification on the day",
             State::kReleased,
             [](SubmissionFacts& f) { f.asked = {Fails(BlockerKind::kQualificationNotApproved)}; },
             {"QUALIFICATION_NOT_APPROVED"},
             Party::kCentreHead,
             "QUAL-9"},
        Case{"QUAL-9 no open sanction",
             State::kReleased,
             [](SubmissionFacts& f) { f.asked = {Fails(BlockerKind::kSanctionOpen)}; },
             {"SANCTION_OPEN"},
             Party::kQuality,
             "QUAL-9"},
        Case{"MOD-1 nobody is recorded",
             State::kOpen,
             [](SubmissionFacts& f) { f.counts = {}; },
             {"NO_CANDIDATES", "NOT_HANDED_IN"},
             Party::kCentreExams,
             "MOD-1"},
        Case{"MOD-16 marks are missing",
             State::kOpen,
             [](SubmissionFacts& f) { f.counts.missing = 2; },
             {"MARKS_MISSING", "NOT_HANDED_IN"},
             Party::kCentreExams,
             "MOD-16"},
        Case{"MOD-16 handed in without a mark",
             State::kSubmitted,
             [](SubmissionFacts& f) { f.counts.missing = 2; },
             {"MARKS_MISSING", "NOT_DRAWN"},
             Party::kQuality,
             "MOD-16"},
        Case{"MOD-16 released without a mark",
             State::kReleased,
             [](SubmissionFacts& f) { f.counts.missing = 2; },
             {"MARKS_MISSING"},
             Party::kCentreExams,
             "MOD-16"},
        Case{"MOD-16 not handed in",
             State::kOpen,
             [](SubmissionFacts&) {},
             {"NOT_HANDED_IN"},
             Party::kCentreExams,
             "MOD-16"},
        Case{"MOD-1 the cohort changed",
             State::kSubmitted,
             [](SubmissionFacts& f) { f.cohort_changed = true; },
             {"COHORT_CHANGED"},
             Party::kQuality,
             "MOD-1"},
        Case{"MOD-1 a new sample mends it",
             State::kSampled,
             [](SubmissionFacts& f) { f.cohort_changed = true; },
             {"NOT_ALLOCATED"},
             Party::kQuality,
             "MOD-7"},
        Case{"MOD-2 not drawn",
             State::kSubmitted,
             [](SubmissionFacts&) {},
             {"NOT_DRAWN"},
             Party::kQuality,
             "MOD-2"},
        Case{"EVD-4 no evidence",
             State::kAllocated,
             [](SubmissionFacts& f) {
               f.asked = {Fails(BlockerKind::kEvidenceMissing)};
               f.outstanding = 1;
             },
             {"EVIDENCE_MISSING", "MODERATOR_MARKS_OUTSTANDING"},
             Party::kModerator,
             "MOD-10"},
        Case{"EVD-4 no evidence of some",
             State::kSampled,
             [](SubmissionFacts& f) { f.without_evidence = {"7"}; },
             {"EVIDENCE_MISSING", "NOT_ALLOCATED"},
             Party::kQuality,
             "MOD-7"},
        Case{"MOD-7 not allocated",
             State::kSampled,
             [](SubmissionFacts&) {},
             {"NOT_ALLOCATED"},
             Party::kQuality,
             "MOD-7"},
        Case{"MOD-10 the moderator's marks",
             State::kAllocated,
             [](SubmissionFacts& f) { f.outstanding = 3; },
             {"MODERATOR_MARKS_OUTSTANDING"},
             Party::kModerator,
             "MOD-10"},
        Case{"MOD-10 not judged",
             State::kAllocated,
             [](SubmissionFacts&) {},
             {"NOT_JUDGED"},
             Party::kModerator,
             "QUAL-9"},
        Case{"MOD-12 not released",
             State::kJudged,
             [](SubmissionFacts&) {},
             {"NOT_RELEASED"},
             Party::kQuality,
             "MOD-12"},
        Case{"MOD-13 a review is open",
             State::kReleased,
             [](SubmissionFacts& f) { f.review = OpenReview{"reviews/1"}; },
             {"REVIEW_OPEN"},
             Party::kLeadModerator,
             "MOD-13"},
        Case{"MOD-13 an appeal is open",
             State::kReleased,
             [](SubmissionFacts& f) {
               f.review = OpenReview{"appeals/1", {}, true};
             },
             {"REVIEW_OPEN"},
             Party::kQuality,
             "MOD-13"}),
    [](const auto& info) {
      std::string name = info.param.what;
      std::replace_if(
          name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
      return name;
    });

TEST(BlockersOfTest, SaysByWhenAndWhetherThatIsPast) {
  SubmissionFacts facts = Facts(State::kOpen);
  EXPECT_TRUE(BlockersOf(facts, kNow)[0].overdue);
  EXPECT_EQ(BlockersOf(facts, kNow)[0].due, facts.dates[Term::kMarksDue]);
  facts.state = State::kSubmitted;
  // Due this instant is not late.
  EXPECT_FALSE(BlockersOf(facts, kNow)[0].overdue);
  EXPECT_TRUE(BlockersOf(facts, kNow + absl::Seconds(1))[0].overdue);
  facts.dates[Term::kSamplesDue].reset();
  EXPECT_FALSE(BlockersOf(facts, kNow)[0].due.has_value());
  // Without a date for the results the day that learners get them counts.
  facts.state = State::kJudged;
  EXPECT_EQ(BlockersOf(facts, kNow)[0].due, facts.dates[Term::kRelease]);
}

TEST(BlockersOfTest, NamesWhoMustActAndWhere) {
  SubmissionFacts facts = Facts(State::kAllocated);
  facts.moderator = "01m";
  facts.outstanding = 1;
  facts.asked = {Fails(BlockerKind::kSanctionOpen), Fails(BlockerKind::kEvidenceMissing)};
  const std::vector<Blocker> blockers = BlockersOf(facts, kNow);
  EXPECT_THAT(Names(blockers),
              ElementsAre("SANCTION_OPEN", "EVIDENCE_MISSING", "MODERATOR_MARKS_OUTSTANDING"));
  EXPECT_EQ(blockers[0].where, "centres/urn-1");
  EXPECT_EQ(blockers[1].party_name, "centres/urn-1");
  EXPECT_EQ(blockers[1].where, "series/summer/components/essay/submissions/urn-1");
  EXPECT_EQ(blockers[2].party_name, "moderators/01m");
  EXPECT_EQ(blockers[2].count, 1);
  EXPECT_EQ(blockers[2].message, "1 mark of the moderator is outstanding.");
}

TEST(BlockersOfTest, WhatCouldNotBeAskedIsToldAndNotTakenForAnAnswer) {
  SubmissionFacts facts = Facts(State::kReleased);
  facts.asked = {{BlockerKind::kCentreNotApproved, AskedFact::Answer::kHolds, ""},
                 {BlockerKind::kSanctionOpen, AskedFact::Answer::kCouldNotBeAsked,
                  "approval does not answer"}};
  const std::vector<Blocker> blockers = BlockersOf(facts, kNow);
  EXPECT_THAT(Names(blockers), ElementsAre("SANCTION_OPEN"));
  EXPECT_TRUE(blockers[0].unknown);
  EXPECT_THAT(blockers[0].message, HasSubstr("approval does not answer"));
}

TEST(BlockersOfTest, ALearnerIsBlockedByTheirOwnMarkAndNotByTheNeighbours) {
  SubmissionFacts facts = Facts(State::kReleased);
  facts.counts.missing = 1;
  facts.learner = LearnerFacts{.candidate = "7"};
  EXPECT_THAT(BlockersOf(facts, kNow), IsEmpty());
  facts.learner->mark_missing = true;
  ASSERT_THAT(Names(BlockersOf(facts, kNow)), ElementsAre("MARKS_MISSING"));
  EXPECT_THAT(BlockersOf(facts, kNow)[0].candidates, ElementsAre("7"));
  EXPECT_THAT(BlockersOf(facts, kNow)[0].message, HasSubstr("Candidate 7 has no mark"));
  facts.learner = LearnerFacts{.candidate = "7", .absent = true};
  EXPECT_THAT(Names(BlockersOf(facts, kNow)), ElementsAre("LEARNER_ABSENT"));
}

TEST(BlockersOfTest, ASubmissionThatHasEndedBlocksItsLearnersAndWaitsForNothing) {
  SubmissionFacts facts = Facts(State::kVoided);
  facts.counts.missing = 3;
  EXPECT_THAT(BlockersOf(facts, kNow), IsEmpty());
  facts.learner = LearnerFacts{.candidate = "7", .mark_missing = true};
  ASSERT_THAT(Names(BlockersOf(facts, kNow)), ElementsAre("SUBMISSION_ENDED"));
  EXPECT_THAT(BlockersOf(facts, kNow)[0].message, HasSubstr("is void"));
  facts.state = State::kRetracted;
  EXPECT_THAT(BlockersOf(facts, kNow)[0].message, HasSubstr("is withdrawn"));
}

TEST(BlockersOfTest, NobodyWaitsForTheResultOfWhoHasWithdrawn) {
  SubmissionFacts facts = Facts(State::kOpen);
  facts.learner = LearnerFacts{.candidate = "7", .withdrawn = true};
  EXPECT_THAT(BlockersOf(facts, kNow), IsEmpty());
}

TEST(BlockersOfTest, WhoCanStillAddAMarkDependsOnHowFarTheSubmissionIs) {
  SubmissionFacts facts = Facts(State::kOpen);
  facts.counts.missing = 1;
  EXPECT_EQ(BlockersOf(facts, kNow)[0].method, "SubmissionService/RecordMarks");
  facts.state = State::kJudged;
  EXPECT_EQ(BlockersOf(facts, kNow)[0].method, "SubmissionService/CorrectMark");
  EXPECT_EQ(BlockersOf(facts, kNow)[0].party_name, "");
  facts.state = State::kReleased;
  EXPECT_EQ(BlockersOf(facts, kNow)[0].method, "");
}

TEST(ConditionsOfTest, AnAnswerOutweighsASilenceAndEvidenceIsNoConditionOfAnAward) {
  const auto standings = [](const std::vector<Blocker>& blockers, bool with_qualification) {
    std::string text;
    for (const AwardCondition& c : ConditionsOf(blockers, with_qualification)) {
      text += std::string(c.name) + (c.standing == AwardCondition::Standing::kMet     ? "+ "
                                     : c.standing == AwardCondition::Standing::kUnmet ? "- "
                                                                                      : "? ");
    }
    return text;
  };
  EXPECT_EQ(standings({}, false), "MODERATION_FINAL+ CENTRE_APPROVED+ NO_SANCTION+ ");
  EXPECT_EQ(standings({}, true),
            "MODERATION_FINAL+ CENTRE_APPROVED+ NO_SANCTION+ QUALIFICATION_APPROVED+ ");
  EXPECT_EQ(standings({{.kind = BlockerKind::kMarksMissing},
                       {.kind = BlockerKind::kSanctionOpen, .unknown = true},
                       {.kind = BlockerKind::kCentreNotApproved},
                       {.kind = BlockerKind::kCentreNotApproved, .unknown = true},
                       {.kind = BlockerKind::kQualificationNotApproved}},
                      true),
            "MODERATION_FINAL- CENTRE_APPROVED- NO_SANCTION? QUALIFICATION_APPROVED- ");
  EXPECT_EQ(standings({{.kind = BlockerKind::kEvidenceMissing}}, false),
            "MODERATION_FINAL+ CENTRE_APPROVED+ NO_SANCTION+ ");
  // What approval says of the learner is a condition of its own where it is not met.
  EXPECT_EQ(standings({{.kind = BlockerKind::kInvolvementNotMet},
                       {.kind = BlockerKind::kCombinationNotAchieved, .unknown = true}},
                      false),
            "MODERATION_FINAL+ CENTRE_APPROVED+ NO_SANCTION+ INVOLVEMENT_MET- "
            "COMBINATION_ACHIEVED? ");
}

TEST(NotEnteredTest, PointsAtTheComponentAndTheCentre) {
  TermDates dates;
  dates[Term::kMarksDue] = kNow - absl::Seconds(1);
  const Blocker blocker = NotEntered("series/s/components/c", "centres/urn-1", dates, kNow);
  EXPECT_EQ(blocker.where, "series/s/components/c");
  EXPECT_EQ(blocker.party_name, "centres/urn-1");
  EXPECT_THAT(blocker.rules, ElementsAre("QUAL-9", "MOD-16"));
  EXPECT_TRUE(blocker.overdue);
}

TEST(TermDatesTest, EachDateFollowsTheOneBefore) {
  TermDates dates;
  EXPECT_EQ(dates.Disordered(), std::nullopt);
  dates[Term::kMarksDue] = kNow;
  dates[Term::kModerationDue] = kNow;  // The same instant is in order, and gaps are.
  EXPECT_EQ(dates.Disordered(), std::nullopt);
  dates[Term::kRelease] = kNow - absl::Seconds(1);
  EXPECT_EQ(dates.Disordered(), Term::kRelease);
  dates[Term::kMarksDue] = kNow + absl::Seconds(1);
  EXPECT_EQ(dates.Disordered(), Term::kModerationDue);
}

}  // namespace
}  // namespace assay::moderation
