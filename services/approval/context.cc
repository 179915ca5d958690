#include "services/approval/context.h"

#include <algorithm>

#include "absl/time/time.h"

namespace assay::approval {
namespace {

constexpr std::string_view kWholeTenant[] = {"admin",     "quality", "lead_moderator",
                                             "moderator", "portal",  "service"};
constexpr std::string_view kCentres = "centres/";
// No centre has this id.
constexpr std::string_view kNowhere = "-";

}  // namespace

Reach ReachOf(const platform::Call& call) {
  const platform::Principal& principal = *call.principal;
  const bool whole_tenant = std::any_of(std::begin(kWholeTenant), std::end(kWholeTenant),
                                        [&](std::string_view role) { return principal.Has(role); });
  std::string_view within = principal.centre;
  if (within.starts_with(kCentres)) within.remove_prefix(kCentres.size());
  if (within.empty() && !whole_tenant) within = kNowhere;
  return {.tenant = principal.tenant, .within = std::string(within)};
}

absl::CivilDay Today(const Work& work) {
  return absl::ToCivilDay(work.call.now, absl::UTCTimeZone());
}

}  // namespace assay::approval
