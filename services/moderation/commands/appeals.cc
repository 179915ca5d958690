#include "services/moderation/commands/appeals.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/evidence_locks.h"
#include "services/moderation/commands/reviews.h"
#include "services/moderation/errors.h"
#include "services/moderation/review/rule.h"
#include "services/moderation/review_events.h"
#include "services/moderation/stores/reviews.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::View;

absl::StatusOr<Appeal> Find(const Work& work, const AppealName& name, std::string_view etag,
                            AppealStep step) {
  ReviewStore store;
  ASSIGN_OR_RETURN(Appeal appeal, store.GetAppeal(work.tx, work.caller, name));
  RETURN_IF_ERROR(platform::CheckEtag(etag, appeal.version, name.Text()));
  const AppealEdge* edge = FindEdge(appeal.state, step);
  if (edge == nullptr) {
    std::string needed;
    for (const AppealEdge& other : AppealEdges()) {
      if (other.step != step) continue;
      absl::StrAppend(&needed, needed.empty() ? "" : " or ", View(NameOf(other.from)));
    }
    return Error(absl::StatusCode::kFailedPrecondition, kAppealStateWrong,
                 absl::StrCat("the appeal is ", View(NameOf(appeal.state)), "; to ",
                              View(NameOf(step)), " it must be ", needed))
        .With("appeal", name.Text())
        .With("state", NameOf(appeal.state))
        .With("step", NameOf(step))
        .With("needed", needed);
  }
  std::uint32_t actors = 0;
  if ((work.caller.actors & kCentre) != 0) actors |= kByCentre;
  if ((work.caller.actors & kOfficer) != 0) actors |= kByOfficer;
  if (std::find(appeal.panel.begin(), appeal.panel.end(), work.caller.subject) !=
      appeal.panel.end()) {
    actors |= kByPanel;
  }
  if ((edge->actors & actors) == 0) {
    return Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
                 absl::StrCat("you may not ", View(NameOf(step)), " this appeal"))
        .With("method", work.call.method);
  }
  appeal.state = edge->to;
  return appeal;
}

absl::StatusOr<Review> ReviewOf(const Work& work, const Appeal& appeal) {
  ReviewStore store;
  return store.GetReview(work.tx, work.caller, appeal.name.review);
}

absl::StatusOr<Submission> SubmissionOf(const Work& work, const Appeal& appeal) {
  return work.store().GetSubmission(work.tx, work.caller, appeal.name.review.submission);
}

Error Unfit(const Appeal& appeal, std::string_view why, std::string_view member,
            std::string_view message) {
  return Error(absl::StatusCode::kFailedPrecondition, kPanelUnfit, message)
      .With("appeal", appeal.name.Text())
      .With("why", why)
      .With("member", member);
}

// MOD-13: heard by people who were not involved, as many as the policy asks for.
absl::Status CheckPanel(const Work& work, const Appeal& appeal, const Submission& submission) {
  ReviewStore store;
  ASSIGN_OR_RETURN(const Review review, ReviewOf(work, appeal));
  ASSIGN_OR_RETURN(const ReviewRule rule, RuleOf(work, review));
  if (static_cast<std::int64_t>(appeal.panel.size()) < rule.panel_min) {
    return Unfit(appeal, "too few", "",
                 absl::StrCat("an appeal is heard by at least ", rule.panel_min, " people"));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> involved,
                   store.Involved(work.tx, work.caller.tenant, submission));
  for (const std::string& member : appeal.panel) {
    if (std::find(involved.begin(), involved.end(), member) == involved.end()) continue;
    return Unfit(appeal, "involved", member,
                 absl::StrCat(member, " took part in what is appealed against; name another"));
  }
  return absl::OkStatus();
}

absl::Status Keep(const Work& work, Appeal& appeal) {
  ReviewStore store;
  RETURN_IF_ERROR(store.UpdateAppeal(work.tx, work.caller, appeal));
  ASSIGN_OR_RETURN(const Submission submission, SubmissionOf(work, appeal));
  return RefreshEvidenceLock(work, submission);
}

}  // namespace

absl::StatusOr<Appeal> CreateAppeal(const Work& work, const ReviewName& name,
                                    std::string_view grounds) {
  ReviewStore store;
  ASSIGN_OR_RETURN(const Review review, store.GetReview(work.tx, work.caller, name));
  if (!review.appeal_end.has_value()) {
    return Error(absl::StatusCode::kFailedPrecondition, kReviewStateWrong,
                 absl::StrCat("the review is ", View(NameOf(review.state)),
                              "; to be appealed it must be released or refused"))
        .With("review", name.Text())
        .With("state", NameOf(review.state))
        .With("step", "appeal")
        .With("needed", "released or refused");
  }
  ASSIGN_OR_RETURN(const Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, name.submission));
  ASSIGN_OR_RETURN(const std::vector<Appeal> appeals,
                   store.AppealsOf(work.tx, work.caller.tenant, submission));
  for (const Appeal& appeal : appeals) {
    if (appeal.name.review.id != name.id || appeal.state == AppealState::kWithdrawn) continue;
    return Error(absl::StatusCode::kAlreadyExists, kAppealExists,
                 "the outcome of a review is appealed once")
        .With("appeal", appeal.name.Text());
  }
  if (work.caller.now >= *review.appeal_end) {
    ASSIGN_OR_RETURN(const ReviewRule rule, RuleOf(work, review));
    const std::string last_day = LastDay(rule, *review.appeal_end);
    return Error(absl::StatusCode::kFailedPrecondition, kAppealWindowClosed,
                 absl::StrCat("the outcome could be appealed up to and including ", last_day))
        .With("review", name.Text())
        .With("window_end", last_day);
  }
  const Appeal appeal{.submission = review.submission,
                      .name = {name, work.context.ids.NextId(work.caller.now)},
                      .centre = review.centre,
                      .centre_title = review.centre_title,
                      .grounds = std::string(grounds),
                      .lodged_by = work.caller.subject,
                      .create_time = work.caller.now,
                      .update_time = work.caller.now};
  RETURN_IF_ERROR(store.InsertAppeal(work.tx, work.caller.tenant, appeal));
  RETURN_IF_ERROR(RefreshEvidenceLock(work, submission));
  RETURN_IF_ERROR(EmitAppealLodged(work, appeal));
  return appeal;
}

absl::StatusOr<Appeal> HearAppeal(const Work& work, const AppealName& name, std::string_view etag,
                                  std::vector<std::string> panel) {
  ASSIGN_OR_RETURN(Appeal appeal, Find(work, name, etag, AppealStep::kHear));
  std::sort(panel.begin(), panel.end());
  panel.erase(std::unique(panel.begin(), panel.end()), panel.end());
  appeal.panel = std::move(panel);
  appeal.opened_by = work.caller.subject;
  ASSIGN_OR_RETURN(const Submission submission, SubmissionOf(work, appeal));
  RETURN_IF_ERROR(CheckPanel(work, appeal, submission));
  RETURN_IF_ERROR(Keep(work, appeal));
  RETURN_IF_ERROR(EmitAppealInHearing(work, appeal));
  return appeal;
}

absl::StatusOr<Appeal> DecideAppeal(const Work& work, const AppealName& name, std::string_view etag,
                                    bool upheld, std::string_view reasons) {
  ASSIGN_OR_RETURN(Appeal appeal,
                   Find(work, name, etag, upheld ? AppealStep::kUphold : AppealStep::kTurnDown));
  appeal.reasons = reasons;
  appeal.decided_by = work.caller.subject;
  appeal.decide_time = work.caller.now;
  if (upheld) {
    ASSIGN_OR_RETURN(const Review before, ReviewOf(work, appeal));
    ASSIGN_OR_RETURN(const Review ordered, OrderReview(work, before, appeal));
    appeal.ordered_review = ordered.name.id;
  }
  RETURN_IF_ERROR(Keep(work, appeal));
  RETURN_IF_ERROR(EmitAppealDecided(work, appeal));
  return appeal;
}

absl::StatusOr<Appeal> WithdrawAppeal(const Work& work, const AppealName& name,
                                      std::string_view etag) {
  ASSIGN_OR_RETURN(Appeal appeal, Find(work, name, etag, AppealStep::kWithdraw));
  RETURN_IF_ERROR(Keep(work, appeal));
  RETURN_IF_ERROR(EmitAppealWithdrawn(work, appeal));
  return appeal;
}

}  // namespace assay::moderation
