#include "services/approval/commands/note_first_use.h"

#include <vector>

#include "services/platform/core/status_macros.h"

namespace assay::approval {

absl::Status NoteFirstUse(const Work& work, const std::string& centre,
                          const std::string& qualification, absl::CivilDay day) {
  Store& store = work.context.store;
  ASSIGN_OR_RETURN(std::vector<QualificationApproval> approvals,
                   store.ApprovalsOf(work.tx, work.reach.tenant, centre, qualification));
  for (QualificationApproval& approval : approvals) {
    if (approval.state != ApprovalState::kApproved || approval.first_use_date.has_value()) continue;
    if (StandingOn(day, CentreState::kApproved, {approval}) != Standing::kInForce) continue;
    approval.first_use_date = day;
    approval.update_time = work.call.now;
    ++approval.version;
    RETURN_IF_ERROR(store.UpdateApproval(work.tx, work.reach.tenant, approval));
  }
  return absl::OkStatus();
}

}  // namespace assay::approval
