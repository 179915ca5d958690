#include "services/moderation/commands/consortia.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/moderation/v1/consortium_service.pb.h"
#include "google/protobuf/empty.pb.h"
#include "services/moderation/clients/evidence.h"
#include "services/moderation/commands/moderate.h"
#include "services/moderation/commitment.h"
#include "services/moderation/convert.h"
#include "services/moderation/convert_draw.h"
#include "services/moderation/errors.h"
#include "services/moderation/risk_facts.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using google::protobuf::Empty;
using platform::Call;
using platform::Error;
using platform::Router;
using platform::Transaction;

constexpr std::size_t kTitleMax = 200;
constexpr int kMembersMin = 2;
constexpr int kMembersMax = 200;

v1::Consortium ToProto(const Group& group) {
  const Consortium& consortium = *group.consortium;
  v1::Consortium out;
  out.set_name(consortium.name.Text());
  out.set_title(consortium.title);
  for (const Submission& member : group.members) {
    out.add_submissions(member.name.Text());
    out.add_centres(member.centre);
    if (!member.sample.empty()) out.add_samples(SampleNameText(member.name, member.sample));
  }
  out.set_seed_commitment(Sha256Hex(consortium.secret));
  out.mutable_create_time()->set_seconds(absl::ToUnixSeconds(consortium.create_time));
  out.set_etag(platform::EtagOf(consortium.version));
  return out;
}

absl::StatusOr<v1::Consortium> CreateConsortium(const Work& work,
                                                const v1::CreateConsortiumRequest& request) {
  ASSIGN_OR_RETURN(const ComponentName parent, ComponentNameOf("parent", request.parent()));
  RETURN_IF_ERROR(CheckId("consortium_id", request.consortium_id()));
  const v1::Consortium& asked = request.consortium();
  RETURN_IF_ERROR(CheckText("consortium.title", asked.title(), kTitleMax));
  const int count = asked.submissions_size();
  if (asked.title().empty() || count < kMembersMin || count > kMembersMax) {
    const bool no_title = asked.title().empty();
    const std::string field = no_title ? "consortium.title" : "consortium.submissions";
    const std::string what =
        no_title ? "is empty" : absl::StrCat("has not ", kMembersMin, " to ", kMembersMax);
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                 absl::StrCat(field, " ", what))
        .Field(field, what);
  }
  std::vector<SubmissionName> submissions;
  for (int i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(
        submissions.emplace_back(),
        SubmissionNameOf(absl::StrCat("consortium.submissions[", i, "]"), asked.submissions(i)));
  }
  ASSIGN_OR_RETURN(
      const Group group,
      CreateConsortium(work, {parent.series, parent.component, request.consortium_id()},
                       asked.title(), submissions));
  return ToProto(group);
}

absl::StatusOr<v1::Consortium> GetConsortium(const Work& work,
                                             const v1::GetConsortiumRequest& request) {
  ASSIGN_OR_RETURN(const ConsortiumName name, ConsortiumNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Group group, LoadConsortium(work, name, Reaching::kOne));
  return ToProto(group);
}

absl::StatusOr<v1::ListConsortiaResponse> ListConsortia(const Work& work,
                                                        const v1::ListConsortiaRequest& request) {
  ASSIGN_OR_RETURN(const ComponentName parent, ComponentNameOf("parent", request.parent()));
  return Page<v1::ListConsortiaResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) -> absl::StatusOr<std::vector<Group>> {
        ASSIGN_OR_RETURN(const std::vector<Consortium> found,
                         ConsortiumStore().List(work.tx, work.caller, parent.series,
                                                parent.component, after, limit));
        std::vector<Group> groups;
        for (const Consortium& consortium : found) {
          ASSIGN_OR_RETURN(groups.emplace_back(),
                           LoadConsortium(work, consortium.name, Reaching::kOne));
        }
        return groups;
      },
      [](auto& response, const Group& group) { *response.add_consortia() = ToProto(group); },
      [](const Group& group) { return group.consortium->name.id; });
}

absl::StatusOr<Empty> DeleteConsortium(const Work& work,
                                       const v1::DeleteConsortiumRequest& request) {
  ASSIGN_OR_RETURN(const ConsortiumName name, ConsortiumNameOf("name", request.name()));
  RETURN_IF_ERROR(DeleteConsortium(work, name, request.etag()));
  return Empty();
}

absl::StatusOr<std::optional<CentreRisk>> AskRiskFor(const Context& context, const Call& call,
                                                     const v1::DrawConsortiumRequest& request) {
  if (request.centre_risk() != v1::CENTRE_RISK_UNSPECIFIED) return std::optional<CentreRisk>();
  ASSIGN_OR_RETURN(const ConsortiumName name, ConsortiumNameOf("name", request.name()));
  return AskGroupRisk(context, call, name);
}

absl::StatusOr<v1::DrawConsortiumResponse> DrawConsortium(const Work& work,
                                                          const v1::DrawConsortiumRequest& request,
                                                          const std::optional<CentreRisk>& asked) {
  ASSIGN_OR_RETURN(const ConsortiumName name, ConsortiumNameOf("name", request.name()));
  ASSIGN_OR_RETURN(SamplingFacts facts, SamplingFactsFrom(request));
  if (!facts.risk.has_value()) facts.risk = asked;
  ASSIGN_OR_RETURN(const DrawnConsortium drawn,
                   DrawConsortium(work, name, request.etag(), std::move(facts)));
  v1::DrawConsortiumResponse response;
  *response.mutable_consortium() = ToProto(drawn.group);
  for (const Drawn& share : drawn.shares) *response.add_samples() = ToProto(share, work.call);
  return response;
}

// The first submission without evidence, or "". Evidence is asked before the command runs, and only
// if the caller wants it to be there.
absl::StatusOr<std::string> WithoutEvidence(const Context& context, const Call& call,
                                            const v1::AllocateConsortiumRequest& request) {
  if (!request.require_evidence()) return std::string();
  ASSIGN_OR_RETURN(const ConsortiumName name, ConsortiumNameOf("name", request.name()));
  Group group;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    const Work work{tx, call, context, CallerOf(call, Scope::kCentre)};
    ASSIGN_OR_RETURN(group, LoadConsortium(work, name, Reaching::kAll));
    return absl::OkStatus();
  }));
  for (const Submission& member : group.members) {
    ASSIGN_OR_RETURN(const std::int64_t count, context.evidence.Count(call, member.name.Text()));
    if (count == 0) return member.name.Text();
  }
  return std::string();
}

absl::StatusOr<v1::Consortium> AllocateConsortium(const Work& work,
                                                  const v1::AllocateConsortiumRequest& request,
                                                  const std::string& without_evidence) {
  ASSIGN_OR_RETURN(const ConsortiumName name, ConsortiumNameOf("name", request.name()));
  if (!without_evidence.empty()) {
    return Error(absl::StatusCode::kFailedPrecondition, kEvidenceMissing,
                 "no evidence is linked to one of the submissions; its centre uploads and links it")
        .With("submission", without_evidence);
  }
  std::string moderator;
  if (!request.moderator().empty()) {
    ASSIGN_OR_RETURN(moderator, ModeratorIdOf("moderator", request.moderator()));
  }
  ASSIGN_OR_RETURN(const Group group, AllocateConsortium(work, name, request.etag(), moderator));
  return ToProto(group);
}

absl::StatusOr<v1::JudgeConsortiumResponse> JudgeConsortium(
    const Work& work, const v1::JudgeConsortiumRequest& request) {
  ASSIGN_OR_RETURN(const ConsortiumName name, ConsortiumNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const std::vector<Judged> judged, JudgeConsortium(work, name, request.etag()));
  // Whoever moderates counts what is left as the work lists have it, seeds and all (MOD-8).
  std::int64_t due = 0;
  for (const Judged& one : judged) {
    if (one.submission.state == State::kJudged) continue;
    ASSIGN_OR_RETURN(const std::int64_t own,
                     CountDue(work, one.submission, SeesAsModerator(work.call, one.submission)));
    due += own;
  }
  v1::JudgeConsortiumResponse response;
  for (const Judged& one : judged) {
    v1::Judgement& judgement = *response.add_judgements();
    judgement = ToProto(one);
    if (!judgement.final()) judgement.set_outstanding_count(static_cast<std::int32_t>(due));
  }
  return response;
}

absl::StatusOr<v1::Consortium> ReleaseConsortium(const Work& work,
                                                 const v1::ReleaseConsortiumRequest& request) {
  ASSIGN_OR_RETURN(const ConsortiumName name, ConsortiumNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Feedback feedback, FeedbackFrom(request.feedback()));
  ASSIGN_OR_RETURN(const Group group, ReleaseConsortium(work, name, request.etag(), feedback));
  return ToProto(group);
}

}  // namespace

void RegisterConsortia(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.ConsortiumService/";
  Write<v1::CreateConsortiumRequest, v1::Consortium>(router, context, service + "CreateConsortium",
                                                     Scope::kCentre, CreateConsortium);
  Read<v1::GetConsortiumRequest, v1::Consortium>(router, context, service + "GetConsortium",
                                                 Scope::kAllocated, GetConsortium);
  Read<v1::ListConsortiaRequest, v1::ListConsortiaResponse>(
      router, context, service + "ListConsortia", Scope::kAllocated, ListConsortia);
  Write<v1::DeleteConsortiumRequest, Empty>(router, context, service + "DeleteConsortium",
                                            Scope::kCentre, DeleteConsortium);
  router.AskThenWrite<v1::DrawConsortiumRequest, v1::DrawConsortiumResponse,
                      std::optional<CentreRisk>>(
      service + "DrawConsortium",
      [&context](const Call& call, const v1::DrawConsortiumRequest& request) {
        return AskRiskFor(context, call, request);
      },
      [&context](const Call& call, const v1::DrawConsortiumRequest& request,
                 const std::optional<CentreRisk>& asked, Transaction& tx) {
        const Work work{tx, call, context, CallerOf(call, Scope::kCentre)};
        return DrawConsortium(work, request, asked);
      });
  router.AskThenWrite<v1::AllocateConsortiumRequest, v1::Consortium, std::string>(
      service + "AllocateConsortium",
      [&context](const Call& call, const v1::AllocateConsortiumRequest& request) {
        return WithoutEvidence(context, call, request);
      },
      [&context](const Call& call, const v1::AllocateConsortiumRequest& request,
                 const std::string& without_evidence, Transaction& tx) {
        const Work work{tx, call, context, CallerOf(call, Scope::kCentre)};
        return AllocateConsortium(work, request, without_evidence);
      });
  Write<v1::JudgeConsortiumRequest, v1::JudgeConsortiumResponse>(
      router, context, service + "JudgeConsortium", Scope::kAllocated, JudgeConsortium);
  Write<v1::ReleaseConsortiumRequest, v1::Consortium>(
      router, context, service + "ReleaseConsortium", Scope::kCentre, ReleaseConsortium);
}

}  // namespace assay::moderation
