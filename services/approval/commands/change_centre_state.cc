#include "services/approval/commands/change_centre_state.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/commands/merge_centres.h"
#include "services/approval/commands/reconcile_centre.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/approval/stores/centre_sources.h"
#include "services/approval/stores/restrictions.h"
#include "services/approval/timeline.h"
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

// An officer's word stands above what files say of its closing.
absl::Status SayOpen(const Work& work, Centre& centre, const std::string& reason) {
  if (!centre.facts.closed) return absl::OkStatus();
  RETURN_IF_ERROR(KeepFirstFacts(work, centre));
  const Correction open[] = {{centre.id, "status", "open", false, reason,
                              std::string(work.call.subject()), work.call.now}};
  RETURN_IF_ERROR(CentreSourceStore().AddCorrections(work.tx, work.reach.tenant, open));
  return ReconcileCentre(work, centre);
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
                   absl::StrCat(name, " has conditions to meet (QUAL-9); lift them first: ",
                                absl::StrJoin(open, ", ")))
          .With("centre", name)
          .With("conditions", absl::StrJoin(open, ", "))
          .With("rule", "QUAL-9")
          .Field("name", "has open conditions");
    }
    if (!open.empty()) to = CentreState::kConditional;
  }
  if (!MayChange(centre.state, to)) return Illegal(centre, decision.to, SourcesOf(decision.to));
  RETURN_IF_ERROR(Put(work, centre, to, decision.reason));
  return centre;
}

absl::StatusOr<Centre> ReopenCentre(const Work& work, std::string_view id,
                                    const std::string& reason, const std::string& etag) {
  Store& store = work.context.store;
  ASSIGN_OR_RETURN(Centre centre, store.GetCentre(work.tx, work.reach, id));
  const std::string name = "centres/" + centre.id;
  RETURN_IF_ERROR(platform::CheckEtag(etag, centre.version, name));
  RETURN_IF_ERROR(CheckNotMerged(centre));
  ASSIGN_OR_RETURN(const std::optional<CentreState> before,
                   store.StateBeforeClosing(work.tx, work.reach.tenant, centre.id));
  CentreState to = before.value_or(CentreState::kListed);
  if (centre.state != CentreState::kClosed) {
    return Illegal(centre, to, NameOf(CentreState::kClosed));
  }
  if (IsApproved(to)) {
    ASSIGN_OR_RETURN(const std::vector<std::string> open, OpenConditions(work, centre.id));
    to = open.empty() ? CentreState::kApproved : CentreState::kConditional;
  }
  RETURN_IF_ERROR(SayOpen(work, centre, reason));
  RETURN_IF_ERROR(
      RecordDecision(work, {TimelineKind::kCentre, centre.id, name, "reopened", reason, "QUAL-9"}));
  RETURN_IF_ERROR(Put(work, centre, to, reason));
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
