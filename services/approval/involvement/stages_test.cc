#include "services/approval/involvement/stages.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

namespace assay::approval {
namespace {

using enum PlannerState;
using enum PlannerStep;

// EI-9, EI-11 to EI-14: every pair of state and step, so that a new edge must be stated here.
TEST(PlannerStagesTest, AllowWhatTheRulesNameAndNothingElse) {
  const std::set<std::pair<PlannerState, PlannerStep>> legal = {
      {kDraft, kEdit},
      {kDraft, kSubmit},
      {kDraft, kFindNotCompleted},
      {kSubmitted, kFindMeeting},
      {kSubmitted, kFindWanting},
      {kSubmitted, kFindNotCompleted},
      {kNeedsDevelopment, kEdit},
      {kNeedsDevelopment, kSubmit},
      {kNeedsDevelopment, kRemove},
      {kNeedsDevelopment, kFindNotCompleted},
      {kNotCompleted, kEdit},
      {kNotCompleted, kSubmit},
      {kNotCompleted, kRemove},
      {kNotCompleted, kFindNotCompleted},
      {kMeets, kEdit},
      {kMeets, kWaive},
      {kMeets, kDeclare},
      {kDeclared, kAccept},
      {kDeclared, kReturn},
      {kDeclared, kFail},
      {kReturned, kEdit},
      {kReturned, kWaive},
      {kReturned, kDeclare},
      {kReturned, kFail},
      {kMeets, kReturn},
      {kDraft, kCarryOver},
      {kSubmitted, kCarryOver},
      {kNeedsDevelopment, kCarryOver},
      {kNotCompleted, kCarryOver},
      {kFailed, kDecide}};
  for (int s = 0; s < kPlannerStates; ++s) {
    for (int p = 0; p < kPlannerSteps; ++p) {
      const auto state = static_cast<PlannerState>(s);
      const auto step = static_cast<PlannerStep>(p);
      EXPECT_EQ(FindPlannerEdge(state, step) != nullptr, legal.contains({state, step}))
          << NameOf(state) << ", " << NameOf(step);
    }
  }
}

// EI-14: of a failed component single learners can still be decided; it stays failed.
TEST(PlannerStagesTest, NothingFollowsAnEnd) {
  for (const PlannerEdge& edge : PlannerEdges()) {
    EXPECT_NE(edge.from, kAccepted);
    if (edge.from == kFailed) EXPECT_EQ(edge.to, kFailed);
    EXPECT_NE(edge.from, kRemoved);
  }
}

// EI-11
TEST(PlannerStagesTest, RemovalNeedsASecondChanceThatFailed) {
  EXPECT_FALSE(LastResortReached({.adverse_judgements = 0, .deadline_passed = true}));
  EXPECT_FALSE(LastResortReached({.adverse_judgements = 1, .deadline_passed = true}));
  EXPECT_TRUE(LastResortReached({.adverse_judgements = 2}));
}

// EI-11
TEST(PlannerStagesTest, WhatWasFoundWantingHasUntilItsDeadline) {
  EXPECT_TRUE(MayFindNotCompleted(kDraft, {}));
  EXPECT_TRUE(MayFindNotCompleted(kSubmitted, {}));
  EXPECT_FALSE(MayFindNotCompleted(kNeedsDevelopment, {.adverse_judgements = 1}));
  EXPECT_TRUE(
      MayFindNotCompleted(kNeedsDevelopment, {.adverse_judgements = 1, .deadline_passed = true}));
}

// EI-13, EI-14
TEST(PlannerStagesTest, WhatIsNotDeclaredIsReturnedOnlyAfterItsDeadline) {
  EXPECT_TRUE(MayReturn(kDeclared, {}));
  EXPECT_FALSE(MayReturn(kMeets, {}));
  EXPECT_TRUE(MayReturn(kMeets, {.deadline_passed = true}));
}

TEST(PlannerStagesTest, EveryStepHasARule) {
  for (int p = 0; p < kPlannerSteps; ++p) {
    EXPECT_TRUE(RuleOf(static_cast<PlannerStep>(p)).starts_with("EI-"));
  }
  EXPECT_EQ(RuleOf(kEdit), "EI-12");
  EXPECT_EQ(RuleOf(kDeclare), "EI-13");
  EXPECT_EQ(RuleOf(kFail), "EI-14");
}

// EI-14
TEST(PlannerStagesTest, ADeclarationFailsOnlyAfterItWasReturned) {
  EXPECT_FALSE(MayFail(kDeclared, {}));
  EXPECT_FALSE(MayFail(kDeclared, {.deadline_passed = true}));
  EXPECT_TRUE(MayFail(kDeclared, {.returns = 1}));
  EXPECT_FALSE(MayFail(kReturned, {.returns = 1}));
  EXPECT_TRUE(MayFail(kReturned, {.returns = 1, .deadline_passed = true}));
}

}  // namespace
}  // namespace assay::approval
