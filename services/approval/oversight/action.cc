#include "services/approval/oversight/action.h"

namespace assay::approval {
namespace {

using enum ActionState;
using enum ActionStep;

constexpr std::string_view kStateNames[kActionStates] = {"open", "answered", "returned", "accepted",
                                                         "cancelled"};
constexpr std::string_view kStepNames[kActionSteps] = {"answer", "accept", "reject", "extend",
                                                       "cancel"};

// An answer may be bettered until an officer has ruled on it.
constexpr ActionEdge kEdges[] = {
    {kOpen, kAnswer, kAnswered},      {kAnswered, kAnswer, kAnswered},
    {kReturned, kAnswer, kAnswered},  {kAnswered, kAccept, kAccepted},
    {kAnswered, kReject, kReturned},  {kOpen, kExtend, kOpen},
    {kReturned, kExtend, kReturned},  {kOpen, kCancel, kCancelled},
    {kAnswered, kCancel, kCancelled}, {kReturned, kCancel, kCancelled},
};

}  // namespace

std::string_view NameOf(ActionState state) { return kStateNames[static_cast<int>(state)]; }
std::string_view NameOf(ActionStep step) { return kStepNames[static_cast<int>(step)]; }

std::span<const ActionEdge> ActionEdges() { return kEdges; }

const ActionEdge* FindActionEdge(ActionState from, ActionStep step) {
  return FindEdge<ActionState, ActionStep>(kEdges, from, step);
}

std::string_view PartyOf(ActionState state) {
  switch (state) {
    case kOpen:
    case kReturned:
      return "centre";
    case kAnswered:
      return "quality";
    case kAccepted:
    case kCancelled:
      return "";
  }
  return "";
}

}  // namespace assay::approval
