// Improvement actions: what a centre is to do by a day, its answer, and what an officer says of it
// (EI-11, EI-14).
#pragma once
#include <span>
#include <string_view>

#include "services/approval/oversight/edges.h"

namespace assay::approval {

enum class ActionState { kOpen, kAnswered, kReturned, kAccepted, kCancelled };
inline constexpr int kActionStates = 5;
std::string_view NameOf(ActionState state);  // "open"

enum class ActionStep { kAnswer, kAccept, kReject, kExtend, kCancel };
inline constexpr int kActionSteps = 5;
std::string_view NameOf(ActionStep step);  // "answer"

using ActionEdge = StepEdge<ActionState, ActionStep>;
std::span<const ActionEdge> ActionEdges();
// Null if the step is not legal from there.
const ActionEdge* FindActionEdge(ActionState from, ActionStep step);

// Whose turn it is: "centre", "quality", or "" when nothing is left to do.
std::string_view PartyOf(ActionState state);

}  // namespace assay::approval
