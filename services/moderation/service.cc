#include "services/moderation/service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/moderation/clients/approval.h"
#include "services/moderation/clients/evidence.h"
#include "services/moderation/commands/allocate.h"
#include "services/moderation/commands/create.h"
#include "services/moderation/commands/draw_sample.h"
#include "services/moderation/commands/judge.h"
#include "services/moderation/commands/moderate.h"
#include "services/moderation/commands/record_marks.h"
#include "services/moderation/commands/submit.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/import_marks.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/page.h"

namespace assay::moderation {
namespace {

using platform::Call;
using platform::Error;
using platform::Router;
using platform::Transaction;
using platform::View;

constexpr int kCandidatesMax = 10'000;
constexpr std::size_t kReasonMax = 2000;

template <typename Req, typename Resp>
using Handler = absl::StatusOr<Resp> (*)(const Work&, const Req&);

template <typename Req, typename Resp>
void Read(Router& router, const Context& context, std::string_view method, Scope scope,
          Handler<Req, Resp> handler) {
  router.Read<Req, Resp>(
      method,
      [=, &context](const Call& call, const Req& request, Transaction& tx) -> absl::StatusOr<Resp> {
        return handler(Work{tx, call, context, CallerOf(call, scope)}, request);
      });
}

template <typename Req, typename Resp>
void Write(Router& router, const Context& context, std::string_view method, Scope scope,
           Handler<Req, Resp> handler) {
  router.Write<Req, Resp>(
      method,
      [=, &context](const Call& call, const Req& request, Transaction& tx) -> absl::StatusOr<Resp> {
        return handler(Work{tx, call, context, CallerOf(call, scope)}, request);
      });
}

// One page of a list: asks for one item more than the page holds to see whether more come.
// `what` is everything besides the position that decides the list.
template <typename Resp, typename Req, typename Fetch, typename Put, typename Position>
absl::StatusOr<Resp> Page(const Work& work, const Req& request, std::string_view what, Fetch fetch,
                          Put put, Position position) {
  const Reach& reach = work.caller.reach;
  const std::string query =
      absl::StrCat(work.caller.tenant, "\n", reach.all, "\n", reach.centre, "\n", reach.moderator,
                   "\n", work.call.method, "\n", View(what));
  ASSIGN_OR_RETURN(const std::int32_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after, platform::DecodePageToken(request.page_token(), query));
  ASSIGN_OR_RETURN(auto items, fetch(after, size + 1));
  Resp response;
  const bool more = static_cast<std::int32_t>(items.size()) > size;
  if (more) items.pop_back();
  for (const auto& item : items) put(response, item);
  if (more) {
    response.set_next_page_token(platform::EncodePageToken(position(items.back()), query));
  }
  return response;
}

absl::StatusOr<v1::Series> CreateSeries(const Work& work, const v1::CreateSeriesRequest& request) {
  ASSIGN_OR_RETURN(const Series series, SeriesFrom(request, work.caller.now));
  RETURN_IF_ERROR(CreateSeries(work, series));
  return ToProto(series);
}

absl::StatusOr<v1::Series> GetSeries(const Work& work, const v1::GetSeriesRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, SeriesIdOf("name", request.name()));
  ASSIGN_OR_RETURN(const Series series, work.store().GetSeries(work.tx, work.caller.tenant, id));
  return ToProto(series);
}

absl::StatusOr<v1::ListSeriesResponse> ListSeries(const Work& work,
                                                  const v1::ListSeriesRequest& request) {
  return Page<v1::ListSeriesResponse>(
      work, request, "",
      [&](const std::string& after, int limit) {
        return work.store().ListSeries(work.tx, work.caller.tenant, after, limit);
      },
      [](auto& response, const Series& series) { *response.add_series() = ToProto(series); },
      [](const Series& series) { return series.id; });
}

absl::StatusOr<v1::Component> CreateComponent(const Work& work,
                                              const v1::CreateComponentRequest& request) {
  ASSIGN_OR_RETURN(const Component component, ComponentFrom(request, work.caller.now));
  RETURN_IF_ERROR(CreateComponent(work, component));
  return ToProto(component);
}

absl::StatusOr<v1::Component> GetComponent(const Work& work,
                                           const v1::GetComponentRequest& request) {
  ASSIGN_OR_RETURN(const ComponentName name, ComponentNameOf("name", request.name()));
  ASSIGN_OR_RETURN(
      const Component component,
      work.store().GetComponent(work.tx, work.caller.tenant, name.series, name.component));
  return ToProto(component);
}

absl::StatusOr<v1::ListComponentsResponse> ListComponents(
    const Work& work, const v1::ListComponentsRequest& request) {
  ASSIGN_OR_RETURN(const std::string series, SeriesIdOf("parent", request.parent()));
  return Page<v1::ListComponentsResponse>(
      work, request, series,
      [&](const std::string& after, int limit) {
        return work.store().ListComponents(work.tx, work.caller.tenant, series, after, limit);
      },
      [](auto& response, const Component& c) { *response.add_components() = ToProto(c); },
      [](const Component& c) { return c.id; });
}

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
  if (request.reason().find_first_not_of(" \t\r\n") == std::string::npos) {
    return Error(absl::StatusCode::kInvalidArgument, kReasonMissing, "a correction says why")
        .Field("reason", "is empty");
  }
  RETURN_IF_ERROR(CheckText("reason", request.reason(), kReasonMax));
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

absl::StatusOr<v1::Sample> DrawSample(const Work& work, const v1::DrawSampleRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Drawn drawn, DrawSample(work, name, request.etag()));
  return ToProto(drawn, work.call);
}

absl::StatusOr<v1::Sample> GetSample(const Work& work, const v1::GetSampleRequest& request) {
  ASSIGN_OR_RETURN(const SampleName name, SampleNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Drawn drawn, FindSample(work, name.submission, name.id));
  return ToProto(drawn, work.call);
}

absl::StatusOr<v1::ListSamplesResponse> ListSamples(const Work& work,
                                                    const v1::ListSamplesRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, name));
  return Page<v1::ListSamplesResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) {
        return work.store().ListSamples(work.tx, work.caller.tenant, submission.number, after,
                                        limit);
      },
      [&](auto& response, const Sample& sample) {
        *response.add_samples() = ToProto(Drawn{submission, sample}, work.call);
      },
      [](const Sample& sample) { return sample.id; });
}

absl::StatusOr<v1::VerifySampleResponse> VerifySample(const Work& work,
                                                      const v1::VerifySampleRequest& request) {
  ASSIGN_OR_RETURN(const SampleName name, SampleNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Verification verification, VerifySample(work, name.submission, name.id));
  return ToProto(verification);
}

absl::StatusOr<v1::Moderator> CreateModerator(const Work& work,
                                              const v1::CreateModeratorRequest& request) {
  ASSIGN_OR_RETURN(Moderator moderator, ModeratorFrom(request));
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
  if (request.marks_size() > kCandidatesMax) {
    return Error(absl::StatusCode::kInvalidArgument, kTooManyCandidates,
                 absl::StrCat("a call takes at most ", kCandidatesMax, " marks"))
        .With("candidates_max", absl::StrCat(kCandidatesMax))
        .Field("marks", absl::StrCat("has more than ", kCandidatesMax));
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

absl::CivilDay Today(const Work& work) {
  return absl::ToCivilDay(work.caller.now, absl::UTCTimeZone());
}

absl::StatusOr<v1::Policy> GetPolicy(const Work& work, const v1::GetPolicyRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, PolicyIdOf("name", request.name()));
  const Policy* policy = work.context.policies.InForce(id, Today(work));
  if (policy == nullptr) {
    return Error(absl::StatusCode::kNotFound, kPolicyNotFound, "no such policy is in force")
        .With("policy", id)
        .With("kind", "");
  }
  return ToProto(*policy);
}

absl::StatusOr<v1::ListPoliciesResponse> ListPolicies(const Work& work,
                                                      const v1::ListPoliciesRequest& request) {
  return Page<v1::ListPoliciesResponse>(
      work, request, "",
      [&](const std::string& after, int limit) -> absl::StatusOr<std::vector<const Policy*>> {
        std::vector<const Policy*> found;
        for (const Policy& policy : work.context.policies.all()) {
          const bool current = work.context.policies.InForce(policy.id, Today(work)) == &policy;
          if (current && policy.id > after && static_cast<int>(found.size()) < limit) {
            found.push_back(&policy);
          }
        }
        return found;
      },
      [](auto& response, const Policy* policy) { *response.add_policies() = ToProto(*policy); },
      [](const Policy* policy) { return policy->id; });
}

void RegisterSeries(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.SeriesService/";
  const Scope scope = Scope::kTenant;
  Write<v1::CreateSeriesRequest, v1::Series>(router, context, service + "CreateSeries", scope,
                                             CreateSeries);
  Read<v1::GetSeriesRequest, v1::Series>(router, context, service + "GetSeries", scope, GetSeries);
  Read<v1::ListSeriesRequest, v1::ListSeriesResponse>(router, context, service + "ListSeries",
                                                      scope, ListSeries);
  Write<v1::CreateComponentRequest, v1::Component>(router, context, service + "CreateComponent",
                                                   scope, CreateComponent);
  Read<v1::GetComponentRequest, v1::Component>(router, context, service + "GetComponent", scope,
                                               GetComponent);
  Read<v1::ListComponentsRequest, v1::ListComponentsResponse>(
      router, context, service + "ListComponents", scope, ListComponents);
}

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

void RegisterSamples(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.SampleService/";
  Write<v1::DrawSampleRequest, v1::Sample>(router, context, service + "DrawSample", Scope::kCentre,
                                           DrawSample);
  Read<v1::GetSampleRequest, v1::Sample>(router, context, service + "GetSample", Scope::kAllocated,
                                         GetSample);
  Read<v1::ListSamplesRequest, v1::ListSamplesResponse>(router, context, service + "ListSamples",
                                                        Scope::kAllocated, ListSamples);
  Read<v1::VerifySampleRequest, v1::VerifySampleResponse>(router, context, service + "VerifySample",
                                                          Scope::kAllocated, VerifySample);
}

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

void RegisterPolicies(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.PolicyService/";
  Read<v1::GetPolicyRequest, v1::Policy>(router, context, service + "GetPolicy", Scope::kTenant,
                                         GetPolicy);
  Read<v1::ListPoliciesRequest, v1::ListPoliciesResponse>(router, context, service + "ListPolicies",
                                                          Scope::kTenant, ListPolicies);
}

}  // namespace

void RegisterRpcs(Router& router, const Context& context) {
  RegisterSeries(router, context);
  RegisterSubmissions(router, context);
  RegisterSamples(router, context);
  RegisterModeration(router, context);
  RegisterPolicies(router, context);
}

}  // namespace assay::moderation
