#include "services/approval/commands/change_centre_state.h"

#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {

using platform::View;

absl::StatusOr<Centre> ChangeCentreState(const Work& work, std::string_view id,
                                         const CentreDecision& decision) {
  Store& store = work.context.store;
  ASSIGN_OR_RETURN(Centre centre, store.GetCentre(work.tx, work.reach, id));
  const std::string name = "centres/" + centre.id;
  RETURN_IF_ERROR(platform::CheckEtag(decision.etag, centre.version, name));
  if (!MayChange(centre.state, decision.to)) {
    return platform::Error(
               absl::StatusCode::kFailedPrecondition, kCentreStateWrong,
               absl::StrCat(name, " is ", View(NameOf(centre.state)), "; it becomes ",
                            View(NameOf(decision.to)), " only from ", SourcesOf(decision.to)))
        .With("centre", name)
        .With("state", NameOf(centre.state));
  }
  centre.state = decision.to;
  centre.state_reason = decision.reason;
  centre.update_time = work.call.now;
  ++centre.version;
  RETURN_IF_ERROR(store.UpdateCentreState(work.tx, work.reach.tenant, centre, work.call.subject()));
  RETURN_IF_ERROR(EmitStateChanged(work, centre));
  return centre;
}

}  // namespace assay::approval
