#include "services/moderation/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace assay::moderation {
namespace {

TEST(ParseMarkTest, TakesWholeMarksAndUpToTwoDecimals) {
  EXPECT_EQ(ParseMark("0"), 0);
  EXPECT_EQ(ParseMark("60"), 6000);
  EXPECT_EQ(ParseMark("71.2"), 7120);
  EXPECT_EQ(ParseMark("71.25"), 7125);
  EXPECT_EQ(ParseMark("071.20"), 7120);
}

TEST(ParseMarkTest, RefusesWhatIsNotAPlainDecimal) {
  for (const char* text : {"", "-1", "+1", "1.", ".5", "1.234", "1e2", " 1", "1 ", "1,5", "x",
                           "1.2.3", "1234567890", "nan"}) {
    EXPECT_EQ(ParseMark(text), std::nullopt) << text;
  }
}

TEST(FormatMarkTest, WritesWhatParseMarkReads) {
  for (Mark mark : {0, 5, 10, 100, 7120, 7125, 6000, 10000}) {
    EXPECT_EQ(ParseMark(FormatMark(mark)), mark);
  }
  EXPECT_EQ(FormatMark(7120), "71.2");
  EXPECT_EQ(FormatMark(-50), "-0.5");
}

TEST(FaultOfTest, TellsBelowZeroAboveTheMaximumAndOffTheStepApart) {
  const MarkScale coursework{.maximum = 6000, .step = 50};
  EXPECT_EQ(FaultOf(coursework, 6000), MarkFault::kNone);
  EXPECT_EQ(FaultOf(coursework, 0), MarkFault::kNone);
  EXPECT_EQ(FaultOf(coursework, -50), MarkFault::kNegative);
  EXPECT_EQ(FaultOf(coursework, 6050), MarkFault::kAboveMaximum);
  EXPECT_EQ(FaultOf(coursework, 5925), MarkFault::kOffStep);
}

TEST(CandidateTest, AbsentWithdrawnCarriedForwardAndUnmarkedAreNeverDrawn) {
  Candidate candidate{.number = "1", .mark = 100};
  EXPECT_TRUE(Drawable(candidate));
  for (CandidateFlag flag : {kAbsent, kWithdrawn, kCarriedForward}) {
    candidate.flags = flag;
    EXPECT_FALSE(Drawable(candidate)) << flag;
  }
  EXPECT_TRUE(Drawable({.number = "1", .mark = 0, .flags = kParentalInterest}));
  EXPECT_FALSE(Drawable({.number = "1"}));
  EXPECT_TRUE(MarkMissing({.number = "1"}));
  EXPECT_FALSE(MarkMissing({.number = "1", .flags = kAbsent}));
}

// MOD-1: the table is the requirement; what it does not hold is refused.
TEST(EdgesTest, EveryStateAndStepHasAtMostOneOutcome) {
  std::set<std::pair<State, Step>> seen;
  for (const Edge& edge : Edges()) {
    EXPECT_TRUE(seen.insert({edge.from, edge.step}).second)
        << NameOf(edge.from) << " " << NameOf(edge.step);
    EXPECT_NE(edge.actors, 0u);
  }
}

TEST(EdgesTest, TheStraightRoadLeadsFromOpenToReleased) {
  State state = State::kOpen;
  for (Step step :
       {Step::kRecordMarks, Step::kSubmit, Step::kDraw, Step::kAllocate, Step::kModerate,
        Step::kLookFurther, Step::kModerate, Step::kDecide, Step::kRelease}) {
    const Edge* edge = FindEdge(state, step);
    ASSERT_NE(edge, nullptr) << NameOf(state) << " " << NameOf(step);
    state = edge->to;
  }
  EXPECT_EQ(state, State::kReleased);
}

TEST(EdgesTest, MarksAreRecordedOnlyWhileOpenAndCorrectedByOfficersAfterwards) {
  for (int s = 0; s < kStates; ++s) {
    const auto state = static_cast<State>(s);
    EXPECT_EQ(FindEdge(state, Step::kRecordMarks) != nullptr, state == State::kOpen);
    const Edge* correct = FindEdge(state, Step::kCorrectMark);
    EXPECT_EQ(correct != nullptr, state == State::kSubmitted || state == State::kSampled ||
                                      state == State::kAllocated || state == State::kJudged);
    if (correct != nullptr) {
      EXPECT_EQ(correct->actors, static_cast<std::uint32_t>(kOfficer));
    }
  }
}

// MOD-1: what each state allows and to whom, written down once more beside the table; every
// combination of state, step and actor that is not here is refused.
TEST(EdgesTest, EveryStateStepAndActorIsAsWrittenHere) {
  constexpr std::uint32_t kBoth = kCentre | kOfficer;
  struct Row {
    State from;
    Step step;
    State to;
    std::uint32_t actors;
  };
  using S = State;
  using T = Step;
  const Row legal[] = {
      {S::kOpen, T::kRecordMarks, S::kOpen, kBoth},
      {S::kOpen, T::kDrawNames, S::kOpen, kOfficer},
      {S::kOpen, T::kSubmit, S::kSubmitted, kBoth},
      {S::kOpen, T::kWithdraw, S::kRetracted, kBoth},
      {S::kOpen, T::kVoid, S::kVoided, kOfficer},
      {S::kSubmitted, T::kCorrectMark, S::kSubmitted, kOfficer},
      {S::kSubmitted, T::kDraw, S::kSampled, kOfficer},
      {S::kSubmitted, T::kWithdraw, S::kRetracted, kBoth},
      {S::kSubmitted, T::kReopen, S::kOpen, kOfficer},
      {S::kSubmitted, T::kVoid, S::kVoided, kOfficer},
      {S::kSampled, T::kCorrectMark, S::kSubmitted, kOfficer},
      {S::kSampled, T::kAllocate, S::kAllocated, kOfficer},
      {S::kSampled, T::kReopen, S::kOpen, kOfficer},
      {S::kSampled, T::kVoid, S::kVoided, kOfficer},
      {S::kAllocated, T::kCorrectMark, S::kSubmitted, kOfficer},
      {S::kAllocated, T::kAllocate, S::kAllocated, kOfficer},
      {S::kAllocated, T::kModerate, S::kAllocated, kModerator},
      {S::kAllocated, T::kLookFurther, S::kAllocated, kModerator | kOfficer},
      {S::kAllocated, T::kDecide, S::kJudged, kModerator | kOfficer},
      {S::kAllocated, T::kReopen, S::kOpen, kOfficer},
      {S::kAllocated, T::kVoid, S::kVoided, kOfficer},
      {S::kJudged, T::kCorrectMark, S::kSubmitted, kOfficer},
      {S::kJudged, T::kRelease, S::kReleased, kOfficer},
      {S::kJudged, T::kReopen, S::kOpen, kOfficer},
      {S::kJudged, T::kVoid, S::kVoided, kOfficer},
      {S::kReleased, T::kRevise, S::kReleased, kOfficer},
      {S::kRetracted, T::kReopen, S::kOpen, kOfficer},
  };
  for (int s = 0; s < kStates; ++s) {
    for (int t = 0; t < kSteps; ++t) {
      const auto state = static_cast<State>(s);
      const auto step = static_cast<Step>(t);
      const Row* row = nullptr;
      for (const Row& candidate : legal) {
        if (candidate.from == state && candidate.step == step) row = &candidate;
      }
      const Edge* edge = FindEdge(state, step);
      ASSERT_EQ(edge != nullptr, row != nullptr) << NameOf(state) << " " << NameOf(step);
      if (row == nullptr) continue;
      EXPECT_EQ(edge->to, row->to) << NameOf(state) << " " << NameOf(step);
      for (std::uint32_t actor : {kCentre, kOfficer, kModerator}) {
        EXPECT_EQ((edge->actors & actor) != 0, (row->actors & actor) != 0)
            << NameOf(state) << " " << NameOf(step) << " by " << actor;
      }
    }
  }
}

TEST(EdgesTest, ACorrectionLeadsBackToBeforeTheDraw) {
  for (const Edge& edge : Edges()) {
    if (edge.step == Step::kCorrectMark) {
      EXPECT_EQ(edge.to, State::kSubmitted);
    }
  }
}

TEST(EdgesTest, OnlyModeratorsRecordModeratorMarks) {
  EXPECT_EQ(FindEdge(State::kAllocated, Step::kModerate)->actors,
            static_cast<std::uint32_t>(kModerator));
}

}  // namespace
}  // namespace assay::moderation
