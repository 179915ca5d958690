#include "services/approval/involvement/stages.h"

namespace assay::approval {
namespace {

using enum PlannerState;
using enum PlannerStep;

constexpr std::string_view kStateNames[kPlannerStates] = {
    "draft",    "submitted", "meets",  "needs development", "not completed", "declared", "returned",
    "accepted", "failed",    "removed"};
constexpr std::string_view kStepNames[kPlannerSteps] = {"edit",
                                                        "hand in",
                                                        "find that it meets",
                                                        "find wanting",
                                                        "find not completed",
                                                        "remove",
                                                        "waive deadline",
                                                        "declare",
                                                        "accept",
                                                        "return",
                                                        "fail",
                                                        "meet by an earlier judgement",
                                                        "decide on a learner"};
constexpr std::string_view kStepRules[kPlannerSteps] = {"EI-12", "EI-11", "EI-11", "EI-11", "EI-11",
                                                        "EI-11", "EI-13", "EI-13", "EI-14", "EI-14",
                                                        "EI-14", "EI-9",  "EI-14"};

constexpr PlannerEdge kEdges[] = {
    {kDraft, kEdit, kDraft},
    {kNeedsDevelopment, kEdit, kNeedsDevelopment},
    {kNotCompleted, kEdit, kNotCompleted},
    {kMeets, kEdit, kMeets},
    {kReturned, kEdit, kReturned},
    {kDraft, kSubmit, kSubmitted},
    {kNeedsDevelopment, kSubmit, kSubmitted},
    {kNotCompleted, kSubmit, kSubmitted},
    {kSubmitted, kFindMeeting, kMeets},
    {kSubmitted, kFindWanting, kNeedsDevelopment},
    {kSubmitted, kFindNotCompleted, kNotCompleted},
    {kDraft, kFindNotCompleted, kNotCompleted},
    {kNeedsDevelopment, kFindNotCompleted, kNotCompleted},
    {kNotCompleted, kFindNotCompleted, kNotCompleted},
    {kNeedsDevelopment, kRemove, kRemoved},
    {kNotCompleted, kRemove, kRemoved},
    {kMeets, kWaive, kMeets},
    {kReturned, kWaive, kReturned},
    {kMeets, kDeclare, kDeclared},
    {kReturned, kDeclare, kDeclared},
    {kDeclared, kAccept, kAccepted},
    {kDeclared, kReturn, kReturned},
    {kDeclared, kFail, kFailed},
    {kReturned, kFail, kFailed},
    {kMeets, kReturn, kReturned},
    {kDraft, kCarryOver, kMeets},
    {kSubmitted, kCarryOver, kMeets},
    {kNeedsDevelopment, kCarryOver, kMeets},
    {kNotCompleted, kCarryOver, kMeets},
    {kFailed, kDecide, kFailed},
};

}  // namespace

std::string_view NameOf(PlannerState state) { return kStateNames[static_cast<int>(state)]; }
std::string_view NameOf(PlannerStep step) { return kStepNames[static_cast<int>(step)]; }
std::string_view RuleOf(PlannerStep step) { return kStepRules[static_cast<int>(step)]; }

std::span<const PlannerEdge> PlannerEdges() { return kEdges; }

const PlannerEdge* FindPlannerEdge(PlannerState from, PlannerStep step) {
  for (const PlannerEdge& edge : kEdges) {
    if (edge.from == from && edge.step == step) return &edge;
  }
  return nullptr;
}

bool LastResortReached(const PlannerHistory& history) { return history.adverse_judgements >= 2; }

bool MayFindNotCompleted(PlannerState state, const PlannerHistory& history) {
  return state == kDraft || state == kSubmitted || history.deadline_passed;
}

bool MayReturn(PlannerState state, const PlannerHistory& history) {
  return state == kDeclared || history.deadline_passed;
}

bool MayFail(PlannerState state, const PlannerHistory& history) {
  return history.returns > 0 && (state == kDeclared || history.deadline_passed);
}

}  // namespace assay::approval
