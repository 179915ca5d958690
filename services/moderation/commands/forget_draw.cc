#include "services/moderation/commands/forget_draw.h"

#include "services/moderation/commitment.h"
#include "services/platform/core/status_macros.h"

namespace assay::moderation {

absl::Status ForgetDraw(const Work& work, Submission& submission) {
  if (!submission.sample.empty()) {
    RETURN_IF_ERROR(
        work.store().VoidSample(work.tx, work.caller.tenant, submission.number, submission.sample));
  }
  submission.cohort_changed = true;
  submission.sample.clear();
  submission.moderator.clear();
  submission.moderator_subject.clear();
  submission.stage = Stage::kSubSample;
  if (submission.secret_revealed) {
    submission.secret = work.context.entropy.Bytes(kSecretBytes);
    submission.secret_revealed = false;
  }
  return absl::OkStatus();
}

}  // namespace assay::moderation
