#include "services/moderation/commands/reviews.h"

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/evidence_locks.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/commands/reviewer.h"
#include "services/moderation/errors.h"
#include "services/moderation/review/outcome.h"
#include "services/moderation/review_events.h"
#include "services/moderation/stores/reviews.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::View;

constexpr int kAll = std::numeric_limits<std::int32_t>::max();

std::uint32_t ActorsOf(const Work& work, const Review& review) {
  std::uint32_t actors = 0;
  if ((work.caller.actors & kCentre) != 0) actors |= kByCentre;
  if ((work.caller.actors & kOfficer) != 0) actors |= kByOfficer;
  if (work.caller.subject == review.reviewer_subject) actors |= kByReviewer;
  return actors;
}

// The review, if its state and its caller allow the step.
absl::StatusOr<Review> Find(const Work& work, const ReviewName& name, std::string_view etag,
                            ReviewStep step) {
  ReviewStore store;
  ASSIGN_OR_RETURN(Review review, store.GetReview(work.tx, work.caller, name));
  RETURN_IF_ERROR(platform::CheckEtag(etag, review.version, name.Text()));
  const ReviewEdge* edge = FindEdge(review.state, step);
  if (edge == nullptr) {
    std::string needed;
    for (const ReviewEdge& other : ReviewEdges()) {
      if (other.step != step) continue;
      absl::StrAppend(&needed, needed.empty() ? "" : " or ", View(NameOf(other.from)));
    }
    return Error(absl::StatusCode::kFailedPrecondition, kReviewStateWrong,
                 absl::StrCat("the review is ", View(NameOf(review.state)), "; to ",
                              View(NameOf(step)), " it must be ", needed))
        .With("review", name.Text())
        .With("state", NameOf(review.state))
        .With("step", NameOf(step))
        .With("needed", needed);
  }
  if ((edge->actors & ActorsOf(work, review)) == 0) {
    return Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
                 absl::StrCat("you may not ", View(NameOf(step)), " this review"))
        .With("method", work.call.method);
  }
  review.state = edge->to;
  return review;
}

absl::StatusOr<Submission> SubmissionOf(const Work& work, const Review& review) {
  // Whoever reaches the review acts on its submission, allocated to them or not.
  Caller all = work.caller;
  all.reach = {.all = true};
  return work.store().GetSubmission(work.tx, all, review.name.submission);
}

absl::Status CheckMarksWereChanged(const Work& work, const Submission& submission) {
  using Recorded = RecordedJudgement::Verdict;
  ASSIGN_OR_RETURN(const auto judgement,
                   work.store().LatestJudgement(work.tx, work.caller.tenant, submission));
  if (judgement.has_value() && (judgement->verdict == Recorded::kAdjust ||
                                judgement->verdict == Recorded::kModeratorMarksStand)) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kFailedPrecondition, kReviewNotDue,
               "the centre's own marks stand, so there is no moderation to review")
      .With("submission", submission.name.Text())
      .With("action", "ACTION_MARKS_STAND");
}

Review NewReview(const Work& work, const Submission& submission, std::string policy,
                 std::string_view grounds) {
  return {.submission = submission.number,
          .name = {submission.name, work.context.ids.NextId(work.caller.now)},
          .centre = submission.centre,
          .centre_title = submission.centre_title,
          .policy = std::move(policy),
          .grounds = std::string(grounds),
          .requested_by = work.caller.subject,
          .create_time = work.caller.now,
          .update_time = work.caller.now};
}

absl::StatusOr<Review> Open(const Work& work, const Submission& submission, Review review) {
  ReviewStore store;
  RETURN_IF_ERROR(store.InsertReview(work.tx, work.caller.tenant, review));
  RETURN_IF_ERROR(RefreshEvidenceLock(work, submission));
  RETURN_IF_ERROR(EmitReviewRequested(work, review));
  return review;
}

// What the outcome or the refusal is told with, and from when an appeal counts.
absl::StatusOr<std::string> OpenAppealWindow(const Work& work, Review& review) {
  ASSIGN_OR_RETURN(const ReviewRule rule, RuleOf(work, review));
  review.appeal_end = AppealWindowEnd(rule, *review.outcome_time,
                                      review.reasons_time.value_or(absl::InfinitePast()));
  return LastDay(rule, *review.appeal_end);
}

}  // namespace

absl::Status CheckNotReviewing(const Work& work, const Submission& submission) {
  ASSIGN_OR_RETURN(const bool reviewing,
                   ReviewStore().IsReviewing(work.tx, work.caller, submission));
  if (!reviewing) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
               "whoever reviews a submission does not read its marks before the own ones; use "
               "ListReviewWork")
      .With("method", work.call.method);
}

absl::StatusOr<ReviewRule> RuleOf(const Work& work, const Review& review) {
  ASSIGN_OR_RETURN(const PolicyPtr policy,
                   RecordedPolicy(work, review.policy, PolicyKind::kReview));
  return policy->review;
}

absl::Status RecordRelease(const Work& work, const Submission& submission) {
  const SubmissionName& name = submission.name;
  ASSIGN_OR_RETURN(
      const Component component,
      work.store().GetComponent(work.tx, work.caller.tenant, name.series, name.component));
  ASSIGN_OR_RETURN(const PolicyPtr policy, GoverningPolicy(work, component, PolicyKind::kReview));
  RETURN_IF_ERROR(NoteUse(work, *policy));
  ReviewStore store;
  RETURN_IF_ERROR(store.PutRelease(
      work.tx, work.caller.tenant, submission.number,
      {.policy = policy->VersionName(),
       .released_by = work.caller.subject,
       .release_time = work.caller.now,
       .review_end = WindowEnd(policy->review, work.caller.now, policy->review.review_days)}));
  return RefreshEvidenceLock(work, submission);
}

absl::StatusOr<Review> CreateReview(const Work& work, const SubmissionName& name,
                                    std::string_view grounds) {
  ReviewStore store;
  ASSIGN_OR_RETURN(const Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, name));
  if (submission.state != State::kReleased) {
    return Error(absl::StatusCode::kFailedPrecondition, kSubmissionStateWrong,
                 absl::StrCat("the submission is ", View(NameOf(submission.state)),
                              "; to be reviewed it must be released"))
        .With("submission", name.Text())
        .With("state", NameOf(submission.state))
        .With("step", "review")
        .With("needed", NameOf(State::kReleased));
  }
  RETURN_IF_ERROR(CheckMarksWereChanged(work, submission));
  ASSIGN_OR_RETURN(const std::vector<Review> reviews,
                   store.ReviewsOf(work.tx, work.caller.tenant, submission));
  for (const Review& review : reviews) {
    if (review.state == ReviewState::kWithdrawn) continue;
    return Error(absl::StatusCode::kAlreadyExists, kReviewExists,
                 "the moderation is reviewed once; appeal if you object to the outcome")
        .With("review", review.name.Text());
  }
  ASSIGN_OR_RETURN(const auto release,
                   store.FindRelease(work.tx, work.caller.tenant, submission.number));
  if (!release.has_value()) {
    return Error(absl::StatusCode::kFailedPrecondition, kReviewWindowClosed,
                 "the results were released before reviews were kept here")
        .With("submission", name.Text())
        .With("window_end", "");
  }
  Review review = NewReview(work, submission, release->policy, grounds);
  if (work.caller.now >= release->review_end) {
    ASSIGN_OR_RETURN(const ReviewRule rule, RuleOf(work, review));
    const std::string last_day = LastDay(rule, release->review_end);
    return Error(absl::StatusCode::kFailedPrecondition, kReviewWindowClosed,
                 absl::StrCat("a review could be asked for up to and including ", last_day))
        .With("submission", name.Text())
        .With("window_end", last_day);
  }
  return Open(work, submission, std::move(review));
}

absl::StatusOr<Review> OrderReview(const Work& work, const Review& before, const Appeal& appeal) {
  ASSIGN_OR_RETURN(const Submission submission, SubmissionOf(work, before));
  Review review = NewReview(work, submission, before.policy, appeal.reasons);
  review.ordered_by = appeal.name.Text();
  return Open(work, submission, std::move(review));
}

absl::StatusOr<Review> AcceptReview(const Work& work, const ReviewName& name, std::string_view etag,
                                    std::string_view moderator_id) {
  ReviewStore store;
  ASSIGN_OR_RETURN(Review review, Find(work, name, etag, ReviewStep::kAccept));
  ASSIGN_OR_RETURN(const Submission submission, SubmissionOf(work, review));
  ASSIGN_OR_RETURN(const Moderator moderator,
                   work.store().GetModerator(work.tx, work.caller.tenant, moderator_id));
  ASSIGN_OR_RETURN(const ReviewRule rule, RuleOf(work, review));
  RETURN_IF_ERROR(CheckReviewer(work, rule, submission, review, moderator));
  const std::string previous = std::exchange(review.reviewer_subject, moderator.subject);
  review.reviewer = moderator.id;
  review.accepted_by = work.caller.subject;
  ASSIGN_OR_RETURN(review.outstanding,
                   store.OpenWork(work.tx, work.caller.tenant, submission, review));
  RETURN_IF_ERROR(store.UpdateReview(work.tx, work.caller, review));
  RETURN_IF_ERROR(EmitReviewAccepted(work, review, previous));
  return review;
}

absl::StatusOr<Review> RefuseReview(const Work& work, const ReviewName& name, std::string_view etag,
                                    std::string_view reasons) {
  ReviewStore store;
  ASSIGN_OR_RETURN(Review review, Find(work, name, etag, ReviewStep::kRefuse));
  review.reasons = reasons;
  review.released_by = work.caller.subject;
  review.outcome_time = work.caller.now;
  review.reasons_time = work.caller.now;
  ASSIGN_OR_RETURN(const std::string last_day, OpenAppealWindow(work, review));
  RETURN_IF_ERROR(store.UpdateReview(work.tx, work.caller, review));
  ASSIGN_OR_RETURN(const Submission submission, SubmissionOf(work, review));
  RETURN_IF_ERROR(RefreshEvidenceLock(work, submission));
  RETURN_IF_ERROR(EmitReviewRefused(work, review, last_day));
  return review;
}

absl::StatusOr<Review> WithdrawReview(const Work& work, const ReviewName& name,
                                      std::string_view etag) {
  ReviewStore store;
  ASSIGN_OR_RETURN(Review review, Find(work, name, etag, ReviewStep::kWithdraw));
  RETURN_IF_ERROR(store.UpdateReview(work.tx, work.caller, review));
  ASSIGN_OR_RETURN(const Submission submission, SubmissionOf(work, review));
  RETURN_IF_ERROR(RefreshEvidenceLock(work, submission));
  RETURN_IF_ERROR(EmitReviewWithdrawn(work, review));
  return review;
}

absl::StatusOr<Recorded> RecordReviewMarks(const Work& work, const ReviewName& name,
                                           std::span<const OwnMark> marks) {
  ReviewStore store;
  ASSIGN_OR_RETURN(const Review review, Find(work, name, "", ReviewStep::kMark));
  const SubmissionName& submission = name.submission;
  ASSIGN_OR_RETURN(const Component component,
                   work.store().GetComponent(work.tx, work.caller.tenant, submission.series,
                                             submission.component));
  ASSIGN_OR_RETURN(const std::vector<ReviewMark> items,
                   store.ListWork(work.tx, work.caller.tenant, review, "", kAll));
  std::vector<DueMark> due;
  due.reserve(items.size());
  for (const ReviewMark& item : items) due.push_back({item.candidate, item.mark.has_value()});
  RETURN_IF_ERROR(CheckOwnMarks(component.scale, due, marks));
  for (const OwnMark& mark : marks) {
    ASSIGN_OR_RETURN(const bool recorded, store.RecordMark(work.tx, work.caller, review,
                                                           mark.candidate, *MarkOf(mark.mark)));
    if (!recorded) return absl::InternalError("a mark that was due cannot be recorded");
  }
  const auto given = static_cast<std::int64_t>(marks.size());
  return Recorded{given, review.outstanding - given};
}

absl::StatusOr<Review> JudgeReview(const Work& work, const ReviewName& name,
                                   std::string_view etag) {
  ReviewStore reviews;
  Store& store = work.store();
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(Review review, Find(work, name, etag, ReviewStep::kJudge));
  if (review.outstanding > 0) {
    return Error(absl::StatusCode::kFailedPrecondition, kMarksOutstanding,
                 absl::StrCat(review.outstanding, " marks of the original sample are missing"))
        .With("submission", name.submission.Text())
        .With("outstanding_count", absl::StrCat(review.outstanding));
  }
  ASSIGN_OR_RETURN(const Submission submission, SubmissionOf(work, review));
  ASSIGN_OR_RETURN(
      const Component component,
      store.GetComponent(work.tx, tenant, name.submission.series, name.submission.component));
  ASSIGN_OR_RETURN(const Sample sample,
                   store.GetSample(work.tx, tenant, submission.number, submission.sample));
  ASSIGN_OR_RETURN(const PolicyPtr tolerance,
                   RecordedPolicy(work, sample.tolerance_policy, PolicyKind::kTolerance));
  ASSIGN_OR_RETURN(const PolicyPtr adjustment,
                   RecordedPolicy(work, sample.adjustment_policy, PolicyKind::kAdjustment));
  ASSIGN_OR_RETURN(const ReviewRule rule, RuleOf(work, review));
  ASSIGN_OR_RETURN(const std::vector<ReviewMark> items,
                   reviews.ListWork(work.tx, tenant, review, "", kAll));
  std::vector<MarkPair> pairs;
  for (const ReviewMark& item : items) {
    if (item.centre_mark.has_value()) {
      pairs.push_back({item.candidate, *item.centre_mark, *item.mark});
    }
  }
  ASSIGN_OR_RETURN(const std::vector<Result> results,
                   store.ListResults(work.tx, tenant, submission.number, "", kAll));
  const ReviewOutcome outcome =
      ReviewModeration(rule, ToleranceOf(tolerance->tolerance, component.scale),
                       adjustment->adjustment, component.scale, pairs,
                       static_cast<std::int64_t>(pairs.size()) >= sample.pool_count, results);
  std::vector<Reviewed> changes;
  for (const Reviewed& result : outcome.results) {
    if (result.before.final_mark != result.after.final_mark) changes.push_back(result);
  }
  RETURN_IF_ERROR(reviews.InsertChanges(work.tx, tenant, review, changes));
  review.verdict = outcome.judgement.verdict;
  review.raised = outcome.raised;
  review.lowered = outcome.lowered;
  RETURN_IF_ERROR(reviews.UpdateReview(work.tx, work.caller, review));
  RETURN_IF_ERROR(EmitReviewJudged(work, review));
  return review;
}

absl::StatusOr<Review> ReleaseReview(const Work& work, const ReviewName& name,
                                     std::string_view etag, std::string_view reasons) {
  ReviewStore store;
  ASSIGN_OR_RETURN(Review review, Find(work, name, etag, ReviewStep::kRelease));
  ASSIGN_OR_RETURN(Submission submission, SubmissionOf(work, review));
  RETURN_IF_ERROR(CheckStep(work, submission, Step::kRevise));
  review.released_by = work.caller.subject;
  review.outcome_time = work.caller.now;
  review.reasons = reasons;
  if (!reasons.empty()) review.reasons_time = work.caller.now;
  ASSIGN_OR_RETURN(const std::string last_day, OpenAppealWindow(work, review));
  RETURN_IF_ERROR(store.ApplyChanges(work.tx, work.caller.tenant, review));
  RETURN_IF_ERROR(store.UpdateReview(work.tx, work.caller, review));
  Advance(submission, Step::kRevise);
  RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, submission));
  RETURN_IF_ERROR(RefreshEvidenceLock(work, submission));
  RETURN_IF_ERROR(EmitReviewReleased(work, review, last_day));
  return review;
}

absl::StatusOr<Review> GiveReviewReasons(const Work& work, const ReviewName& name,
                                         std::string_view etag, std::string_view reasons) {
  ReviewStore store;
  ASSIGN_OR_RETURN(Review review, Find(work, name, etag, ReviewStep::kGiveReasons));
  if (review.reasons_time.has_value()) {
    return Error(absl::StatusCode::kFailedPrecondition, kReviewStateWrong,
                 "the reasons were given already; they are not changed")
        .With("review", name.Text())
        .With("state", "reasons given")
        .With("step", NameOf(ReviewStep::kGiveReasons))
        .With("needed", "released without reasons");
  }
  review.reasons = reasons;
  review.reasons_time = work.caller.now;
  ASSIGN_OR_RETURN(const std::string last_day, OpenAppealWindow(work, review));
  RETURN_IF_ERROR(store.UpdateReview(work.tx, work.caller, review));
  ASSIGN_OR_RETURN(const Submission submission, SubmissionOf(work, review));
  RETURN_IF_ERROR(RefreshEvidenceLock(work, submission));
  RETURN_IF_ERROR(EmitReviewReasonsGiven(work, review, last_day));
  return review;
}

}  // namespace assay::moderation
