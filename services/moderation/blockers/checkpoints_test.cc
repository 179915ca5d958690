#include "services/moderation/blockers/checkpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/civil_time.h"

namespace assay::moderation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::Time At(int month, int day, int hour = 0) {
  return absl::FromCivil(absl::CivilHour(2026, month, day, hour), absl::UTCTimeZone());
}

CheckpointRule Rule() { return {.checks = {{Term::kMarksDue, {28, 7, 1, 0, -1}}}}; }

TermDates MarksDue(absl::Time time) {
  TermDates dates;
  dates[Term::kMarksDue] = time;
  return dates;
}

std::vector<std::string> Ids(const std::vector<Checkpoint>& checkpoints) {
  std::vector<std::string> ids;
  for (const Checkpoint& checkpoint : checkpoints) ids.push_back(checkpoint.Id());
  return ids;
}

TEST(PlanOfTest, ChecksAtMidnightSoManyDaysBeforeAndAfterTheDate) {
  const auto plan = PlanOf(MarksDue(At(5, 29, 12)), Rule());
  EXPECT_THAT(Ids(plan), ElementsAre("marks-due-28-days-ahead", "marks-due-7-days-ahead",
                                     "marks-due-1-day-ahead", "marks-due-on-the-day",
                                     "marks-due-1-day-overdue"));
  EXPECT_EQ(plan[0].at, At(5, 1));
  EXPECT_EQ(plan[1].at, At(5, 22));
  EXPECT_EQ(plan[3].at, At(5, 29));  // Before the hour itself: there is still time to act.
  EXPECT_EQ(plan[4].at, At(5, 30));
}

TEST(PlanOfTest, DatesThatAreNotSetHaveNoChecks) {
  EXPECT_THAT(PlanOf(TermDates(), Rule()), IsEmpty());
}

TEST(DueAtTest, TheLatestOfADateCountsAndOneThatNobodyRanIsPast) {
  const auto plan = PlanOf(MarksDue(At(5, 29, 12)), Rule());
  EXPECT_THAT(DueAt(plan, At(4, 30, 23)), IsEmpty());
  EXPECT_THAT(Ids(DueAt(plan, At(5, 1))), ElementsAre("marks-due-28-days-ahead"));
  EXPECT_THAT(Ids(DueAt(plan, At(5, 21, 23))), ElementsAre("marks-due-28-days-ahead"));
  EXPECT_THAT(Ids(DueAt(plan, At(5, 28, 9))), ElementsAre("marks-due-1-day-ahead"));
  EXPECT_THAT(Ids(DueAt(plan, At(5, 30))), ElementsAre("marks-due-1-day-overdue"));
}

TEST(DueAtTest, ASeriesOfTheYearBeforeWakesNobody) {
  const auto plan = PlanOf(MarksDue(At(5, 29, 12)), Rule());
  EXPECT_THAT(Ids(DueAt(plan, At(6, 12, 23))), ElementsAre("marks-due-1-day-overdue"));
  EXPECT_THAT(DueAt(plan, At(6, 13)), IsEmpty());
}

TEST(NextAfterTest, SaysWhenToLookAgain) {
  const auto plan = PlanOf(MarksDue(At(5, 29, 12)), Rule());
  EXPECT_EQ(NextAfter(plan, At(4, 1)), At(5, 1));
  EXPECT_EQ(NextAfter(plan, At(5, 1)), At(5, 22));
  EXPECT_EQ(NextAfter(plan, At(5, 30)), std::nullopt);
}

TEST(ContradictionsTest, EveryContradictionOfACheckpointPolicyIsNamed) {
  EXPECT_THAT(Contradictions(Rule()), IsEmpty());
  const CheckpointRule bad{.checks = {{Term::kMarksDue, {1, 7}},
                                      {Term::kMarksDue, {}},
                                      {Term::kRelease, {367}},
                                      {Term::kResultsDue, std::vector<int>(21, 3)}}};
  const std::vector<std::string> problems = Contradictions(bad);
  EXPECT_THAT(problems, ::testing::Contains(HasSubstr("marks due has 7 days after 1")));
  EXPECT_THAT(problems, ::testing::Contains("marks due is there twice"));
  EXPECT_THAT(problems, ::testing::Contains("marks due has no days"));
  EXPECT_THAT(problems, ::testing::Contains(HasSubstr("367 days")));
  EXPECT_THAT(problems, ::testing::Contains(HasSubstr("results due has more than 20 days")));
}

struct WantCase {
  Term term;
  State state;
  std::int64_t missing;
  std::int64_t outstanding;
  const char* says;  // Null: nothing is wanted.
  Party party;
};

TEST(WantOfTest, ADateWantsWhatIsDueByItAndNoMoreMOD16) {
  const WantCase cases[] = {
      {Term::kMarksDue, State::kOpen, 2, 0, "2 candidates have no mark. The centre has not",
       Party::kCentreExams},
      {Term::kMarksDue, State::kOpen, 0, 0, "has not handed its marks in", Party::kCentreExams},
      {Term::kMarksDue, State::kSubmitted, 2, 0, nullptr, {}},
      {Term::kSamplesDue, State::kOpen, 0, 0, nullptr, {}},
      {Term::kSamplesDue, State::kSubmitted, 2, 0, "No sample is drawn.", Party::kQuality},
      {Term::kSamplesDue, State::kSampled, 0, 0, "No moderator has", Party::kQuality},
      {Term::kSamplesDue, State::kAllocated, 0, 9, nullptr, {}},
      {Term::kModerationDue, State::kSampled, 0, 0, nullptr, {}},
      {Term::kModerationDue, State::kAllocated, 0, 9, "9 marks of the moderator",
       Party::kModerator},
      {Term::kModerationDue, State::kAllocated, 0, 0, "not judged", Party::kModerator},
      {Term::kResultsDue, State::kOpen, 1, 0, "has no mark", Party::kCentreExams},
      {Term::kResultsDue, State::kJudged, 1, 0, "not released", Party::kQuality},
      {Term::kResultsDue, State::kReleased, 1, 0, nullptr, {}},
      {Term::kRelease, State::kReleased, 1, 0, "there is no result", Party::kCentreExams},
      {Term::kRelease, State::kReleased, 0, 0, nullptr, {}},
  };
  for (const WantCase& c : cases) {
    SubmissionFacts facts;
    facts.state = c.state;
    facts.counts = {.candidates = 30, .marked = 30 - c.missing, .missing = c.missing};
    facts.outstanding = c.outstanding;
    const std::optional<Want> want = WantOf(c.term, facts);
    const std::string what(std::string(NameOf(c.term)) + ", " + std::string(NameOf(c.state)));
    ASSERT_EQ(want.has_value(), c.says != nullptr) << what;
    if (c.says == nullptr) continue;
    EXPECT_THAT(want->message, HasSubstr(c.says)) << what;
    EXPECT_EQ(want->party, c.party) << what;
  }
}

}  // namespace
}  // namespace assay::moderation
