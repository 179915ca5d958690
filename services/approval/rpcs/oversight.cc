#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/oversight_service.pb.h"
#include "services/approval/commands/centre_actions.h"
#include "services/approval/commands/limits_in_force.h"
#include "services/approval/commands/restrict_centre.h"
#include "services/approval/convert.h"
#include "services/approval/errors.h"
#include "services/approval/rpcs/requests.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/approval/stores/deadlines.h"
#include "services/approval/stores/timeline.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {
namespace {

constexpr std::size_t kSourceCharactersMax = 300;
constexpr int kEvidenceMax = 50;
constexpr int kNoticesMax = 200;

v1::RestrictionEffects ToProto(const Effects& effects) {
  v1::RestrictionEffects out;
  out.set_learners_capped(effects.learners_capped);
  out.set_registrations_stopped(effects.registrations_stopped);
  out.set_direct_claims_stopped(effects.direct_claims_stopped);
  out.set_certification_stopped(effects.certification_stopped);
  return out;
}

absl::StatusOr<v1::OversightPolicy> GetPolicy(const Work& work,
                                              const v1::GetOversightPolicyRequest&) {
  const OversightPolicy& policy = work.context.oversight;
  v1::OversightPolicy out;
  for (const RestrictionLevel& level : policy.levels) {
    v1::RestrictionLevel& to = *out.add_levels();
    to.set_level(level.id);
    to.set_title(level.title);
    if (level.condition) to.add_kinds(v1::Restriction::KIND_CONDITION);
    if (level.sanction) to.add_kinds(v1::Restriction::KIND_SANCTION);
    *to.mutable_effects() = ToProto(level.effects);
  }
  for (const int days : policy.reminders.days_ahead) out.add_reminder_days_ahead(days);
  for (const int days : policy.reminders.days_overdue) out.add_escalation_days(days);
  for (const CompetenceKind kind : policy.competence.required) {
    out.add_competence_required(std::string(NameOf(kind)));
  }
  out.set_competence_valid_days_max(policy.competence.valid_days_max);
  out.set_version(policy.version);
  return out;
}

v1::Restriction ToProto(const Work& work, const RestrictionRecord& record) {
  const Restriction& rule = record.rule;
  v1::Restriction out;
  out.set_name(record.Name());
  out.set_kind(rule.kind == RestrictionKind::kCondition ? v1::Restriction::KIND_CONDITION
                                                        : v1::Restriction::KIND_SANCTION);
  out.set_level(rule.level);
  if (!record.approval.empty()) {
    out.set_qualification_approval(
        absl::StrCat("centres/", record.centre, "/qualificationApprovals/", record.approval));
  }
  out.set_learners_max(rule.learners_max.value_or(0));
  out.set_reason(rule.reason);
  *out.mutable_from_day() = ToDate(rule.from);
  if (rule.until.has_value()) *out.mutable_until_day() = ToDate(*rule.until);
  // The API's enum begins with one value that is never meant.
  out.set_state(
      static_cast<v1::Restriction::State>(static_cast<int>(StateOn(rule, Today(work))) + 1));
  *out.mutable_effects() = ToProto(rule.effects);
  out.set_policy_version(record.policy_version);
  out.set_officer(record.officer);
  out.set_lift_reason(record.lift_reason);
  out.set_lifted_by(record.lifted_by);
  if (record.lift_time.has_value()) *out.mutable_lift_time() = ToTimestamp(*record.lift_time);
  *out.mutable_create_time() = ToTimestamp(record.create_time);
  out.set_etag(platform::EtagOf(record.version));
  return out;
}

// nullopt for all kinds.
absl::StatusOr<std::optional<RestrictionKind>> KindFrom(std::string_view field,
                                                        v1::Restriction::Kind kind) {
  switch (kind) {
    case v1::Restriction::KIND_UNSPECIFIED:
      return std::nullopt;
    case v1::Restriction::KIND_CONDITION:
      return RestrictionKind::kCondition;
    case v1::Restriction::KIND_SANCTION:
      return RestrictionKind::kSanction;
    default:
      return FieldInvalid(field, "is neither condition nor sanction");
  }
}

absl::StatusOr<v1::Restriction> Impose(const Work& work,
                                       const v1::ImposeRestrictionRequest& request) {
  const v1::Restriction& wanted = request.restriction();
  Imposition imposition;
  ASSIGN_OR_RETURN(imposition.centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(const auto kind, KindFrom("restriction.kind", wanted.kind()));
  if (!kind.has_value()) return FieldInvalid("restriction.kind", "is missing");
  imposition.kind = *kind;
  ASSIGN_OR_RETURN(imposition.approval,
                   ApprovalOfCentreFrom("restriction.qualification_approval", imposition.centre,
                                        wanted.qualification_approval()));
  imposition.level = wanted.level();
  const RestrictionLevel* level = work.context.oversight.FindLevel(wanted.level());
  // Zero is a cap too, for a level that caps.
  if (wanted.learners_max() != 0 || (level != nullptr && level->effects.learners_capped)) {
    imposition.learners_max = wanted.learners_max();
  }
  ASSIGN_OR_RETURN(imposition.reason, ReasonFrom(wanted.reason()));
  ASSIGN_OR_RETURN(imposition.from,
                   DayFrom("restriction.from_day", wanted.has_from_day(), wanted.from_day()));
  ASSIGN_OR_RETURN(imposition.until,
                   DayFrom("restriction.until_day", wanted.has_until_day(), wanted.until_day()));
  ASSIGN_OR_RETURN(const RestrictionRecord record, ImposeRestriction(work, imposition));
  return ToProto(work, record);
}

absl::StatusOr<v1::Restriction> GetRestriction(const Work& work,
                                               const v1::GetRestrictionRequest& request) {
  ASSIGN_OR_RETURN(const ChildName name, ChildNameFrom("name", request.name(), "restrictions"));
  ASSIGN_OR_RETURN(const RestrictionRecord record,
                   RestrictionStore().Get(work.tx, work.reach, name.centre, name.id));
  return ToProto(work, record);
}

absl::StatusOr<v1::ListRestrictionsResponse> ListRestrictions(
    const Work& work, const v1::ListRestrictionsRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  RestrictionFilter filter;
  ASSIGN_OR_RETURN(filter.kind, KindFrom("kind", request.kind()));
  if (request.open_only()) filter.not_ended_on = Today(work);
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListRestrictions", request.parent(),
                                      absl::StrCat(static_cast<int>(request.kind()),
                                                   request.open_only() ? " open" : "")}));
  ASSIGN_OR_RETURN(
      std::vector<RestrictionRecord> found,
      RestrictionStore().List(work.tx, work.reach, centre, filter, page.after, page.size + 1));
  v1::ListRestrictionsResponse response;
  SetNextPage(found, page, response,
              [](const RestrictionRecord& r) { return absl::StrCat(r.centre, "/", r.id); });
  for (const RestrictionRecord& record : found) {
    *response.add_restrictions() = ToProto(work, record);
  }
  return response;
}

absl::StatusOr<v1::Restriction> Lift(const Work& work, const v1::LiftRestrictionRequest& request) {
  ASSIGN_OR_RETURN(ChildName name, ChildNameFrom("name", request.name(), "restrictions"));
  ASSIGN_OR_RETURN(std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const RestrictionRecord record,
                   LiftRestriction(work, {std::move(name.centre), std::move(name.id),
                                          request.etag(), std::move(reason)}));
  return ToProto(work, record);
}

absl::StatusOr<v1::CheckLimitsResponse> CheckLimits(const Work& work,
                                                    const v1::CheckLimitsRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("centre", request.centre()));
  std::string qualification;
  if (!request.qualification().empty()) {
    ASSIGN_OR_RETURN(qualification, QualificationFrom("qualification", request.qualification()));
  }
  ASSIGN_OR_RETURN(const auto day, DayFrom("date", request.has_date(), request.date()));
  ASSIGN_OR_RETURN(const Limits limits,
                   LimitsInForce(work, centre, qualification, day.value_or(Today(work))));
  v1::CheckLimitsResponse response;
  response.set_learners_capped(limits.learners_max.has_value());
  response.set_learners_max(limits.learners_max.value_or(0));
  response.set_centre_learners_capped(limits.centre_learners_max.has_value());
  response.set_centre_learners_max(limits.centre_learners_max.value_or(0));
  response.set_registrations_stopped(limits.registrations_stopped);
  response.set_direct_claims_stopped(limits.direct_claims_stopped);
  response.set_certification_stopped(limits.certification_stopped);
  for (const LimitCause& cause : limits.causes) {
    v1::LimitCause& to = *response.add_causes();
    to.set_restriction(cause.source);
    to.set_level(cause.level);
    to.set_reason(cause.reason);
    to.set_whole_centre(cause.whole_centre);
  }
  return response;
}

v1::CentreAction ToProto(const Work& work, const ActionRecord& record) {
  v1::CentreAction out;
  out.set_name(record.Name());
  out.set_text(record.text);
  *out.mutable_due_day() = ToDate(record.due);
  out.set_source(record.source);
  if (!record.approval.empty()) {
    out.set_qualification_approval(
        absl::StrCat("centres/", record.centre, "/qualificationApprovals/", record.approval));
  }
  // The API's enum begins with one value that is never meant.
  out.set_state(static_cast<v1::CentreAction::State>(static_cast<int>(record.state) + 1));
  out.set_overdue(PartyOf(record.state) == "centre" && record.due < Today(work));
  out.set_party(std::string(PartyOf(record.state)));
  out.set_answer(record.answer);
  for (const std::string& name : record.evidence) out.add_evidence(name);
  out.set_answered_by(record.answered_by);
  if (record.answer_time.has_value()) *out.mutable_answer_time() = ToTimestamp(*record.answer_time);
  out.set_late(record.late);
  out.set_feedback(record.feedback);
  out.set_decided_by(record.decided_by);
  if (record.decide_time.has_value()) *out.mutable_decide_time() = ToTimestamp(*record.decide_time);
  out.set_return_count(record.returns);
  out.set_officer(record.officer);
  *out.mutable_create_time() = ToTimestamp(record.create_time);
  *out.mutable_update_time() = ToTimestamp(record.update_time);
  out.set_etag(platform::EtagOf(record.version));
  return out;
}

// With the notices that went out.
absl::StatusOr<v1::CentreAction> Whole(const Work& work, const ActionRecord& record) {
  v1::CentreAction out = ToProto(work, record);
  ASSIGN_OR_RETURN(const std::vector<DueNotice> notices,
                   DeadlineStore().ListNotices(work.tx, work.reach.tenant, record.centre,
                                               record.Name(), kNoticesMax));
  for (const DueNotice& notice : notices) {
    v1::ActionNotice& to = *out.add_notices();
    *to.mutable_due_day() = ToDate(notice.due);
    to.set_days_left(notice.days_left);
    *to.mutable_notice_time() = ToTimestamp(notice.time);
    to.set_policy_version(notice.policy_version);
  }
  return out;
}

absl::StatusOr<ActionTarget> TargetOf(const std::string& text, const std::string& etag) {
  ASSIGN_OR_RETURN(ChildName name, ChildNameFrom("name", text, "actions"));
  return ActionTarget{std::move(name.centre), std::move(name.id), etag};
}

absl::StatusOr<v1::CentreAction> Create(const Work& work, const v1::CreateActionRequest& request) {
  const v1::CentreAction& wanted = request.action();
  NewAction action;
  ASSIGN_OR_RETURN(action.centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(action.text, ProseFrom("action.text", wanted.text()));
  ASSIGN_OR_RETURN(action.due,
                   RequiredDayFrom("action.due_day", wanted.has_due_day(), wanted.due_day()));
  ASSIGN_OR_RETURN(action.source,
                   OptionalLineFrom("action.source", wanted.source(), kSourceCharactersMax));
  ASSIGN_OR_RETURN(action.approval,
                   ApprovalOfCentreFrom("action.qualification_approval", action.centre,
                                        wanted.qualification_approval()));
  ASSIGN_OR_RETURN(const ActionRecord record, CreateAction(work, action));
  return Whole(work, record);
}

absl::StatusOr<v1::CentreAction> Get(const Work& work, const v1::GetActionRequest& request) {
  ASSIGN_OR_RETURN(const ActionTarget target, TargetOf(request.name(), ""));
  ASSIGN_OR_RETURN(const ActionRecord record,
                   ActionStore().Get(work.tx, work.reach, target.centre, target.id));
  return Whole(work, record);
}

absl::StatusOr<v1::ListActionsResponse> List(const Work& work,
                                             const v1::ListActionsRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  std::optional<ActionState> state;
  if (request.state() != v1::CentreAction::STATE_UNSPECIFIED) {
    if (!v1::CentreAction::State_IsValid(request.state())) {
      return FieldInvalid("state", "is no state of an action");
    }
    state = static_cast<ActionState>(static_cast<int>(request.state()) - 1);
  }
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListActions", request.parent(),
                                      absl::StrCat(static_cast<int>(request.state()))}));
  ASSIGN_OR_RETURN(
      std::vector<ActionRecord> found,
      ActionStore().List(work.tx, work.reach, centre, state, page.after, page.size + 1));
  v1::ListActionsResponse response;
  SetNextPage(found, page, response,
              [](const ActionRecord& a) { return absl::StrCat(a.centre, "/", a.id); });
  for (const ActionRecord& record : found) *response.add_actions() = ToProto(work, record);
  return response;
}

absl::StatusOr<v1::CentreAction> Answer(const Work& work, const v1::AnswerActionRequest& request) {
  ASSIGN_OR_RETURN(const ActionTarget target, TargetOf(request.name(), request.etag()));
  if (request.answer().find_first_not_of(" \t\r\n") == std::string::npos) {
    return platform::Error(absl::StatusCode::kInvalidArgument, kAnswerMissing,
                           "say what was done (EI-11)")
        .Field("answer", "is empty");
  }
  ASSIGN_OR_RETURN(const std::string answer, ProseFrom("answer", request.answer()));
  ASSIGN_OR_RETURN(const std::vector<std::string> evidence,
                   EvidenceFrom(target.centre, request.evidence(), kEvidenceMax));
  ASSIGN_OR_RETURN(const ActionRecord record, AnswerAction(work, target, answer, evidence));
  return Whole(work, record);
}

absl::StatusOr<v1::CentreAction> Accept(const Work& work, const v1::AcceptActionRequest& request) {
  ASSIGN_OR_RETURN(const ActionTarget target, TargetOf(request.name(), request.etag()));
  std::string feedback;
  if (!request.feedback().empty()) {
    ASSIGN_OR_RETURN(feedback, ProseFrom("feedback", request.feedback()));
  }
  ASSIGN_OR_RETURN(const ActionRecord record, AcceptAction(work, target, feedback));
  return Whole(work, record);
}

absl::StatusOr<v1::CentreAction> Reject(const Work& work, const v1::RejectActionRequest& request) {
  ASSIGN_OR_RETURN(const ActionTarget target, TargetOf(request.name(), request.etag()));
  if (request.feedback().find_first_not_of(" \t\r\n") == std::string::npos) {
    return platform::Error(absl::StatusCode::kInvalidArgument, kFeedbackMissing,
                           "say to the centre what is still wrong (EI-11)")
        .Field("feedback", "is empty");
  }
  ASSIGN_OR_RETURN(const std::string feedback, ProseFrom("feedback", request.feedback()));
  ASSIGN_OR_RETURN(const absl::CivilDay due,
                   RequiredDayFrom("due_day", request.has_due_day(), request.due_day()));
  ASSIGN_OR_RETURN(const ActionRecord record, RejectAction(work, target, feedback, due));
  return Whole(work, record);
}

absl::StatusOr<v1::CentreAction> Extend(const Work& work, const v1::ExtendActionRequest& request) {
  ASSIGN_OR_RETURN(const ActionTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const absl::CivilDay due,
                   RequiredDayFrom("due_day", request.has_due_day(), request.due_day()));
  ASSIGN_OR_RETURN(const ActionRecord record, ExtendAction(work, target, due, reason));
  return Whole(work, record);
}

absl::StatusOr<v1::CentreAction> Cancel(const Work& work, const v1::CancelActionRequest& request) {
  ASSIGN_OR_RETURN(const ActionTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const ActionRecord record, CancelAction(work, target, reason));
  return Whole(work, record);
}

absl::StatusOr<v1::ListDueActionsResponse> ListDue(const Work& work,
                                                   const v1::ListDueActionsRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  ASSIGN_OR_RETURN(const auto until,
                   DayFrom("until_day", request.has_until_day(), request.until_day()));
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListDueActions", request.parent(),
                                      until.has_value() ? absl::FormatCivilTime(*until) : ""}));
  ASSIGN_OR_RETURN(std::vector<DueItem> found,
                   DeadlineStore().List(work.tx, work.reach, centre, until, Today(work), page.after,
                                        page.size + 1));
  v1::ListDueActionsResponse response;
  SetNextPage(found, page, response, [](const DueItem& item) { return item.Position(); });
  for (const DueItem& item : found) {
    v1::DueAction& to = *response.add_due_actions();
    to.set_item(item.item);
    to.set_centre("centres/" + item.centre);
    to.set_kind(static_cast<v1::DueKind>(item.kind));
    to.set_text(item.text);
    *to.mutable_due_day() = ToDate(item.due);
    to.set_days_left(static_cast<std::int32_t>(item.due - Today(work)));
    to.set_overdue(item.due < Today(work));
    to.set_party(item.party);
    to.set_rule(std::string(RuleOf(item.kind)));
  }
  return response;
}

absl::StatusOr<v1::ListTimelineResponse> ListTimeline(const Work& work,
                                                      const v1::ListTimelineRequest& request) {
  TimelineQuery query;
  ASSIGN_OR_RETURN(query.centre, CentreIdFrom("parent", request.parent()));
  if (!v1::TimelineKind_IsValid(request.kind())) {
    return FieldInvalid("kind", "is no kind of decision");
  }
  query.kind = static_cast<TimelineKind>(request.kind());
  ASSIGN_OR_RETURN(query.subject,
                   OptionalLineFrom("subject", request.subject(), kSourceCharactersMax));
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListTimeline", request.parent(), query.subject,
                                      absl::StrCat(static_cast<int>(request.kind()))}));
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, query.centre).status());
  ASSIGN_OR_RETURN(std::vector<TimelineRecord> found,
                   TimelineStore().List(work.tx, work.reach, query, page.after, page.size + 1));
  v1::ListTimelineResponse response;
  SetNextPage(found, page, response, [](const TimelineRecord& r) { return r.Position(); });
  for (const TimelineRecord& record : found) {
    v1::TimelineEntry& to = *response.add_entries();
    to.set_subject(record.subject);
    to.set_kind(static_cast<v1::TimelineKind>(record.kind));
    to.set_what(record.what);
    to.set_reason(record.reason);
    to.set_actor(record.actor);
    to.set_rule(record.rule);
    *to.mutable_time() = ToTimestamp(record.time);
  }
  return response;
}

}  // namespace

void RegisterOversight(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.OversightService/";
  Read(router, context, service + "GetOversightPolicy", GetPolicy);
  Write(router, context, service + "ImposeRestriction", Impose);
  Read(router, context, service + "GetRestriction", GetRestriction);
  Read(router, context, service + "ListRestrictions", ListRestrictions);
  Write(router, context, service + "LiftRestriction", Lift);
  Read(router, context, service + "CheckLimits", CheckLimits);
  Write(router, context, service + "CreateAction", Create);
  Read(router, context, service + "GetAction", Get);
  Read(router, context, service + "ListActions", List);
  Write(router, context, service + "AnswerAction", Answer);
  Write(router, context, service + "AcceptAction", Accept);
  Write(router, context, service + "RejectAction", Reject);
  Write(router, context, service + "ExtendAction", Extend);
  Write(router, context, service + "CancelAction", Cancel);
  Read(router, context, service + "ListDueActions", ListDue);
  Read(router, context, service + "ListTimeline", ListTimeline);
}

}  // namespace assay::approval
