#include "services/moderation/commands/reviews.h"

#include <string>
#include <vector>

#include "services/moderation/commands/appeals.h"
#include "services/moderation/convert.h"
#include "services/moderation/convert_reviews.h"
#include "services/moderation/errors.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::Router;

constexpr int kMarksMax = 10'000;

absl::StatusOr<v1::Review> Answer(const Work& work, const absl::StatusOr<Review>& review) {
  if (!review.ok()) return review.status();
  std::string last_day;
  if (review->appeal_end.has_value()) {
    ASSIGN_OR_RETURN(const ReviewRule rule, RuleOf(work, *review));
    last_day = LastDay(rule, *review->appeal_end);
  }
  return ToProto(*review, last_day, work.call);
}

absl::StatusOr<v1::Appeal> Answer(const absl::StatusOr<Appeal>& appeal) {
  if (!appeal.ok()) return appeal.status();
  return ToProto(*appeal);
}

absl::StatusOr<v1::Review> CreateReview(const Work& work, const v1::CreateReviewRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  RETURN_IF_ERROR(CheckReason("review.grounds", request.review().grounds()));
  return Answer(work, CreateReview(work, name, request.review().grounds()));
}

absl::StatusOr<v1::Review> GetReview(const Work& work, const v1::GetReviewRequest& request) {
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("name", request.name()));
  return Answer(work, ReviewStore().GetReview(work.tx, work.caller, name));
}

absl::StatusOr<v1::ListReviewsResponse> ListReviews(const Work& work,
                                                    const v1::ListReviewsRequest& request) {
  ASSIGN_OR_RETURN(const ReviewFilter filter, FilterOf(request));
  absl::Status failed;
  ASSIGN_OR_RETURN(
      v1::ListReviewsResponse response,
      (Page<v1::ListReviewsResponse>(
          work, request, absl::StrCat(request.parent(), "\n", static_cast<int>(request.state())),
          [&](const std::string& after, int limit) {
            return ReviewStore().ListReviews(work.tx, work.caller, filter, after, limit);
          },
          [&](auto& page, const Review& review) {
            auto shown = Answer(work, review);
            if (shown.ok()) {
              *page.add_reviews() = *std::move(shown);
            } else {
              failed = shown.status();
            }
          },
          [](const Review& review) { return review.name.id; })));
  if (!failed.ok()) return failed;
  return response;
}

absl::StatusOr<v1::Review> AcceptReview(const Work& work, const v1::AcceptReviewRequest& request) {
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const std::string reviewer, ModeratorIdOf("reviewer", request.reviewer()));
  return Answer(work, AcceptReview(work, name, request.etag(), reviewer));
}

absl::StatusOr<v1::Review> RefuseReview(const Work& work, const v1::RefuseReviewRequest& request) {
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("name", request.name()));
  RETURN_IF_ERROR(CheckReason("reasons", request.reasons()));
  return Answer(work, RefuseReview(work, name, request.etag(), request.reasons()));
}

absl::StatusOr<v1::Review> WithdrawReview(const Work& work,
                                          const v1::WithdrawReviewRequest& request) {
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("name", request.name()));
  return Answer(work, WithdrawReview(work, name, request.etag()));
}

absl::StatusOr<v1::ListReviewWorkResponse> ListReviewWork(
    const Work& work, const v1::ListReviewWorkRequest& request) {
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Review review, ReviewStore().GetReview(work.tx, work.caller, name));
  ASSIGN_OR_RETURN(const Component component,
                   work.store().GetComponent(work.tx, work.caller.tenant, name.submission.series,
                                             name.submission.component));
  return Page<v1::ListReviewWorkResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) {
        return ReviewStore().ListWork(work.tx, work.caller.tenant, review, after, limit);
      },
      [&](auto& page, const ReviewMark& item) {
        *page.add_items() = ToProto(item, component.blind);
      },
      [](const ReviewMark& item) { return item.candidate; });
}

absl::StatusOr<v1::RecordReviewMarksResponse> RecordReviewMarks(
    const Work& work, const v1::RecordReviewMarksRequest& request) {
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("name", request.name()));
  if (request.marks_size() > kMarksMax) {
    return Error(absl::StatusCode::kInvalidArgument, kTooManyCandidates,
                 absl::StrCat("a call takes at most ", kMarksMax, " marks"))
        .With("candidates_max", absl::StrCat(kMarksMax))
        .Field("marks", absl::StrCat("has more than ", kMarksMax));
  }
  std::vector<OwnMark> marks;
  for (const v1::ModeratorMark& mark : request.marks()) {
    marks.push_back({mark.candidate(), mark.mark()});
  }
  ASSIGN_OR_RETURN(const Recorded recorded, RecordReviewMarks(work, name, marks));
  v1::RecordReviewMarksResponse response;
  response.set_recorded_count(static_cast<std::int32_t>(recorded.recorded));
  response.set_outstanding_count(static_cast<std::int32_t>(recorded.outstanding));
  return response;
}

absl::StatusOr<v1::Review> JudgeReview(const Work& work, const v1::JudgeReviewRequest& request) {
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("name", request.name()));
  return Answer(work, JudgeReview(work, name, request.etag()));
}

absl::StatusOr<v1::Review> ReleaseReview(const Work& work,
                                         const v1::ReleaseReviewRequest& request) {
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("name", request.name()));
  if (!request.reasons().empty()) RETURN_IF_ERROR(CheckReason("reasons", request.reasons()));
  return Answer(work, ReleaseReview(work, name, request.etag(), request.reasons()));
}

absl::StatusOr<v1::Review> GiveReviewReasons(const Work& work,
                                             const v1::GiveReviewReasonsRequest& request) {
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("name", request.name()));
  RETURN_IF_ERROR(CheckReason("reasons", request.reasons()));
  return Answer(work, GiveReviewReasons(work, name, request.etag(), request.reasons()));
}

absl::StatusOr<v1::ListReviewChangesResponse> ListReviewChanges(
    const Work& work, const v1::ListReviewChangesRequest& request) {
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Review review, ReviewStore().GetReview(work.tx, work.caller, name));
  const bool known =
      IsOfCentre(work.call) ? review.state == ReviewState::kReleased : review.verdict.has_value();
  if (!known) {
    return Error(absl::StatusCode::kFailedPrecondition, kResultsNotReady,
                 "the outcome of the review is not there yet")
        .With("submission", name.submission.Text())
        .With("state", NameOf(review.state));
  }
  return Page<v1::ListReviewChangesResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) {
        return ReviewStore().ListChanges(work.tx, work.caller.tenant, review, after, limit);
      },
      [](auto& page, const Reviewed& change) { *page.add_changes() = ToChange(change); },
      [](const Reviewed& change) { return change.before.candidate; });
}

absl::StatusOr<v1::Appeal> CreateAppeal(const Work& work, const v1::CreateAppealRequest& request) {
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("parent", request.parent()));
  RETURN_IF_ERROR(CheckReason("appeal.grounds", request.appeal().grounds()));
  return Answer(CreateAppeal(work, name, request.appeal().grounds()));
}

absl::StatusOr<v1::Appeal> GetAppeal(const Work& work, const v1::GetAppealRequest& request) {
  ASSIGN_OR_RETURN(const AppealName name, AppealNameOf("name", request.name()));
  return Answer(ReviewStore().GetAppeal(work.tx, work.caller, name));
}

absl::StatusOr<v1::ListAppealsResponse> ListAppeals(const Work& work,
                                                    const v1::ListAppealsRequest& request) {
  ASSIGN_OR_RETURN(const ReviewFilter filter, FilterOf(request));
  return Page<v1::ListAppealsResponse>(
      work, request, absl::StrCat(request.parent(), "\n", static_cast<int>(request.state())),
      [&](const std::string& after, int limit) {
        return ReviewStore().ListAppeals(work.tx, work.caller, filter, after, limit);
      },
      [](auto& page, const Appeal& appeal) { *page.add_appeals() = ToProto(appeal); },
      [](const Appeal& appeal) { return appeal.name.id; });
}

absl::StatusOr<v1::Appeal> HearAppeal(const Work& work, const v1::HearAppealRequest& request) {
  ASSIGN_OR_RETURN(const AppealName name, AppealNameOf("name", request.name()));
  ASSIGN_OR_RETURN(std::vector<std::string> panel, PanelOf(request));
  return Answer(HearAppeal(work, name, request.etag(), std::move(panel)));
}

absl::StatusOr<v1::Appeal> DecideAppeal(const Work& work, const v1::DecideAppealRequest& request) {
  ASSIGN_OR_RETURN(const AppealName name, AppealNameOf("name", request.name()));
  RETURN_IF_ERROR(CheckReason("reasons", request.reasons()));
  return Answer(DecideAppeal(work, name, request.etag(), request.upheld(), request.reasons()));
}

absl::StatusOr<v1::Appeal> WithdrawAppeal(const Work& work,
                                          const v1::WithdrawAppealRequest& request) {
  ASSIGN_OR_RETURN(const AppealName name, AppealNameOf("name", request.name()));
  return Answer(WithdrawAppeal(work, name, request.etag()));
}

}  // namespace

void RegisterReviews(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.ReviewService/";
  Write<v1::CreateReviewRequest, v1::Review>(router, context, service + "CreateReview",
                                             Scope::kCentre, CreateReview);
  Read<v1::GetReviewRequest, v1::Review>(router, context, service + "GetReview", Scope::kAllocated,
                                         GetReview);
  Read<v1::ListReviewsRequest, v1::ListReviewsResponse>(router, context, service + "ListReviews",
                                                        Scope::kAllocated, ListReviews);
  Write<v1::AcceptReviewRequest, v1::Review>(router, context, service + "AcceptReview",
                                             Scope::kCentre, AcceptReview);
  Write<v1::RefuseReviewRequest, v1::Review>(router, context, service + "RefuseReview",
                                             Scope::kCentre, RefuseReview);
  Write<v1::WithdrawReviewRequest, v1::Review>(router, context, service + "WithdrawReview",
                                               Scope::kCentre, WithdrawReview);
  Read<v1::ListReviewWorkRequest, v1::ListReviewWorkResponse>(
      router, context, service + "ListReviewWork", Scope::kAllocated, ListReviewWork);
  Write<v1::RecordReviewMarksRequest, v1::RecordReviewMarksResponse>(
      router, context, service + "RecordReviewMarks", Scope::kAllocated, RecordReviewMarks);
  Write<v1::JudgeReviewRequest, v1::Review>(router, context, service + "JudgeReview",
                                            Scope::kAllocated, JudgeReview);
  Write<v1::ReleaseReviewRequest, v1::Review>(router, context, service + "ReleaseReview",
                                              Scope::kCentre, ReleaseReview);
  Write<v1::GiveReviewReasonsRequest, v1::Review>(router, context, service + "GiveReviewReasons",
                                                  Scope::kCentre, GiveReviewReasons);
  Read<v1::ListReviewChangesRequest, v1::ListReviewChangesResponse>(
      router, context, service + "ListReviewChanges", Scope::kCentre, ListReviewChanges);
  Write<v1::CreateAppealRequest, v1::Appeal>(router, context, service + "CreateAppeal",
                                             Scope::kCentre, CreateAppeal);
  Read<v1::GetAppealRequest, v1::Appeal>(router, context, service + "GetAppeal", Scope::kCentre,
                                         GetAppeal);
  Read<v1::ListAppealsRequest, v1::ListAppealsResponse>(router, context, service + "ListAppeals",
                                                        Scope::kCentre, ListAppeals);
  Write<v1::HearAppealRequest, v1::Appeal>(router, context, service + "HearAppeal", Scope::kCentre,
                                           HearAppeal);
  Write<v1::DecideAppealRequest, v1::Appeal>(router, context, service + "DecideAppeal",
                                             Scope::kCentre, DecideAppeal);
  Write<v1::WithdrawAppealRequest, v1::Appeal>(router, context, service + "WithdrawAppeal",
                                               Scope::kCentre, WithdrawAppeal);
}

}  // namespace assay::moderation
