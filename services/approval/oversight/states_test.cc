#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "services/approval/oversight/action.h"
#include "services/approval/oversight/site.h"

namespace assay::approval {
namespace {

// EI-11: every pair of state and step, so that a new edge must be stated here.
TEST(ActionStatesTest, AllowWhatTheRulesNameAndNothingElse) {
  using enum ActionState;
  using enum ActionStep;
  const std::set<std::pair<ActionState, ActionStep>> legal = {
      {kOpen, kAnswer},     {kOpen, kExtend},     {kOpen, kCancel},     {kAnswered, kAnswer},
      {kAnswered, kAccept}, {kAnswered, kReject}, {kAnswered, kCancel}, {kReturned, kAnswer},
      {kReturned, kExtend}, {kReturned, kCancel}};
  for (int s = 0; s < kActionStates; ++s) {
    for (int p = 0; p < kActionSteps; ++p) {
      const auto state = static_cast<ActionState>(s);
      const auto step = static_cast<ActionStep>(p);
      EXPECT_EQ(FindActionEdge(state, step) != nullptr, legal.contains({state, step}))
          << NameOf(state) << ", " << NameOf(step);
    }
  }
  EXPECT_EQ(FindActionEdge(kAnswered, kReject)->to, kReturned);
  EXPECT_EQ(FindActionEdge(kReturned, kExtend)->to, kReturned);
}

TEST(ActionStatesTest, SayWhoseTurnItIs) {
  EXPECT_EQ(PartyOf(ActionState::kOpen), "centre");
  EXPECT_EQ(PartyOf(ActionState::kReturned), "centre");
  EXPECT_EQ(PartyOf(ActionState::kAnswered), "quality");
  EXPECT_EQ(PartyOf(ActionState::kAccepted), "");
  EXPECT_EQ((SourcesOf<ActionState, ActionStep>(ActionEdges(), ActionStep::kExtend)),
            "open or returned");
}

TEST(SiteStatesTest, AllowWhatIsStatedAndNothingElse) {
  using enum SiteState;
  using enum SiteStep;
  const std::set<std::pair<SiteState, SiteStep>> legal = {
      {kProposed, kEdit},   {kProposed, kMove}, {kProposed, kApprove}, {kProposed, kRefuse},
      {kProposed, kDelete}, {kApproved, kEdit}, {kApproved, kMove},    {kApproved, kClose},
      {kRefused, kEdit},    {kRefused, kMove},  {kRefused, kDelete}};
  for (int s = 0; s < kSiteStates; ++s) {
    for (int p = 0; p < kSiteSteps; ++p) {
      const auto state = static_cast<SiteState>(s);
      const auto step = static_cast<SiteStep>(p);
      EXPECT_EQ(FindSiteEdge(state, step) != nullptr, legal.contains({state, step}))
          << NameOf(state) << ", " << NameOf(step);
    }
  }
  // Another place is looked at anew.
  EXPECT_EQ(FindSiteEdge(kApproved, kMove)->to, kProposed);
  EXPECT_EQ(FindSiteEdge(kApproved, kEdit)->to, kApproved);
}

TEST(SiteStatesTest, ASiteIsOpenFromItsFirstDayUntilTheDayItCloses) {
  const absl::CivilDay open(2026, 9, 1), close(2027, 7, 1);
  EXPECT_FALSE(SiteOpenOn(SiteState::kApproved, open, std::nullopt, open - 1));
  EXPECT_TRUE(SiteOpenOn(SiteState::kApproved, open, std::nullopt, open));
  EXPECT_TRUE(SiteOpenOn(SiteState::kClosed, open, close, close - 1));
  EXPECT_FALSE(SiteOpenOn(SiteState::kClosed, open, close, close));
  EXPECT_FALSE(SiteOpenOn(SiteState::kProposed, open, std::nullopt, open));
  EXPECT_FALSE(SiteOpenOn(SiteState::kApproved, std::nullopt, std::nullopt, open));
}

}  // namespace
}  // namespace assay::approval
