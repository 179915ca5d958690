#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/moderation/clients/evidence.h"
#include "services/moderation/commands/allocate.h"
#include "services/moderation/commands/create.h"
#include "services/moderation/commands/judge.h"
#include "services/moderation/commands/moderate.h"
#include "services/moderation/commands/reviews.h"
#include "services/moderation/convert.h"
#include "services/moderation/convert_allocation.h"
#include "services/moderation/errors.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Call;
using platform::Error;
using platform::Router;
using platform::Transaction;

constexpr int kMarksMax = 10'000;

absl::StatusOr<v1::Moderator> CreateModerator(const Work& work,
                                              const v1::CreateModeratorRequest& request) {
  ASSIGN_OR_RETURN(Moderator moderator, ModeratorFrom(request.moderator()));
  ASSIGN_OR_RETURN(moderator, CreateModerator(work, std::move(moderator)));
  return ToProto(moderator);
}

absl::StatusOr<v1::Moderator> GetModerator(const Work& work,
                                           const v1::GetModeratorRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, ModeratorIdOf("name", request.name()));
  ASSIGN_OR_RETURN(const Moderator moderator,
                   work.store().GetModerator(work.tx, work.caller.tenant, id));
  return ToProto(moderator);
}

absl::StatusOr<v1::ListModeratorsResponse> ListModerators(
    const Work& work, const v1::ListModeratorsRequest& request) {
  return Page<v1::ListModeratorsResponse>(
      work, request, "",
      [&](const std::string& after, int limit) {
        return work.store().ListModerators(work.tx, work.caller.tenant, after, limit);
      },
      [](auto& response, const Moderator& m) { *response.add_moderators() = ToProto(m); },
      [](const Moderator& m) { return m.id; });
}

// Evidence is asked before the command runs, and only if the caller wants it to be there.
absl::StatusOr<std::optional<std::int64_t>> AskEvidence(
    const Context& context, const Call& call, const v1::AllocateSubmissionRequest& request) {
  if (!request.require_evidence()) return std::optional<std::int64_t>();
  RETURN_IF_ERROR(SubmissionNameOf("name", request.name()).status());
  ASSIGN_OR_RETURN(const std::int64_t count, context.evidence.Count(call, request.name()));
  return std::optional<std::int64_t>(count);
}

absl::StatusOr<v1::Submission> AllocateSubmission(const Work& work,
                                                  const v1::AllocateSubmissionRequest& request,
                                                  std::optional<std::int64_t> evidence_count) {
  AllocateParams params{.etag = request.etag(), .evidence_count = evidence_count};
  ASSIGN_OR_RETURN(params.name, SubmissionNameOf("name", request.name()));
  if (!request.moderator().empty()) {
    ASSIGN_OR_RETURN(params.moderator, ModeratorIdOf("moderator", request.moderator()));
  }
  ASSIGN_OR_RETURN(const Submission submission, Allocate(work, params));
  return ToProto(submission, work.call);
}

absl::StatusOr<v1::ListWorkResponse> ListWork(const Work& work,
                                              const v1::ListWorkRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(CheckNotReviewing(work, submission));
  ASSIGN_OR_RETURN(
      const Component component,
      work.store().GetComponent(work.tx, work.caller.tenant, name.series, name.component));
  return Page<v1::ListWorkResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) {
        return work.store().ListMarked(work.tx, work.caller.tenant, submission, submission.stage,
                                       after, limit);
      },
      [&](auto& response, const Marked& marked) {
        *response.add_items() = ToProto(marked, component.blind, submission, work.call);
      },
      [](const Marked& marked) { return marked.pick.candidate; });
}

absl::StatusOr<v1::RecordModeratorMarksResponse> RecordModeratorMarks(
    const Work& work, const v1::RecordModeratorMarksRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("name", request.name()));
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
  // Only whoever has it records marks, whatever else they may see.
  Work own = work;
  own.caller.reach = {.moderator = work.caller.subject};
  ASSIGN_OR_RETURN(const Recorded recorded, RecordOwnMarks(own, name, marks));
  v1::RecordModeratorMarksResponse response;
  response.set_recorded_count(static_cast<std::int32_t>(recorded.recorded));
  response.set_outstanding_count(static_cast<std::int32_t>(recorded.outstanding));
  return response;
}

absl::StatusOr<v1::Judgement> JudgeSubmission(const Work& work,
                                              const v1::JudgeSubmissionRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Judged judged, JudgeSubmission(work, name, request.etag()));
  return ToProto(judged);
}

absl::StatusOr<v1::Judgement> GetJudgement(const Work& work,
                                           const v1::GetJudgementRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, JudgementNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Judged judged, FindJudgement(work, name));
  if (IsOfCentre(work.call) && judged.submission.state != State::kReleased) {
    return Error(absl::StatusCode::kNotFound, kJudgementNotFound,
                 "the results of the submission are not released")
        .With("submission", name.Text());
  }
  return ToProto(judged);
}

absl::StatusOr<v1::Submission> ReleaseSubmission(const Work& work,
                                                 const v1::ReleaseSubmissionRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Feedback feedback, FeedbackFrom(request.feedback()));
  ASSIGN_OR_RETURN(const Submission submission, Release(work, name, request.etag(), feedback));
  return ToProto(submission, work.call);
}

absl::StatusOr<v1::ListResultsResponse> ListResults(const Work& work,
                                                    const v1::ListResultsRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(CheckNotReviewing(work, submission));
  const bool released = submission.state == State::kReleased;
  if (!released && (submission.state != State::kJudged || IsOfCentre(work.call))) {
    return Error(absl::StatusCode::kFailedPrecondition, kResultsNotReady,
                 "the results are not there yet")
        .With("submission", name.Text())
        .With("state", NameOf(submission.state));
  }
  ASSIGN_OR_RETURN(
      v1::ListResultsResponse response,
      (Page<v1::ListResultsResponse>(
          work, request, request.parent(),
          [&](const std::string& after, int limit) {
            return work.store().ListResults(work.tx, work.caller.tenant, submission.number, after,
                                            limit);
          },
          [](auto& page, const Result& result) { *page.add_results() = ToProto(result); },
          [](const Result& result) { return result.candidate; })));
  if (released) *response.mutable_feedback() = ToProto(submission.feedback);
  return response;
}

}  // namespace

void RegisterModeration(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.ModerationService/";
  Write<v1::CreateModeratorRequest, v1::Moderator>(router, context, service + "CreateModerator",
                                                   Scope::kTenant, CreateModerator);
  Read<v1::GetModeratorRequest, v1::Moderator>(router, context, service + "GetModerator",
                                               Scope::kTenant, GetModerator);
  Read<v1::ListModeratorsRequest, v1::ListModeratorsResponse>(
      router, context, service + "ListModerators", Scope::kTenant, ListModerators);
  router.AskThenWrite<v1::AllocateSubmissionRequest, v1::Submission, std::optional<std::int64_t>>(
      service + "AllocateSubmission",
      [&context](const Call& call, const v1::AllocateSubmissionRequest& request) {
        return AskEvidence(context, call, request);
      },
      [&context](const Call& call, const v1::AllocateSubmissionRequest& request,
                 const std::optional<std::int64_t>& evidence_count, Transaction& tx) {
        const Work work{tx, call, context, CallerOf(call, Scope::kCentre)};
        return AllocateSubmission(work, request, evidence_count);
      });
  Read<v1::ListWorkRequest, v1::ListWorkResponse>(router, context, service + "ListWork",
                                                  Scope::kAllocated, ListWork);
  Write<v1::RecordModeratorMarksRequest, v1::RecordModeratorMarksResponse>(
      router, context, service + "RecordModeratorMarks", Scope::kAllocated, RecordModeratorMarks);
  Write<v1::JudgeSubmissionRequest, v1::Judgement>(router, context, service + "JudgeSubmission",
                                                   Scope::kAllocated, JudgeSubmission);
  Read<v1::GetJudgementRequest, v1::Judgement>(router, context, service + "GetJudgement",
                                               Scope::kAllocated, GetJudgement);
  Write<v1::ReleaseSubmissionRequest, v1::Submission>(
      router, context, service + "ReleaseSubmission", Scope::kCentre, ReleaseSubmission);
  Read<v1::ListResultsRequest, v1::ListResultsResponse>(router, context, service + "ListResults",
                                                        Scope::kCentre, ListResults);
}

}  // namespace assay::moderation
