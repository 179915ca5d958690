#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/moderation/review/lock.h"
#include "services/moderation/review/outcome.h"
#include "services/moderation/review/rule.h"
#include "services/moderation/review/steps.h"

namespace assay::moderation {
namespace {

absl::Time At(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

// MOD-13: 35 calendar days. Released on 13 August 2026: the last day is 17 September, in summer
// time, so the window ends at 23:00 UTC.
TEST(WindowTest, CountsCalendarDaysInTheBodysZone) {
  const ReviewRule rule;
  const absl::Time end = WindowEnd(rule, At("2026-08-13T08:00:00Z"), rule.review_days);
  EXPECT_EQ(end, At("2026-09-17T23:00:00Z"));
  EXPECT_EQ(LastDay(rule, end), "2026-09-17");
  // Half past midnight in London is still the day before in UTC, and the day after counts.
  EXPECT_EQ(LastDay(rule, WindowEnd(rule, At("2026-08-12T23:30:00Z"), 35)), "2026-09-17");
  EXPECT_EQ(LastDay(rule, WindowEnd(rule, At("2026-08-12T22:30:00Z"), 35)), "2026-09-16");
}

// The clocks go back on 25 October 2026: a day of 25 hours is one day.
TEST(WindowTest, ADayOfAnotherLengthIsADay) {
  const ReviewRule rule;
  EXPECT_EQ(WindowEnd(rule, At("2026-10-24T12:00:00Z"), 2), At("2026-10-27T00:00:00Z"));
  const ReviewRule utc{.time_zone = "UTC"};
  EXPECT_EQ(WindowEnd(utc, At("2026-08-13T23:59:59Z"), 1), At("2026-08-15T00:00:00Z"));
}

// MOD-13: within 30 calendar days of the outcome, or 15 of receiving reasons.
TEST(WindowTest, AnAppealHasTheLaterOfBothEnds) {
  const ReviewRule rule{.time_zone = "UTC"};
  const absl::Time outcome = At("2026-01-01T10:00:00Z");
  EXPECT_EQ(LastDay(rule, AppealWindowEnd(rule, outcome, absl::InfinitePast())), "2026-01-31");
  EXPECT_EQ(LastDay(rule, AppealWindowEnd(rule, outcome, At("2026-01-05T10:00:00Z"))),
            "2026-01-31");
  EXPECT_EQ(LastDay(rule, AppealWindowEnd(rule, outcome, At("2026-01-30T10:00:00Z"))),
            "2026-02-14");
}

TEST(ReviewRuleTest, EveryContradictionIsNamed) {
  EXPECT_THAT(Contradictions(ReviewRule{}), ::testing::IsEmpty());
  const ReviewRule wrong{.review_days = 0,
                         .appeal_days = 4000,
                         .appeal_days_after_reasons = -1,
                         .time_zone = "Europe/Atlantis",
                         .seniority_above = -1,
                         .panel_min = 0};
  EXPECT_THAT(Contradictions(wrong), ::testing::SizeIs(6));
}

TEST(ReviewStepsTest, EveryStateStepAndActorIsAsWrittenHere) {
  using S = ReviewState;
  using T = ReviewStep;
  struct Row {
    S from;
    T step;
    S to;
    std::uint32_t actors;
  };
  const std::vector<Row> legal = {
      {S::kRequested, T::kAccept, S::kAccepted, kByOfficer},
      {S::kRequested, T::kRefuse, S::kRefused, kByOfficer},
      {S::kRequested, T::kWithdraw, S::kWithdrawn, kByCentre},
      {S::kAccepted, T::kAccept, S::kAccepted, kByOfficer},
      {S::kAccepted, T::kWithdraw, S::kWithdrawn, kByCentre},
      {S::kAccepted, T::kMark, S::kAccepted, kByReviewer},
      {S::kAccepted, T::kJudge, S::kJudged, kByReviewer},
      {S::kJudged, T::kRelease, S::kReleased, kByOfficer},
      {S::kReleased, T::kGiveReasons, S::kReleased, kByOfficer},
  };
  std::size_t found = 0;
  for (int s = 0; s < kReviewStates; ++s) {
    for (int t = 0; t < kReviewSteps; ++t) {
      const ReviewEdge* edge = FindEdge(static_cast<S>(s), static_cast<T>(t));
      if (edge == nullptr) continue;
      ++found;
      bool written = false;
      for (const Row& row : legal) {
        written = written || (row.from == edge->from && row.step == edge->step &&
                              row.to == edge->to && row.actors == edge->actors);
      }
      EXPECT_TRUE(written) << NameOf(static_cast<S>(s)) << " " << NameOf(static_cast<T>(t));
    }
  }
  EXPECT_EQ(found, legal.size());
  EXPECT_EQ(ReviewEdges().size(), legal.size());
}

TEST(AppealStepsTest, EveryStateStepAndActorIsAsWrittenHere) {
  using S = AppealState;
  using T = AppealStep;
  struct Row {
    S from;
    T step;
    S to;
    std::uint32_t actors;
  };
  const std::vector<Row> legal = {
      {S::kLodged, T::kHear, S::kInHearing, kByOfficer},
      {S::kLodged, T::kWithdraw, S::kWithdrawn, kByCentre},
      {S::kInHearing, T::kHear, S::kInHearing, kByOfficer},
      {S::kInHearing, T::kUphold, S::kUpheld, kByPanel},
      {S::kInHearing, T::kTurnDown, S::kNotUpheld, kByPanel},
      {S::kInHearing, T::kWithdraw, S::kWithdrawn, kByCentre},
  };
  std::size_t found = 0;
  for (int s = 0; s < kAppealStates; ++s) {
    for (int t = 0; t < kAppealSteps; ++t) {
      const AppealEdge* edge = FindEdge(static_cast<S>(s), static_cast<T>(t));
      if (edge == nullptr) continue;
      ++found;
      bool written = false;
      for (const Row& row : legal) {
        written = written || (row.from == edge->from && row.step == edge->step &&
                              row.to == edge->to && row.actors == edge->actors);
      }
      EXPECT_TRUE(written) << NameOf(static_cast<S>(s)) << " " << NameOf(static_cast<T>(t));
    }
  }
  EXPECT_EQ(found, legal.size());
  EXPECT_EQ(AppealEdges().size(), legal.size());
}

TEST(LockTermTest, EvidenceIsLockedFromTheDrawThroughTheLastWindow) {
  const absl::Time now = At("2026-09-01T00:00:00Z");
  const absl::Time later = now + absl::Hours(24);
  const absl::Time before = now - absl::Hours(24);
  const LockTerm none;
  const LockTerm held{.locked = true};
  EXPECT_EQ(LockTermOf({.state = State::kOpen}, now), none);
  EXPECT_EQ(LockTermOf({.state = State::kSubmitted}, now), none);
  for (State state : {State::kSampled, State::kAllocated, State::kJudged}) {
    EXPECT_EQ(LockTermOf({.state = state, .sampled = true}, now), held);
  }
  EXPECT_EQ(LockTermOf({.state = State::kVoided}, now), none);
  LockFacts released{.state = State::kReleased, .sampled = true, .window_ends = {before, later}};
  EXPECT_EQ(LockTermOf(released, now), (LockTerm{.locked = true, .until = later}));
  released.open = true;
  EXPECT_EQ(LockTermOf(released, now), held);
  released.open = false;
  EXPECT_EQ(LockTermOf(released, later), none);  // The last moment is not in the window.
}

// Ten candidates whom the centre gave 10 to 55 marks and moderation took six off each.
struct Cohort {
  std::vector<Result> results;
  std::vector<MarkPair> pairs;  // The sample: everybody, and the reviewer's marks.
};
Cohort TenCandidates(Mark reviewer_off) {
  Cohort cohort;
  for (int i = 1; i <= 10; ++i) {
    const std::string number = "c" + std::to_string(i);
    const Mark mark = (5 + 5 * i) * kOneMark;
    cohort.results.push_back({number, mark, mark - 6 * kOneMark, Basis::kAdjusted});
    cohort.pairs.push_back({number, mark, mark - reviewer_off * kOneMark});
  }
  return cohort;
}
const MarkScale kScale{.maximum = 6000};
constexpr Mark kTolerance = 400;

TEST(ReviewModerationTest, MarksOfTheCentreComeBackIfTheReviewerFindsThemInTolerance) {
  Cohort cohort = TenCandidates(1);
  cohort.results.push_back({"gone", std::nullopt, std::nullopt, Basis::kAbsent});
  cohort.results.push_back({"old", 4000, 4000, Basis::kCentre});  // Carried forward.
  const ReviewOutcome outcome = ReviewModeration(ReviewRule{}, kTolerance, AdjustmentRule{}, kScale,
                                                 cohort.pairs, false, cohort.results);
  EXPECT_EQ(outcome.judgement.verdict, Verdict::kCentreMarksStand);
  EXPECT_FALSE(outcome.moderation_stands);
  EXPECT_EQ(outcome.raised, 10);
  for (const Reviewed& result : outcome.results) {
    EXPECT_EQ(result.after.final_mark, result.before.centre_mark);
    if (result.before.basis == Basis::kAdjusted) {
      EXPECT_EQ(result.after.basis, Basis::kCentre);
    }
  }
  EXPECT_EQ(outcome.results[10].after.basis, Basis::kAbsent);
}

TEST(ReviewModerationTest, NobodyLosesAMarkInThatSeries) {
  const Cohort cohort = TenCandidates(9);
  ReviewRule rule;
  ReviewOutcome outcome = ReviewModeration(rule, kTolerance, AdjustmentRule{}, kScale, cohort.pairs,
                                           false, cohort.results);
  EXPECT_EQ(outcome.judgement.verdict, Verdict::kAdjust);
  EXPECT_TRUE(outcome.moderation_stands);
  for (const Reviewed& result : outcome.results) {
    EXPECT_EQ(result.after.final_mark, result.before.final_mark);
  }
  rule.marks_may_fall = true;  // Another body's.
  outcome = ReviewModeration(rule, kTolerance, AdjustmentRule{}, kScale, cohort.pairs, false,
                             cohort.results);
  EXPECT_EQ(outcome.lowered, 10);
  EXPECT_EQ(outcome.results[9].after.final_mark, (55 - 9) * kOneMark);
}

TEST(ReviewModerationTest, AnAdjustmentThatIsLessHarshRaisesEverybody) {
  const Cohort cohort = TenCandidates(5);
  const ReviewOutcome outcome = ReviewModeration(ReviewRule{}, kTolerance, AdjustmentRule{}, kScale,
                                                 cohort.pairs, false, cohort.results);
  EXPECT_EQ(outcome.judgement.verdict, Verdict::kAdjust);
  EXPECT_EQ(outcome.raised, 10);
  EXPECT_EQ(outcome.results[0].after.final_mark, (10 - 5) * kOneMark);
}

TEST(ReviewModerationTest, TheModerationStandsIfTheSampleSupportsNothingElse) {
  Cohort cohort = TenCandidates(0);
  for (std::size_t i = 0; i < cohort.pairs.size(); ++i) {
    cohort.pairs[i].moderator = 6000 - cohort.pairs[i].centre;  // The other way round.
  }
  const ReviewOutcome outcome = ReviewModeration(ReviewRule{}, kTolerance, AdjustmentRule{}, kScale,
                                                 cohort.pairs, false, cohort.results);
  EXPECT_TRUE(outcome.moderation_stands);
  EXPECT_EQ(outcome.judgement.verdict, Verdict::kLookFurther);
}

// All work had been called in: the reviewer has seen everything too.
TEST(ReviewModerationTest, TheReviewersMarksStandWhereAllWorkWasMarked) {
  Cohort cohort = TenCandidates(0);
  for (std::size_t i = 0; i < cohort.pairs.size(); ++i) {
    cohort.results[i].basis = Basis::kModerator;
    cohort.results[i].final_mark = 3000;
    cohort.pairs[i].moderator = 6000 - cohort.pairs[i].centre;
  }
  const ReviewOutcome outcome = ReviewModeration(ReviewRule{}, kTolerance, AdjustmentRule{}, kScale,
                                                 cohort.pairs, true, cohort.results);
  EXPECT_EQ(outcome.judgement.verdict, Verdict::kModeratorMarksStand);
  for (std::size_t i = 0; i < cohort.pairs.size(); ++i) {
    EXPECT_EQ(outcome.results[i].after.final_mark,
              std::max<Mark>(3000, 6000 - cohort.pairs[i].centre));
  }
  EXPECT_EQ(outcome.raised, 4);  // The centre gave 10, 15, 20 and 25; the reviewer 50 to 35.
}

}  // namespace
}  // namespace assay::moderation
