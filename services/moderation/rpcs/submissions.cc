#include <optional>
#include <string>
#include <vector>

#include "services/moderation/clients/approval.h"
#include "services/moderation/commands/create.h"
#include "services/moderation/commands/moderate.h"
#include "services/moderation/commands/record_marks.h"
#include "services/moderation/commands/reviews.h"
#include "services/moderation/commands/submit.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/import_marks.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Call;
using platform::Error;
using platform::Router;
using platform::Transaction;

constexpr int kCandidatesMax = 10'000;

// Approval is asked before the command runs; what it says is the fact that the command needs.
absl::StatusOr<std::string> AskApproval(const Context& context, const Call& call,
                                        const v1::CreateSubmissionRequest& request) {
  ASSIGN_OR_RETURN(const ComponentName parent, ComponentNameOf("parent", request.parent()));
  const std::string& centre = request.submission().centre();
  RETURN_IF_ERROR(CentreIdOf("submission.centre", centre).status());
  if (!call.centre().empty() ? call.centre() != centre : IsOfCentre(call)) {
    return Error(absl::StatusCode::kNotFound, kCentreNotFound, "there is no such centre")
        .With("centre", centre);
  }
  Component component;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(
        component, context.store.GetComponent(tx, call.tenant(), parent.series, parent.component));
    return absl::OkStatus();
  }));
  return context.approval.TitleIfInForce(call, centre, component.qualification);
}

absl::StatusOr<v1::Submission> CreateSubmission(const Work& work,
                                                const v1::CreateSubmissionRequest& request,
                                                const std::string& centre_title) {
  ASSIGN_OR_RETURN(const ComponentName parent, ComponentNameOf("parent", request.parent()));
  const std::string& centre = request.submission().centre();
  ASSIGN_OR_RETURN(const std::string id, CentreIdOf("submission.centre", centre));
  ASSIGN_OR_RETURN(
      const Submission submission,
      CreateSubmission(work, {parent.series, parent.component, id}, centre, centre_title));
  return ToProto(submission, work.call);
}

absl::StatusOr<v1::Submission> GetSubmission(const Work& work,
                                             const v1::GetSubmissionRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, name));
  return ToProto(submission, work.call);
}

absl::StatusOr<v1::ListSubmissionsResponse> ListSubmissions(
    const Work& work, const v1::ListSubmissionsRequest& request) {
  ASSIGN_OR_RETURN(const ComponentName parent, ComponentNameOf("parent", request.parent()));
  SubmissionFilter filter;
  if (parent.series != "-") filter.series = parent.series;
  if (parent.component != "-") filter.component = parent.component;
  ASSIGN_OR_RETURN(filter.state, StateFilterOf(request.state()));
  const std::string what = absl::StrCat(request.parent(), "\n", static_cast<int>(request.state()));
  return Page<v1::ListSubmissionsResponse>(
      work, request, what,
      [&](const std::string& after, int limit) -> absl::StatusOr<std::vector<Submission>> {
        if (after.empty()) {
          return work.store().ListSubmissions(work.tx, work.caller, filter, nullptr, limit);
        }
        ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("page_token", after));
        return work.store().ListSubmissions(work.tx, work.caller, filter, &name, limit);
      },
      [&](auto& response, const Submission& submission) {
        *response.add_submissions() = ToProto(submission, work.call);
      },
      [](const Submission& submission) { return submission.name.Text(); });
}

std::string PlaceInCall(const RefusedRow& row) {
  const std::string place = absl::StrCat("candidates[", row.row - 1, "]");
  return row.field.empty() ? place : absl::StrCat(place, ".", row.field);
}

absl::StatusOr<v1::RecordMarksResponse> RecordMarks(const Work& work,
                                                    const v1::RecordMarksRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const MarksMode mode, MarksModeOf(request.mode()));
  if (request.candidates_size() > kCandidatesMax) {
    return Error(absl::StatusCode::kInvalidArgument, kTooManyCandidates,
                 absl::StrCat("a call takes at most ", kCandidatesMax,
                              " candidates; send a file to ImportMarks instead"))
        .With("candidates_max", absl::StrCat(kCandidatesMax))
        .Field("candidates", absl::StrCat("has more than ", kCandidatesMax));
  }
  RETURN_IF_ERROR(FindOpen(work, name).status());
  ASSIGN_OR_RETURN(
      const Component component,
      work.store().GetComponent(work.tx, work.caller.tenant, name.series, name.component));
  MarkRows rows(component.scale);
  for (int i = 0; i < request.candidates_size(); ++i) {
    AddCandidate(rows, i + 1, request.candidates(i));
  }
  rows.Finish();
  RETURN_IF_ERROR(CheckRefused(mode, rows, PlaceInCall));
  ASSIGN_OR_RETURN(const Submission submission,
                   RecordMarks(work, name, request.etag(), mode, rows));
  return ToProto(submission, rows, work.call);
}

absl::StatusOr<v1::ListCandidatesResponse> ListCandidates(
    const Work& work, const v1::ListCandidatesRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, name));
  if (SeesAsModerator(work.call, submission)) {
    return Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
                 "whoever moderates a submission does not read its centre's marks; use ListWork")
        .With("method", work.call.method);
  }
  RETURN_IF_ERROR(CheckNotReviewing(work, submission));
  const std::string what = absl::StrCat(request.parent(), "\n", request.missing_only());
  return Page<v1::ListCandidatesResponse>(
      work, request, what,
      [&](const std::string& after, int limit) {
        return work.store().ListCandidates(work.tx, work.caller.tenant, submission.number, after,
                                           limit, request.missing_only());
      },
      [](auto& response, const Candidate& c) { *response.add_candidates() = ToProto(c); },
      [](const Candidate& c) { return c.number; });
}

absl::StatusOr<v1::Submission> SubmitSubmission(const Work& work,
                                                const v1::SubmitSubmissionRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Submission submission,
                   Submit(work, name, request.etag(), request.allow_missing()));
  return ToProto(submission, work.call);
}

absl::StatusOr<v1::Submission> CorrectMark(const Work& work,
                                           const v1::CorrectMarkRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("name", request.name()));
  RETURN_IF_ERROR(CheckReason("reason", request.reason()));
  const std::optional<Mark> mark = MarkOf(request.mark());
  if (!mark.has_value()) {
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                 "the mark is not a number with at most two decimals")
        .Field("mark", "is not a number with at most two decimals");
  }
  ASSIGN_OR_RETURN(
      const Submission submission,
      CorrectMark(work, name, request.etag(), request.candidate(), *mark, request.reason()));
  return ToProto(submission, work.call);
}

}  // namespace

void RegisterSubmissions(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.SubmissionService/";
  router.AskThenWrite<v1::CreateSubmissionRequest, v1::Submission, std::string>(
      service + "CreateSubmission",
      [&context](const Call& call, const v1::CreateSubmissionRequest& request) {
        return AskApproval(context, call, request);
      },
      [&context](const Call& call, const v1::CreateSubmissionRequest& request,
                 const std::string& centre_title, Transaction& tx) {
        const Work work{tx, call, context, CallerOf(call, Scope::kCentre)};
        return CreateSubmission(work, request, centre_title);
      });
  Read<v1::GetSubmissionRequest, v1::Submission>(router, context, service + "GetSubmission",
                                                 Scope::kAllocated, GetSubmission);
  Read<v1::ListSubmissionsRequest, v1::ListSubmissionsResponse>(
      router, context, service + "ListSubmissions", Scope::kAllocated, ListSubmissions);
  router.Upload<v1::ImportMarksRequest, v1::RecordMarksResponse>(
      service + "ImportMarks", [&context](const Call& call, const v1::ImportMarksRequest& first) {
        return OpenImport(context, call, first);
      });
  Write<v1::RecordMarksRequest, v1::RecordMarksResponse>(router, context, service + "RecordMarks",
                                                         Scope::kCentre, RecordMarks);
  Read<v1::ListCandidatesRequest, v1::ListCandidatesResponse>(
      router, context, service + "ListCandidates", Scope::kCentre, ListCandidates);
  Write<v1::SubmitSubmissionRequest, v1::Submission>(router, context, service + "SubmitSubmission",
                                                     Scope::kCentre, SubmitSubmission);
  Write<v1::CorrectMarkRequest, v1::Submission>(router, context, service + "CorrectMark",
                                                Scope::kCentre, CorrectMark);
}

}  // namespace assay::moderation
