#include "services/approval/commands/apply_for_qualification.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {

using platform::Error;
using platform::View;

absl::StatusOr<QualificationApproval> ApplyForQualification(const Work& work,
                                                            std::string_view centre_id,
                                                            std::string_view qualification) {
  Store& store = work.context.store;
  ASSIGN_OR_RETURN(const Centre centre, store.GetCentre(work.tx, work.reach, centre_id));
  const std::string centre_name = "centres/" + centre.id;
  const std::string qualification_name = absl::StrCat("qualifications/", View(qualification));
  if (!work.context.catalogue.contains(qualification)) {
    return Error(absl::StatusCode::kNotFound, kQualificationNotFound,
                 absl::StrCat("there is no ", qualification_name, " in the catalogue"))
        .With("qualification", qualification_name);
  }
  if (centre.state == CentreState::kWithdrawn || centre.state == CentreState::kClosed) {
    return Error(absl::StatusCode::kFailedPrecondition, kCentreStateWrong,
                 absl::StrCat(centre_name, " is ", View(NameOf(centre.state)),
                              "; it cannot apply for a qualification"))
        .With("centre", centre_name)
        .With("state", NameOf(centre.state));
  }
  ASSIGN_OR_RETURN(const auto others,
                   store.ApprovalsOf(work.tx, work.reach.tenant, centre.id, qualification));
  for (const QualificationApproval& other : others) {
    if (other.state != ApprovalState::kApplied && other.state != ApprovalState::kApproved) continue;
    return Error(absl::StatusCode::kAlreadyExists, kApprovalExists,
                 absl::StrCat(centre_name, " has ", View(NameOf(other.state)), " approval for ",
                              qualification_name, " already"))
        .With("centre", centre_name)
        .With("qualification", qualification_name)
        .With("approval", absl::StrCat(centre_name, "/qualificationApprovals/", other.id));
  }
  QualificationApproval approval;
  approval.id = work.context.ids.NextId(work.call.now);
  approval.centre = centre.id;
  approval.qualification = std::string(qualification);
  approval.create_time = work.call.now;
  approval.update_time = work.call.now;
  RETURN_IF_ERROR(store.InsertApproval(work.tx, work.reach.tenant, approval));
  RETURN_IF_ERROR(EmitStateChanged(work, approval, centre.facts.title));
  return approval;
}

}  // namespace assay::approval
