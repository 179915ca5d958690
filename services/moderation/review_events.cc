#include "services/moderation/review_events.h"

#include <string>

#include "assay/moderation/v1/events.pb.h"
#include "google/protobuf/util/time_util.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/rpc/emit.h"

namespace assay::moderation {
namespace {

template <typename Event>
Event About(const Review& review) {
  Event event;
  event.set_review(review.name.Text());
  event.set_submission(review.name.submission.Text());
  event.set_centre(review.centre);
  event.set_centre_title(review.centre_title);
  return event;
}

template <typename Event>
Event About(const Appeal& appeal) {
  Event event;
  event.set_appeal(appeal.name.Text());
  event.set_submission(appeal.name.review.submission.Text());
  event.set_centre(appeal.centre);
  event.set_centre_title(appeal.centre_title);
  return event;
}

absl::Status Send(const Work& work, const std::string& subject,
                  const google::protobuf::Message& event) {
  return platform::Emit(work.tx, work.call, work.context.ids, subject, event);
}

}  // namespace

absl::Status EmitReviewRequested(const Work& work, const Review& review) {
  auto event = About<v1::ReviewRequested>(review);
  event.set_ordered_by(review.ordered_by);
  return Send(work, review.name.Text(), event);
}

absl::Status EmitReviewAccepted(const Work& work, const Review& review, std::string_view previous) {
  auto event = About<v1::ReviewAccepted>(review);
  event.set_reviewer_subject(review.reviewer_subject);
  event.set_previous_reviewer_subject(std::string(previous));
  return Send(work, review.name.Text(), event);
}

absl::Status EmitReviewRefused(const Work& work, const Review& review,
                               std::string_view appeal_last_day) {
  auto event = About<v1::ReviewRefused>(review);
  event.set_reasons(review.reasons);
  event.set_appeal_last_day(std::string(appeal_last_day));
  return Send(work, review.name.Text(), event);
}

absl::Status EmitReviewWithdrawn(const Work& work, const Review& review) {
  auto event = About<v1::ReviewWithdrawn>(review);
  event.set_reviewer_subject(review.reviewer_subject);
  return Send(work, review.name.Text(), event);
}

absl::Status EmitReviewJudged(const Work& work, const Review& review) {
  auto event = About<v1::ReviewJudged>(review);
  event.set_moderation_stands(review.raised + review.lowered == 0);
  return Send(work, review.name.Text(), event);
}

absl::Status EmitReviewReleased(const Work& work, const Review& review,
                                std::string_view appeal_last_day) {
  auto event = About<v1::ReviewReleased>(review);
  event.set_outcome(review.raised + review.lowered == 0 ? "moderation stands" : "results changed");
  event.set_raised_count(static_cast<std::int32_t>(review.raised));
  event.set_lowered_count(static_cast<std::int32_t>(review.lowered));
  event.set_reasons(review.reasons);
  event.set_appeal_last_day(std::string(appeal_last_day));
  return Send(work, review.name.Text(), event);
}

absl::Status EmitReviewReasonsGiven(const Work& work, const Review& review,
                                    std::string_view appeal_last_day) {
  auto event = About<v1::ReviewReasonsGiven>(review);
  event.set_reasons(review.reasons);
  event.set_appeal_last_day(std::string(appeal_last_day));
  return Send(work, review.name.Text(), event);
}

absl::Status EmitAppealLodged(const Work& work, const Appeal& appeal) {
  return Send(work, appeal.name.Text(), About<v1::AppealLodged>(appeal));
}

absl::Status EmitAppealInHearing(const Work& work, const Appeal& appeal) {
  RETURN_IF_ERROR(Send(work, appeal.name.Text(), About<v1::AppealInHearing>(appeal)));
  for (const std::string& member : appeal.panel) {
    auto event = About<v1::AppealPanelNamed>(appeal);
    event.set_member(member);
    RETURN_IF_ERROR(Send(work, appeal.name.Text(), event));
  }
  return absl::OkStatus();
}

absl::Status EmitAppealDecided(const Work& work, const Appeal& appeal) {
  auto event = About<v1::AppealDecided>(appeal);
  event.set_decision(std::string(NameOf(appeal.state)));
  event.set_reasons(appeal.reasons);
  return Send(work, appeal.name.Text(), event);
}

absl::Status EmitAppealWithdrawn(const Work& work, const Appeal& appeal) {
  return Send(work, appeal.name.Text(), About<v1::AppealWithdrawn>(appeal));
}

absl::Status EmitEvidenceLockChanged(const Work& work, const Submission& submission,
                                     const LockTerm& term) {
  v1::EvidenceLockChanged event;
  event.set_submission(submission.name.Text());
  event.set_centre(submission.centre);
  event.set_locked(term.locked);
  if (term.until.has_value()) {
    *event.mutable_until_time() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(*term.until));
  }
  return Send(work, submission.name.Text(), event);
}

}  // namespace assay::moderation
