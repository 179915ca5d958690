// How a planner moves through approval and submission (EI-9, EI-11 to EI-14). What is not in the
// table of edges cannot happen.
#pragma once
#include <span>
#include <string_view>

namespace assay::approval {

enum class PlannerState {
  kDraft,
  kSubmitted,
  kMeets,
  kNeedsDevelopment,
  kNotCompleted,
  kDeclared,
  kReturned,
  kAccepted,
  kFailed,
  kRemoved,
};
inline constexpr int kPlannerStates = 10;
std::string_view NameOf(PlannerState state);  // "needs development"

enum class PlannerStep {
  kEdit,    // Another version of the document (EI-12).
  kSubmit,  // Handed in for judgement.
  kFindMeeting,
  kFindWanting,
  kFindNotCompleted,
  kRemove,  // The qualification approval, as a last resort (EI-11).
  kWaive,   // The deadline (EI-13).
  kDeclare,
  kAccept,
  kReturn,
  kFail,       // The component is failed and the award is blocked (EI-14).
  kCarryOver,  // Meets by an earlier judgement of the approval (EI-9).
  kDecide,     // One learner of a failed component (EI-14).
};
inline constexpr int kPlannerSteps = 13;
std::string_view NameOf(PlannerStep step);  // "hand in"
std::string_view RuleOf(PlannerStep step);  // "EI-11"

struct PlannerEdge {
  PlannerState from;
  PlannerStep step;
  PlannerState to;
};
std::span<const PlannerEdge> PlannerEdges();
// Null if the step is not legal from there.
const PlannerEdge* FindPlannerEdge(PlannerState from, PlannerStep step);

// What has happened to a planner so far.
struct PlannerHistory {
  int adverse_judgements = 0;  // Wanting or not completed.
  int returns = 0;             // Of its declaration.
  // Before it meets: the one that the last judgement set; then that for declaring.
  bool deadline_passed = false;
};

// Whether a planner that was found wanting had its second chance and failed it: only then may
// the approval be removed (EI-11).
bool LastResortReached(const PlannerHistory& history);

// Whether an officer may find not completed what was not handed in: a draft at any time, and one
// that was found wanting once its deadline has passed (EI-11).
bool MayFindNotCompleted(PlannerState state, const PlannerHistory& history);

// Whether an officer may return it to the centre: what was declared at any time, and what was not
// once its deadline has passed (EI-13, EI-14).
bool MayReturn(PlannerState state, const PlannerHistory& history);

// Whether a declaration may be failed: it was returned before, and declared again or left lie
// beyond its deadline (EI-14).
bool MayFail(PlannerState state, const PlannerHistory& history);

}  // namespace assay::approval
