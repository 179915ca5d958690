#include "services/moderation/commands/evidence_locks.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/moderation/convert.h"
#include "services/moderation/review_events.h"
#include "services/moderation/stores/evidence_locks.h"
#include "services/moderation/stores/reviews.h"
#include "services/platform/core/status_macros.h"

namespace assay::moderation {
namespace {

constexpr int kBatch = 200;
constexpr std::string_view kSweeper = "services/moderation";

absl::StatusOr<LockFacts> FactsOf(const Work& work, const Submission& submission) {
  LockFacts facts{.state = submission.state, .sampled = !submission.sample.empty()};
  if (submission.state != State::kReleased) return facts;
  ReviewStore store;
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(const auto release, store.FindRelease(work.tx, tenant, submission.number));
  if (release.has_value()) facts.window_ends.push_back(release->review_end);
  ASSIGN_OR_RETURN(const std::vector<Review> reviews, store.ReviewsOf(work.tx, tenant, submission));
  for (const Review& review : reviews) {
    facts.open = facts.open || IsOpen(review.state);
    if (review.appeal_end.has_value()) facts.window_ends.push_back(*review.appeal_end);
  }
  ASSIGN_OR_RETURN(const std::vector<Appeal> appeals, store.AppealsOf(work.tx, tenant, submission));
  for (const Appeal& appeal : appeals) facts.open = facts.open || IsOpen(appeal.state);
  return facts;
}

absl::Status Sweep(const Context& context, platform::Transaction& tx, const DueLock& due,
                   absl::Time now) {
  platform::Call call;
  platform::Principal principal;
  principal.tenant = due.tenant;
  principal.subject = kSweeper;
  call.principal = std::make_shared<const platform::Principal>(std::move(principal));
  call.trace = "sweep";
  call.now = now;
  const Work work{tx,
                  call,
                  context,
                  {.tenant = due.tenant,
                   .subject = std::string(kSweeper),
                   .actors = kOfficer,
                   .reach = {.all = true},
                   .now = now}};
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("submission", due.submission));
  ASSIGN_OR_RETURN(const Submission submission, context.store.GetSubmission(tx, work.caller, name));
  return RefreshEvidenceLock(work, submission);
}

}  // namespace

absl::Status RefreshEvidenceLock(const Work& work, const Submission& submission) {
  const std::string name = submission.name.Text();
  ASSIGN_OR_RETURN(const LockFacts facts, FactsOf(work, submission));
  const LockTerm term = LockTermOf(facts, work.caller.now);
  ASSIGN_OR_RETURN(const LockTerm told, FindEvidenceLock(work.tx, work.caller.tenant, name));
  if (term == told) return absl::OkStatus();
  RETURN_IF_ERROR(PutEvidenceLock(work.tx, work.caller.tenant, name, term));
  return EmitEvidenceLockChanged(work, submission, term);
}

absl::StatusOr<int> SweepEvidenceLocks(const Context& context, absl::Time now) {
  int swept = 0;
  for (bool more = true; more;) {
    int batch = 0;
    RETURN_IF_ERROR(context.database.WriteNow([&](platform::Transaction& tx) -> absl::Status {
      batch = 0;
      ASSIGN_OR_RETURN(const std::vector<DueLock> due, DueEvidenceLocks(tx, now, kBatch));
      for (const DueLock& lock : due) RETURN_IF_ERROR(Sweep(context, tx, lock, now));
      batch = static_cast<int>(due.size());
      return absl::OkStatus();
    }));
    swept += batch;
    more = batch == kBatch;
  }
  return swept;
}

}  // namespace assay::moderation
