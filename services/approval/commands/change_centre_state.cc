#include "services/approval/commands/change_centre_state.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/approval/stores/restrictions.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;

absl::Status Illegal(const Centre& centre, CentreState to, std::string_view sources) {
  const std::string name = "centres/" + centre.id;
  return Error(absl::StatusCode::kFailedPrecondition, kCentreStateWrong,
               absl::StrCat(name, " is ", View(NameOf(centre.state)), "; it becomes ",
                            View(NameOf(to)), " only from ", View(sources), " (QUAL-9)"))
      .With("centre", name)
      .With("state", NameOf(centre.state))
      .With("rule", "QUAL-9")
      .Field("name", absl::StrCat("is ", View(NameOf(centre.state))));
}

absl::StatusOr<std::vector<std::string>> OpenConditions(const Work& work,
                                                        const std::string& centre) {
  const absl::CivilDay today = Today(work);
  return RestrictionStore().OpenConditions(work.tx, work.reach.tenant, centre, today);
}

absl::Status Put(const Work& work, Centre& centre, CentreState to, const std::string& reason) {
  centre.state = to;
  centre.state_reason = reason;
  centre.update_time = work.call.now;
  ++centre.version;
  RETURN_IF_ERROR(work.context.store.UpdateCentreState(work.tx, work.reach.tenant, centre,
                                                       work.call.subject()));
  return EmitStateChanged(work, centre);
}

}  // namespace

absl::StatusOr<Centre> ChangeCentreState(const Work& work, std::string_view id,
                                         const CentreDecision& decision) {
  ASSIGN_OR_RETURN(Centre centre, work.context.store.GetCentre(work.tx, work.reach, id));
  const std::string name = "centres/" + centre.id;
  RETURN_IF_ERROR(platform::CheckEtag(decision.etag, centre.version, name));
  if (decision.only_from.has_value() && centre.state != *decision.only_from) {
    return Illegal(centre, decision.to, NameOf(*decision.only_from));
  }
  CentreState to = decision.to;
  if (to == CentreState::kApproved) {
    ASSIGN_OR_RETURN(const std::vector<std::string> open, OpenConditions(work, centre.id));
    if (!open.empty() && centre.state == CentreState::kConditional) {
      return Error(absl::StatusCode::kFailedPrecondition, kConditionsOpen,
                   absl::StrCat(name, " has conditions to meet; lift them first: ",
                                absl::StrJoin(open, ", ")))
          .With("centre", name)
          .With("conditions", absl::StrJoin(open, ", "));
    }
    if (!open.empty()) to = CentreState::kConditional;
  }
  if (!MayChange(centre.state, to)) return Illegal(centre, decision.to, SourcesOf(decision.to));
  RETURN_IF_ERROR(Put(work, centre, to, decision.reason));
  return centre;
}

absl::Status SettleConditions(const Work& work, std::string_view id, const std::string& reason) {
  ASSIGN_OR_RETURN(Centre centre, work.context.store.GetCentre(work.tx, work.reach, id));
  if (!IsApproved(centre.state)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> open, OpenConditions(work, centre.id));
  const CentreState to = open.empty() ? CentreState::kApproved : CentreState::kConditional;
  if (to == centre.state) return absl::OkStatus();
  return Put(work, centre, to, reason);
}

}  // namespace assay::approval
