#include "services/moderation/commands/forget_draw.h"

#include "services/moderation/commands/evidence_locks.h"
#include "services/moderation/commands/group.h"
#include "services/moderation/commitment.h"
#include "services/moderation/events.h"
#include "services/platform/core/status_macros.h"

namespace assay::moderation {
namespace {

absl::Status Forget(const Work& work, Submission& submission) {
  if (!submission.sample.empty()) {
    RETURN_IF_ERROR(
        work.store().VoidSample(work.tx, work.caller.tenant, submission.number, submission.sample));
  }
  submission.cohort_changed = true;
  submission.sample.clear();
  submission.moderator.clear();
  submission.moderator_subject.clear();
  submission.stage = Stage::kSubSample;
  return absl::OkStatus();
}

// One draw served them all, so what voids it for one voids it for all (MOD-5).
absl::Status ForgetOthers(const Work& work, const Submission& changed) {
  ASSIGN_OR_RETURN(Group group, GroupOf(work, changed));
  for (Submission& other : group.members) {
    if (other.number == changed.number || other.sample.empty()) continue;
    const std::string moderator = other.moderator_subject;
    RETURN_IF_ERROR(Forget(work, other));
    // Names before marks are drawn while it is open, and it stays so.
    if (other.state != State::kOpen) Advance(other, Step::kCorrectMark);
    RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, other));
    RETURN_IF_ERROR(RefreshEvidenceLock(work, other));
    RETURN_IF_ERROR(EmitConsortiumDrawVoided(work, other, changed, moderator));
  }
  if (!group.consortium->secret_revealed) return absl::OkStatus();
  group.consortium->secret = work.context.entropy.Bytes(kSecretBytes);
  group.consortium->secret_revealed = false;
  return ConsortiumStore().Update(work.tx, work.caller.tenant, *group.consortium);
}

}  // namespace

absl::Status ForgetDraw(const Work& work, Submission& submission) {
  const bool drawn = !submission.sample.empty();
  RETURN_IF_ERROR(Forget(work, submission));
  if (drawn && !submission.consortium.empty()) return ForgetOthers(work, submission);
  if (submission.secret_revealed) {
    submission.secret = work.context.entropy.Bytes(kSecretBytes);
    submission.secret_revealed = false;
  }
  return absl::OkStatus();
}

}  // namespace assay::moderation
