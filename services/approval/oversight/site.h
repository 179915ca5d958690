// The sites of a centre: places where it teaches and assesses. A site counts from the day an
// officer lets it open.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "absl/time/civil_time.h"
#include "services/approval/oversight/edges.h"

namespace assay::approval {

enum class SiteState { kProposed, kApproved, kRefused, kClosed };
inline constexpr int kSiteStates = 4;
std::string_view NameOf(SiteState state);  // "proposed"

enum class SiteStep {
  kEdit,  // Its name or contact; the place stays.
  kMove,  // Another place: it is looked at anew.
  kApprove,
  kRefuse,
  kClose,
  kDelete,  // Only what was never approved; what was is closed and stays on record.
};
inline constexpr int kSiteSteps = 6;
std::string_view NameOf(SiteStep step);  // "approve"

using SiteEdge = StepEdge<SiteState, SiteStep>;
std::span<const SiteEdge> SiteEdges();
// Null if the step is not legal from there.
const SiteEdge* FindSiteEdge(SiteState from, SiteStep step);

// Whether the site was in use on the day.
bool SiteOpenOn(SiteState state, const std::optional<absl::CivilDay>& open_day,
                const std::optional<absl::CivilDay>& close_day, absl::CivilDay day);

}  // namespace assay::approval
