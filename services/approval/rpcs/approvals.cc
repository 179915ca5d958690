#include "services/approval/stores/approvals.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "services/approval/commands/apply_for_qualification.h"
#include "services/approval/commands/approval_policy.h"
#include "services/approval/commands/check_standing.h"
#include "services/approval/commands/decide_approval.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/convert.h"
#include "services/approval/errors.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {
namespace {

using platform::Call;
using platform::Transaction;
using V1Approval = v1::QualificationApproval;
using V1Condition = v1::ApprovalCondition;

constexpr int kQuestionsMax = 1000;
constexpr int kConditionsMax = 50;
constexpr std::string_view kPolicies = "approvalPolicies/";

// With its conditions.
absl::StatusOr<V1Approval> Whole(const Work& work, const QualificationApproval& approval) {
  V1Approval out = ToProto(approval);
  ASSIGN_OR_RETURN(const auto conditions,
                   ApprovalStore().ListConditions(work.tx, work.reach.tenant, approval));
  for (const ApprovalCondition& condition : conditions) {
    V1Condition& to = *out.add_conditions();
    to.set_number(condition.number);
    to.set_kind(static_cast<V1Condition::Kind>(condition.kind));
    to.set_text(condition.text);
    *to.mutable_due_date() = ToDate(condition.due_day);
    to.set_state(static_cast<V1Condition::State>(condition.state));
    to.set_close_reason(condition.close_reason);
    to.set_closed_by(condition.closed_by);
  }
  return out;
}

absl::StatusOr<V1Approval> Decide(const Work& work, const std::string& name,
                                  const ApprovalDecision& decision) {
  ASSIGN_OR_RETURN(const ApprovalName parts, ApprovalNameFrom("name", name));
  ASSIGN_OR_RETURN(const QualificationApproval approval,
                   DecideApproval(work, parts.centre, parts.id, decision));
  return Whole(work, approval);
}

template <typename Request>
absl::StatusOr<V1Approval> DecideAgainst(const Work& work, const Request& request, ApprovalState to,
                                         bool reinstate = false) {
  ApprovalDecision decision = {.to = to, .etag = request.etag(), .reinstate = reinstate};
  ASSIGN_OR_RETURN(decision.reason, ReasonFrom(request.reason()));
  return Decide(work, request.name(), decision);
}

absl::StatusOr<V1Approval> Create(const Work& work,
                                  const v1::CreateQualificationApprovalRequest& request) {
  const V1Approval& wanted = request.qualification_approval();
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(
      const std::string number,
      QualificationFrom("qualification_approval.qualification", wanted.qualification()));
  ASSIGN_OR_RETURN(const QualificationApproval approval,
                   ApplyForQualification(work, centre, number,
                                         wanted.fast_track() ? Track::kFast : Track::kUsual));
  return ToProto(approval);
}

absl::StatusOr<V1Approval> Get(const Work& work,
                               const v1::GetQualificationApprovalRequest& request) {
  ASSIGN_OR_RETURN(const ApprovalName name, ApprovalNameFrom("name", request.name()));
  ASSIGN_OR_RETURN(const QualificationApproval approval,
                   work.context.store.GetApproval(work.tx, work.reach, name.centre, name.id));
  return Whole(work, approval);
}

absl::StatusOr<v1::ListQualificationApprovalsResponse> List(
    const Work& work, const v1::ListQualificationApprovalsRequest& request) {
  ApprovalFilter filter;
  ASSIGN_OR_RETURN(filter.centre, ParentFrom(request.parent()));
  ASSIGN_OR_RETURN(filter.state, StateFrom(request.state()));
  if (!request.qualification().empty()) {
    ASSIGN_OR_RETURN(filter.qualification,
                     QualificationFrom("qualification", request.qualification()));
  }
  if (request.overdue()) {
    filter.answer_due_before = Today(work);
  }
  if (request.condition_overdue()) {
    filter.condition_due_before = Today(work);
  }
  const std::string_view state =
      filter.state.has_value() ? NameOf(*filter.state) : std::string_view();
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListQualificationApprovals", request.parent(), state,
                                      filter.qualification, request.overdue() ? "overdue" : "",
                                      request.condition_overdue() ? "condition overdue" : ""}));
  ASSIGN_OR_RETURN(
      const ApprovalPage found,
      work.context.store.ListApprovals(work.tx, work.reach, filter, page.after, page.size));
  v1::ListQualificationApprovalsResponse response;
  for (const QualificationApproval& approval : found.approvals) {
    *response.add_qualification_approvals() = ToProto(approval);
  }
  response.set_next_page_token(page.TokenAfter(found.next));
  return response;
}

absl::StatusOr<ApprovalCondition> ConditionFrom(const std::string& field, const V1Condition& in) {
  ApprovalCondition condition;
  if (in.kind() == V1Condition::KIND_PLANNER) condition.kind = ConditionKind::kPlanner;
  ASSIGN_OR_RETURN(condition.text, ReasonFrom(in.text(), field + ".text"));
  ASSIGN_OR_RETURN(const auto due, DayFrom(field + ".due_date", in.has_due_date(), in.due_date()));
  if (!due.has_value()) return FieldInvalid(field + ".due_date", "is missing");
  condition.due_day = *due;
  return condition;
}

absl::StatusOr<V1Approval> Approve(const Work& work,
                                   const v1::ApproveQualificationApprovalRequest& request) {
  ApprovalDecision decision = {.to = ApprovalState::kApproved, .etag = request.etag()};
  ASSIGN_OR_RETURN(decision.effective_date, DayFrom("effective_date", request.has_effective_date(),
                                                    request.effective_date()));
  ASSIGN_OR_RETURN(decision.expire_date,
                   DayFrom("expire_date", request.has_expire_date(), request.expire_date()));
  ASSIGN_OR_RETURN(decision.reason, OptionalReasonFrom(request.reason()));
  if (request.conditions_size() > kConditionsMax) {
    return FieldInvalid("conditions", absl::StrCat("are more than ", kConditionsMax));
  }
  for (int i = 0; i < request.conditions_size(); ++i) {
    ASSIGN_OR_RETURN(ApprovalCondition condition,
                     ConditionFrom(absl::StrCat("conditions[", i, "]"), request.conditions(i)));
    decision.conditions.push_back(std::move(condition));
  }
  return Decide(work, request.name(), decision);
}

absl::StatusOr<V1Approval> Refuse(const Work& work,
                                  const v1::RefuseQualificationApprovalRequest& request) {
  return DecideAgainst(work, request, ApprovalState::kRefused);
}
absl::StatusOr<V1Approval> Withdraw(const Work& work,
                                    const v1::WithdrawQualificationApprovalRequest& request) {
  return DecideAgainst(work, request, ApprovalState::kWithdrawn);
}
absl::StatusOr<V1Approval> Suspend(const Work& work,
                                   const v1::SuspendQualificationApprovalRequest& request) {
  return DecideAgainst(work, request, ApprovalState::kSuspended);
}
absl::StatusOr<V1Approval> Reinstate(const Work& work,
                                     const v1::ReinstateQualificationApprovalRequest& request) {
  return DecideAgainst(work, request, ApprovalState::kApproved, /*reinstate=*/true);
}

template <typename Request>
absl::StatusOr<ApprovalTarget> TargetFrom(const Request& request) {
  ASSIGN_OR_RETURN(ApprovalName name, ApprovalNameFrom("name", request.name()));
  return ApprovalTarget{std::move(name.centre), std::move(name.id), request.etag()};
}

absl::StatusOr<V1Approval> Renew(const Work& work,
                                 const v1::RenewQualificationApprovalRequest& request) {
  ASSIGN_OR_RETURN(const ApprovalTarget target, TargetFrom(request));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const auto day,
                   DayFrom("expire_date", request.has_expire_date(), request.expire_date()));
  if (!day.has_value()) return FieldInvalid("expire_date", "is missing");
  ASSIGN_OR_RETURN(const QualificationApproval approval, RenewApproval(work, target, *day, reason));
  return Whole(work, approval);
}

absl::StatusOr<V1Approval> AddTo(const Work& work, const v1::AddApprovalConditionRequest& request) {
  ASSIGN_OR_RETURN(const ApprovalTarget target, TargetFrom(request));
  ASSIGN_OR_RETURN(const ApprovalCondition condition,
                   ConditionFrom("condition", request.condition()));
  ASSIGN_OR_RETURN(const QualificationApproval approval, AddCondition(work, target, condition));
  return Whole(work, approval);
}

absl::StatusOr<V1Approval> CloseOne(const Work& work,
                                    const v1::CloseApprovalConditionRequest& request) {
  ASSIGN_OR_RETURN(const ApprovalTarget target, TargetFrom(request));
  ConditionClosing closing = {.number = request.condition()};
  ASSIGN_OR_RETURN(closing.reason, ReasonFrom(request.reason()));
  if (request.state() == V1Condition::STATE_WAIVED) {
    closing.state = ConditionState::kWaived;
  } else if (request.state() != V1Condition::STATE_MET) {
    return FieldInvalid("state", "is neither STATE_MET nor STATE_WAIVED");
  }
  ASSIGN_OR_RETURN(const QualificationApproval approval, CloseCondition(work, target, closing));
  return Whole(work, approval);
}

absl::StatusOr<v1::ListApprovalChangesResponse> ListChanges(
    const Work& work, const v1::ListApprovalChangesRequest& request) {
  ASSIGN_OR_RETURN(const ApprovalName name, ApprovalNameFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(const QualificationApproval approval,
                   work.context.store.GetApproval(work.tx, work.reach, name.centre, name.id));
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListApprovalChanges", request.parent()}));
  int after = 0;
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &after)) {
    return FieldInvalid("page_token", "is of another list");
  }
  ASSIGN_OR_RETURN(const auto changes, ApprovalStore().ListChanges(work.tx, work.reach.tenant,
                                                                   approval, after, page.size + 1));
  v1::ListApprovalChangesResponse response;
  for (const ApprovalChange& change : changes) {
    if (response.changes_size() == page.size) {
      response.set_next_page_token(page.TokenAfter(absl::StrCat(change.number - 1)));
      break;
    }
    v1::ApprovalChange& out = *response.add_changes();
    out.set_what(change.what);
    *out.mutable_day() = ToDate(change.day);
    out.set_reason(change.reason);
    out.set_actor(change.actor);
    *out.mutable_time() = ToTimestamp(change.time);
  }
  return response;
}

absl::StatusOr<v1::CheckApprovalResponse> Check(const Work& work,
                                                const v1::CheckApprovalRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("centre", request.centre()));
  ASSIGN_OR_RETURN(const std::string number,
                   QualificationFrom("qualification", request.qualification()));
  ASSIGN_OR_RETURN(const auto day, DayFrom("date", request.has_date(), request.date()));
  ASSIGN_OR_RETURN(const StandingAnswer answer, CheckStanding(work, centre, number, day));
  return ToProto(answer);
}

absl::StatusOr<v1::BatchCheckApprovalsResponse> BatchCheck(
    const Work& work, const v1::BatchCheckApprovalsRequest& request) {
  if (request.questions_size() > kQuestionsMax) {
    return platform::Error(absl::StatusCode::kInvalidArgument, kTooManyQuestions,
                           absl::StrCat(request.questions_size(), " questions are more than ",
                                        kQuestionsMax, "; ask in several calls"))
        .With("count", absl::StrCat(request.questions_size()))
        .With("limit", absl::StrCat(kQuestionsMax))
        .Field("questions", absl::StrCat("are more than ", kQuestionsMax));
  }
  std::vector<StandingQuestion> questions;
  for (int i = 0; i < request.questions_size(); ++i) {
    const v1::ApprovalQuestion& in = request.questions(i);
    const std::string field = absl::StrCat("questions[", i, "].");
    StandingQuestion& question = questions.emplace_back();
    absl::StatusOr<std::string> centre = CentreIdFrom(field + "centre", in.centre());
    // A name that cannot be of a centre is one that is not found.
    if (!centre.ok() && !absl::IsNotFound(centre.status())) return centre.status();
    question.centre = centre.ok() ? *std::move(centre) : "";
    ASSIGN_OR_RETURN(question.qualification,
                     QualificationFrom(field + "qualification", in.qualification()));
    ASSIGN_OR_RETURN(question.day, DayFrom(field + "date", in.has_date(), in.date()));
  }
  ASSIGN_OR_RETURN(const auto answers, CheckStandings(work, questions));
  v1::BatchCheckApprovalsResponse response;
  for (const StandingAnswer& answer : answers) *response.add_answers() = ToProto(answer);
  return response;
}

absl::StatusOr<std::string> PolicyKeyFrom(const std::string& name) {
  if (name.starts_with(kPolicies) && name.size() > kPolicies.size() &&
      name.find('/', kPolicies.size()) == name.npos) {
    return name.substr(kPolicies.size());
  }
  return FieldInvalid("name", "is not approvalPolicies/{approval_policy}");
}

// `latest`: the last version of the policy `key` itself.
v1::ApprovalPolicy ToProto(const ApprovalPolicy& policy, const std::string& key, int latest) {
  v1::ApprovalPolicy out;
  const bool own = policy.qualification == key;
  out.set_name(absl::StrCat("approvalPolicies/", key));
  out.set_answer_days(policy.answer_days);
  out.set_fast_track_answer_days(policy.fast_track_answer_days);
  out.set_valid_days(policy.valid_days);
  out.set_first_use_days(policy.first_use_days);
  out.set_planner_as_condition(policy.planner_as_condition);
  out.set_backdate_days(policy.backdate_days);
  out.set_version(own ? policy.version : 0);
  out.set_latest_version(latest);
  if (policy.version > 0) *out.mutable_effective_date() = ToDate(policy.effective_day);
  if (!own) out.set_inherited_from(absl::StrCat("approvalPolicies/", policy.qualification));
  out.set_change_note(policy.change_note);
  out.set_author(policy.author);
  if (policy.version > 0) *out.mutable_update_time() = ToTimestamp(policy.time);
  out.set_etag(platform::EtagOf(latest));
  return out;
}

// One of the default policy, or of a qualification that the catalogue has.
absl::StatusOr<std::string> KnownPolicyKey(const Work& work, const std::string& name) {
  ASSIGN_OR_RETURN(const std::string key, PolicyKeyFrom(name));
  if (key != kDefaultPolicy) RETURN_IF_ERROR(FindQualification(work, key).status());
  return key;
}

absl::StatusOr<v1::ApprovalPolicy> GetPolicy(const Work& work,
                                             const v1::GetApprovalPolicyRequest& request) {
  ASSIGN_OR_RETURN(const std::string key, KnownPolicyKey(work, request.name()));
  ASSIGN_OR_RETURN(const auto day, DayFrom("date", request.has_date(), request.date()));
  if (request.version() < 0) return FieldInvalid("version", "is below 0");
  if (request.version() > 0 && day.has_value()) {
    return FieldInvalid("version", "is given together with date; one of them says which");
  }
  ASSIGN_OR_RETURN(const int latest, LatestPolicyVersion(work, key));
  ASSIGN_OR_RETURN(const ApprovalPolicy policy, request.version() > 0
                                                    ? PolicyVersion(work, key, request.version())
                                                    : PolicyFor(work, key, day));
  return ToProto(policy, key, latest);
}

absl::StatusOr<v1::ApprovalPolicy> UpdatePolicy(const Work& work,
                                                const v1::UpdateApprovalPolicyRequest& request) {
  ApprovalPolicy policy;
  ASSIGN_OR_RETURN(policy.qualification, KnownPolicyKey(work, request.name()));
  ASSIGN_OR_RETURN(policy.change_note, ReasonFrom(request.change_note(), "change_note"));
  const v1::ApprovalPolicy& in = request.policy();
  policy.answer_days = in.answer_days();
  policy.fast_track_answer_days = in.fast_track_answer_days();
  policy.valid_days = in.valid_days();
  policy.first_use_days = in.first_use_days();
  policy.planner_as_condition = in.planner_as_condition();
  policy.backdate_days = in.backdate_days();
  const std::string key = policy.qualification;
  ASSIGN_OR_RETURN(const auto first, DayFrom("effective_date", request.has_effective_date(),
                                             request.effective_date()));
  ASSIGN_OR_RETURN(policy, SetPolicy(work, std::move(policy), first, request.etag()));
  return ToProto(policy, key, policy.version);
}

template <typename Request, typename Response>
using Handle = absl::StatusOr<Response> (*)(const Work&, const Request&);

}  // namespace

void RegisterApprovals(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.ApprovalService/";
  const auto read = [&]<typename Request, typename Response>(const char* method,
                                                             Handle<Request, Response> handle) {
    router.Read<Request, Response>(
        service + method,
        [&context, handle](const Call& call, const Request& request, Transaction& tx) {
          return handle(WorkOf(context, call, tx), request);
        });
  };
  const auto write = [&]<typename Request, typename Response>(const char* method,
                                                              Handle<Request, Response> handle) {
    router.Write<Request, Response>(
        service + method,
        [&context, handle](const Call& call, const Request& request, Transaction& tx) {
          return handle(WorkOf(context, call, tx), request);
        });
  };
  write("CreateQualificationApproval", &Create);
  read("GetQualificationApproval", &Get);
  read("ListQualificationApprovals", &List);
  write("ApproveQualificationApproval", &Approve);
  write("RefuseQualificationApproval", &Refuse);
  write("WithdrawQualificationApproval", &Withdraw);
  write("SuspendQualificationApproval", &Suspend);
  write("ReinstateQualificationApproval", &Reinstate);
  write("RenewQualificationApproval", &Renew);
  write("AddApprovalCondition", &AddTo);
  write("CloseApprovalCondition", &CloseOne);
  read("ListApprovalChanges", &ListChanges);
  read("CheckApproval", &Check);
  read("BatchCheckApprovals", &BatchCheck);
  read("GetApprovalPolicy", &GetPolicy);
  write("UpdateApprovalPolicy", &UpdatePolicy);
}

}  // namespace assay::approval
