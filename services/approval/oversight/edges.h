// Tables of what may change into what, and which rule says so. What is not in a table cannot
// happen.
//
// Example:
//   constexpr StepEdge<SiteState, SiteStep> kEdges[] = {{kProposed, kApprove, kApproved}, …};
//   const auto* edge = FindEdge<SiteState, SiteStep>(kEdges, state, step);   // Null: illegal.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace assay::approval {

template <typename State, typename Step>
struct StepEdge {
  State from;
  Step step;
  State to;
};

template <typename State, typename Step>
const StepEdge<State, Step>* FindEdge(std::span<const StepEdge<State, Step>> edges, State from,
                                      Step step) {
  for (const StepEdge<State, Step>& edge : edges) {
    if (edge.from == from && edge.step == step) return &edge;
  }
  return nullptr;
}

// The states in which a step is legal, for messages: "open or returned".
template <typename State, typename Step>
std::string SourcesOf(std::span<const StepEdge<State, Step>> edges, Step step) {
  std::string names;
  for (const StepEdge<State, Step>& edge : edges) {
    if (edge.step != step) continue;
    if (!names.empty()) names += " or ";
    names += NameOf(edge.from);
  }
  return names;
}

}  // namespace assay::approval
