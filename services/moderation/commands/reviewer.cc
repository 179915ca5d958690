#include "services/moderation/commands/reviewer.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/errors.h"
#include "services/moderation/stores/reviews.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;

// Whatever its kind and its days: a review is to be above doubt.
bool HasConflict(const Moderator& moderator, const std::string& centre) {
  return std::any_of(moderator.conflicts.begin(), moderator.conflicts.end(),
                     [&](const Conflict& conflict) { return conflict.centre == centre; });
}

Error Unfit(const Moderator& moderator, std::string_view why, std::string_view message) {
  return Error(absl::StatusCode::kFailedPrecondition, kReviewerUnfit, message)
      .With("moderator", absl::StrCat("moderators/", moderator.id))
      .With("why", why);
}

}  // namespace

absl::Status CheckReviewer(const Work& work, const ReviewRule& rule, const Submission& submission,
                           const Review& review, const Moderator& moderator) {
  ReviewStore store;
  ASSIGN_OR_RETURN(const std::vector<std::string> involved,
                   store.Involved(work.tx, work.caller.tenant, submission));
  const bool took_part =
      std::find(involved.begin(), involved.end(), moderator.subject) != involved.end();
  if (took_part && moderator.subject != review.reviewer_subject) {
    return Unfit(moderator, "involved",
                 "the moderator took part in what is to be reviewed; choose another");
  }
  if (HasConflict(moderator, submission.centre)) {
    return Unfit(moderator, "conflict",
                 "the moderator has declared a conflict with this centre; choose another");
  }
  const auto first = work.store().GetModerator(work.tx, work.caller.tenant, submission.moderator);
  if (!first.ok() && !absl::IsNotFound(first.status())) return first.status();
  const std::int64_t needed = (first.ok() ? first->seniority : 0) + rule.seniority_above;
  if (moderator.seniority >= needed) return absl::OkStatus();
  return Unfit(moderator, "not senior",
               absl::StrCat("the moderator's seniority is ", moderator.seniority,
                            "; this review needs ", needed, " or more"))
      .With("seniority", absl::StrCat(moderator.seniority))
      .With("needed", absl::StrCat(needed));
}

}  // namespace assay::moderation
