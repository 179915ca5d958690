#include "services/approval/commands/decide_approval.h"

#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {

using platform::Error;
using platform::View;

absl::StatusOr<QualificationApproval> DecideApproval(const Work& work, std::string_view centre_id,
                                                     std::string_view id,
                                                     const ApprovalDecision& decision) {
  Store& store = work.context.store;
  ASSIGN_OR_RETURN(QualificationApproval approval,
                   store.GetApproval(work.tx, work.reach, centre_id, id));
  const std::string centre_name = "centres/" + approval.centre;
  const std::string name = absl::StrCat(centre_name, "/qualificationApprovals/", approval.id);
  RETURN_IF_ERROR(platform::CheckEtag(decision.etag, approval.version, name));
  if (!MayChange(approval.state, decision.to)) {
    return Error(absl::StatusCode::kFailedPrecondition, kApprovalStateWrong,
                 absl::StrCat(name, " is ", View(NameOf(approval.state)), "; it cannot become ",
                              View(NameOf(decision.to))))
        .With("approval", name)
        .With("state", NameOf(approval.state));
  }
  ASSIGN_OR_RETURN(const Centre centre, store.GetCentre(work.tx, work.reach, approval.centre));
  if (decision.to == ApprovalState::kApproved && !IsApproved(centre.state)) {
    return Error(absl::StatusCode::kFailedPrecondition, kCentreStateWrong,
                 absl::StrCat(centre_name, " is ", View(NameOf(centre.state)),
                              "; approve the centre before its qualifications"))
        .With("centre", centre_name)
        .With("state", NameOf(centre.state));
  }
  const absl::CivilDay today = absl::ToCivilDay(work.call.now, absl::UTCTimeZone());
  if (decision.to == ApprovalState::kApproved) {
    approval.effective_date = decision.effective_date.value_or(today);
  } else if (decision.to == ApprovalState::kWithdrawn) {
    approval.end_date = today;
  }
  approval.state = decision.to;
  approval.state_reason = decision.reason;
  approval.update_time = work.call.now;
  ++approval.version;
  RETURN_IF_ERROR(store.UpdateApproval(work.tx, work.reach.tenant, approval));
  RETURN_IF_ERROR(EmitStateChanged(work, approval, centre.facts.title));
  return approval;
}

}  // namespace assay::approval
