#include "services/approval/oversight/site.h"

namespace assay::approval {
namespace {

using enum SiteState;
using enum SiteStep;

constexpr std::string_view kStateNames[kSiteStates] = {"proposed", "approved", "refused", "closed"};
constexpr std::string_view kStepNames[kSiteSteps] = {"edit",   "move",  "approve",
                                                     "refuse", "close", "delete"};

constexpr SiteEdge kEdges[] = {
    {kProposed, kEdit, kProposed},    {kApproved, kEdit, kApproved},  {kRefused, kEdit, kProposed},
    {kProposed, kMove, kProposed},    {kApproved, kMove, kProposed},  {kRefused, kMove, kProposed},
    {kProposed, kApprove, kApproved}, {kProposed, kRefuse, kRefused}, {kApproved, kClose, kClosed},
    {kProposed, kDelete, kClosed},    {kRefused, kDelete, kClosed},
};

}  // namespace

std::string_view NameOf(SiteState state) { return kStateNames[static_cast<int>(state)]; }
std::string_view NameOf(SiteStep step) { return kStepNames[static_cast<int>(step)]; }

std::span<const SiteEdge> SiteEdges() { return kEdges; }

const SiteEdge* FindSiteEdge(SiteState from, SiteStep step) {
  return FindEdge<SiteState, SiteStep>(kEdges, from, step);
}

bool SiteOpenOn(SiteState state, const std::optional<absl::CivilDay>& open_day,
                const std::optional<absl::CivilDay>& close_day, absl::CivilDay day) {
  if (state != kApproved && state != kClosed) return false;
  return open_day.has_value() && *open_day <= day && (!close_day.has_value() || day < *close_day);
}

}  // namespace assay::approval
