#include "services/moderation/commands/lifecycle.h"

#include <string>

#include "services/moderation/commands/evidence_locks.h"
#include "services/moderation/commands/forget_draw.h"
#include "services/moderation/events.h"
#include "services/moderation/stores/lifecycle.h"
#include "services/platform/core/status_macros.h"

namespace assay::moderation {

absl::StatusOr<Submission> EndOrReopen(const Work& work, const SubmissionName& name,
                                       std::string_view etag, Step step, std::string_view reason) {
  ASSIGN_OR_RETURN(Submission submission, work.store().GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(platform::CheckEtag(etag, submission.version, name.Text()));
  RETURN_IF_ERROR(CheckStep(work, submission, step));
  const bool sample_voided = !submission.sample.empty();
  const std::string moderator = submission.moderator_subject;
  if (sample_voided) RETURN_IF_ERROR(ForgetDraw(work, submission));
  Advance(submission, step);
  RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, submission));
  RETURN_IF_ERROR(InsertLifecycleStep(work.tx, work.caller, submission, step, reason));
  RETURN_IF_ERROR(RefreshEvidenceLock(work, submission));
  RETURN_IF_ERROR(EmitLifecycle(work, submission, step, reason, sample_voided, moderator));
  return submission;
}

}  // namespace assay::moderation
