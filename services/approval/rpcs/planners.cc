#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "services/approval/commands/check_involvement.h"
#include "services/approval/commands/rule_on_planner.h"
#include "services/approval/commands/write_planner.h"
#include "services/approval/convert.h"
#include "services/approval/planner_document.h"
#include "services/approval/rpcs/requests.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/approval/stores/declaration_samples.h"
#include "services/platform/core/sha256.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {
namespace {

using platform::Call;
using platform::Transaction;

constexpr int kNumberCharactersMax = 9;

struct Name {
  std::string centre;
  std::string planner;
  std::string version;  // Only of versions.
};

// "centres/{centre}/planners/{planner}", and with `versions` its version.
absl::StatusOr<Name> NameFrom(std::string_view field, const std::string& text,
                              bool versions = false) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  const std::size_t count = versions ? 6 : 4;
  if (parts.size() != count || parts[0] != "centres" || parts[2] != "planners" ||
      parts[1].empty() || parts[3].empty() ||
      (versions && (parts[4] != "versions" || parts[5].empty()))) {
    return FieldInvalid(field, versions ? "is not centres/*/planners/*/versions/*"
                                        : "is not centres/{centre}/planners/{planner}");
  }
  return Name{parts[1], parts[3], versions ? parts[5] : ""};
}

// Both enums begin with one value that is never meant.
v1::Planner::State StateOf(PlannerState state) {
  return static_cast<v1::Planner::State>(static_cast<int>(state) + 1);
}
v1::InvolvementOutcome OutcomeOf(Involvement outcome) {
  return static_cast<v1::InvolvementOutcome>(static_cast<int>(outcome) + 1);
}

v1::Planner ToProto(const PlannerRecord& record) {
  v1::Planner out;
  out.set_name(record.Name());
  out.set_qualification_approval(
      absl::StrCat("centres/", record.centre, "/qualificationApprovals/", record.approval));
  *out.mutable_first_day() = ToDate(record.first_day);
  *out.mutable_last_day() = ToDate(record.last_day);
  *out.mutable_declaration_deadline() = ToDate(record.declaration_deadline);
  out.set_state(StateOf(record.state));
  out.set_document_version(record.document_version);
  out.set_submission_count(record.submissions);
  out.set_declaration_count(record.declarations);
  if (record.sign_time.has_value()) {
    out.mutable_declaration()->set_signed_by(record.signed_by);
    out.mutable_declaration()->set_position(record.position);
    out.mutable_declaration()->set_confirmed(true);
    *out.mutable_declaration()->mutable_sign_time() = ToTimestamp(*record.sign_time);
  }
  *out.mutable_create_time() = ToTimestamp(record.create_time);
  *out.mutable_update_time() = ToTimestamp(record.update_time);
  out.set_etag(platform::EtagOf(record.version));
  return out;
}

v1::PlannerJudgement ToProto(const PlannerRuling& ruling) {
  v1::PlannerJudgement out;
  out.set_outcome(ruling.outcome);
  out.set_feedback(ruling.feedback);
  for (const PlannerAction& action : ruling.actions) {
    v1::ImprovementAction& to = *out.add_actions();
    to.set_text(action.text);
    *to.mutable_due_day() = ToDate(action.due);
  }
  if (ruling.deadline.has_value()) *out.mutable_deadline() = ToDate(*ruling.deadline);
  out.set_officer(ruling.officer);
  *out.mutable_judge_time() = ToTimestamp(ruling.time);
  return out;
}

v1::PlannerVersion ToProto(const PlannerRecord& record, const PlannerVersion& version) {
  v1::PlannerVersion out;
  out.set_name(absl::StrCat(record.Name(), "/versions/", version.number));
  out.set_change_note(version.change_note);
  out.set_author(version.author);
  *out.mutable_create_time() = ToTimestamp(version.time);
  for (const std::string& change : version.changes) out.add_changes(change);
  return out;
}

// With the document and the last ruling.
absl::StatusOr<v1::Planner> Whole(const Work& work, const PlannerRecord& record) {
  v1::Planner out = ToProto(record);
  PlannerStore store;
  ASSIGN_OR_RETURN(const PlannerVersion version,
                   store.GetVersion(work.tx, work.reach.tenant, record, record.document_version));
  ASSIGN_OR_RETURN(*out.mutable_document(), DocumentFromBytes(version.document));
  ASSIGN_OR_RETURN(const auto ruling, store.LastRuling(work.tx, work.reach.tenant, record));
  if (ruling.has_value()) *out.mutable_judgement() = ToProto(*ruling);
  ASSIGN_OR_RETURN(const std::string secret,
                   DeclarationSampleStore().Secret(work.tx, work.reach.tenant, record));
  if (!secret.empty()) out.set_next_sample_commitment(platform::Sha256Hex(secret));
  return out;
}

absl::StatusOr<PlannerRecord> Find(const Work& work, const std::string& text) {
  ASSIGN_OR_RETURN(const Name name, NameFrom("name", text));
  return PlannerStore().Get(work.tx, work.reach, name.centre, name.planner);
}

absl::StatusOr<PlannerTarget> TargetOf(const std::string& text, const std::string& etag) {
  ASSIGN_OR_RETURN(Name name, NameFrom("name", text));
  return PlannerTarget{std::move(name.centre), std::move(name.planner), etag};
}

absl::StatusOr<PlannerDraft> DraftOf(const v1::PlannerDocument& document, std::string_view centre) {
  PlannerDraft draft;
  ASSIGN_OR_RETURN(draft.planner, PlannerFrom(document, centre));
  draft.bytes = document.SerializeAsString();
  return draft;
}

absl::StatusOr<v1::Planner> Create(const Work& work, const v1::CreatePlannerRequest& request) {
  const v1::Planner& planner = request.planner();
  PlannerOpening opening;
  ASSIGN_OR_RETURN(opening.centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(const ApprovalName approval, ApprovalNameFrom("planner.qualification_approval",
                                                                 planner.qualification_approval()));
  if (approval.centre != opening.centre) {
    return FieldInvalid("planner.qualification_approval", "is of another centre than the parent");
  }
  opening.approval = approval.id;
  ASSIGN_OR_RETURN(opening.first_day, RequiredDayFrom("planner.first_day", planner.has_first_day(),
                                                      planner.first_day()));
  ASSIGN_OR_RETURN(opening.last_day,
                   RequiredDayFrom("planner.last_day", planner.has_last_day(), planner.last_day()));
  ASSIGN_OR_RETURN(opening.declaration_deadline, RequiredDayFrom("planner.declaration_deadline",
                                                                 planner.has_declaration_deadline(),
                                                                 planner.declaration_deadline()));
  if (opening.last_day < opening.first_day) {
    return FieldInvalid("planner.last_day", "is before the first day");
  }
  if (opening.declaration_deadline < opening.first_day) {
    return FieldInvalid("planner.declaration_deadline", "is before the first day");
  }
  ASSIGN_OR_RETURN(const PlannerDraft draft, DraftOf(planner.document(), opening.centre));
  ASSIGN_OR_RETURN(const PlannerRecord record, OpenPlanner(work, opening, draft));
  return Whole(work, record);
}

absl::StatusOr<v1::Planner> Get(const Work& work, const v1::GetPlannerRequest& request) {
  ASSIGN_OR_RETURN(const PlannerRecord record, Find(work, request.name()));
  return Whole(work, record);
}

absl::StatusOr<v1::ListPlannersResponse> List(const Work& work,
                                              const v1::ListPlannersRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  std::optional<PlannerState> state;
  if (request.state() != v1::Planner::STATE_UNSPECIFIED) {
    if (!v1::Planner::State_IsValid(request.state())) {
      return FieldInvalid("state", "is no state of a planner");
    }
    state = static_cast<PlannerState>(static_cast<int>(request.state()) - 1);
  }
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListPlanners", request.parent(),
                                      absl::StrCat(static_cast<int>(request.state()))}));
  ASSIGN_OR_RETURN(
      std::vector<PlannerRecord> found,
      PlannerStore().List(work.tx, work.reach, centre, state, page.after, page.size + 1));
  v1::ListPlannersResponse response;
  if (static_cast<int>(found.size()) > page.size) {
    found.pop_back();
    response.set_next_page_token(
        page.TokenAfter(absl::StrCat(found.back().centre, "/", found.back().id)));
  }
  for (const PlannerRecord& record : found) *response.add_planners() = ToProto(record);
  return response;
}

absl::StatusOr<v1::Planner> Update(const Work& work, const v1::UpdatePlannerRequest& request) {
  ASSIGN_OR_RETURN(const Name name, NameFrom("name", request.name()));
  if (request.etag().empty()) {
    return FieldInvalid("etag", "is missing; send that of the version you changed (EI-12)");
  }
  ASSIGN_OR_RETURN(std::string note, ReasonFrom(request.change_note()));
  ASSIGN_OR_RETURN(const PlannerDraft draft, DraftOf(request.document(), name.centre));
  ASSIGN_OR_RETURN(
      const PlannerRecord record,
      UpdatePlanner(work, {name.centre, name.planner, request.etag(), std::move(note)}, draft));
  return Whole(work, record);
}

absl::StatusOr<v1::PlannerVersion> GetVersion(const Work& work,
                                              const v1::GetPlannerVersionRequest& request) {
  ASSIGN_OR_RETURN(const Name name, NameFrom("name", request.name(), /*versions=*/true));
  int number = 0;
  if (name.version.size() > kNumberCharactersMax || !absl::SimpleAtoi(name.version, &number)) {
    return FieldInvalid("name", "does not end in the number of a version");
  }
  PlannerStore store;
  ASSIGN_OR_RETURN(const PlannerRecord record,
                   store.Get(work.tx, work.reach, name.centre, name.planner));
  ASSIGN_OR_RETURN(const PlannerVersion version,
                   store.GetVersion(work.tx, work.reach.tenant, record, number));
  v1::PlannerVersion out = ToProto(record, version);
  ASSIGN_OR_RETURN(*out.mutable_document(), DocumentFromBytes(version.document));
  return out;
}

absl::StatusOr<v1::ListPlannerVersionsResponse> ListVersions(
    const Work& work, const v1::ListPlannerVersionsRequest& request) {
  ASSIGN_OR_RETURN(const Name name, NameFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListPlannerVersions", request.parent()}));
  int after = 0;
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &after)) {
    return FieldInvalid("page_token", "is not a page of this list");
  }
  PlannerStore store;
  ASSIGN_OR_RETURN(const PlannerRecord record,
                   store.Get(work.tx, work.reach, name.centre, name.planner));
  ASSIGN_OR_RETURN(std::vector<PlannerVersion> found,
                   store.ListVersions(work.tx, work.reach.tenant, record, after, page.size + 1));
  v1::ListPlannerVersionsResponse response;
  if (static_cast<int>(found.size()) > page.size) {
    found.pop_back();
    response.set_next_page_token(page.TokenAfter(absl::StrCat(found.back().number)));
  }
  for (const PlannerVersion& version : found) {
    *response.add_planner_versions() = ToProto(record, version);
  }
  return response;
}

v1::LearnerInvolvement ToProto(const Planner& planner, const LearnerCheck& check) {
  v1::LearnerInvolvement out;
  out.set_enrolment(planner.learners[check.learner].enrolment);
  out.set_learner_name(planner.learners[check.learner].name);
  out.set_outcome(OutcomeOf(check.outcome));
  out.set_prospect(OutcomeOf(check.prospect));
  out.set_rule(check.rule);
  out.set_repair(check.repair);
  for (const Credit& credit : check.credits) {
    v1::ActivityCredit& to = *out.add_credits();
    to.set_activity_id(planner.activities[credit.activity].id);
    to.set_counts(credit.counts);
    to.set_rule(credit.rule);
    to.set_why(credit.why);
  }
  return out;
}

v1::PlannerFinding ToProto(const InvolvementFinding& finding) {
  v1::PlannerFinding out;
  out.set_rule(finding.rule);
  out.set_kind(finding.kind);
  out.set_place(finding.place);
  out.set_message(finding.message);
  return out;
}

absl::StatusOr<v1::CheckPlannerResponse> Check(const Work& work,
                                               const v1::CheckPlannerRequest& request) {
  ASSIGN_OR_RETURN(const PlannerRecord record, Find(work, request.name()));
  ASSIGN_OR_RETURN(const Planner planner, LoadPlanner(work, record));
  ASSIGN_OR_RETURN(const InvolvementFrame frame, FrameOf(work, record));
  const InvolvementCheck check = CheckInvolvement(planner, frame);
  v1::CheckPlannerResponse response;
  for (const LearnerCheck& learner : check.learners) {
    *response.add_learners() = ToProto(planner, learner);
  }
  for (const InvolvementFinding& finding : check.findings) {
    *response.add_findings() = ToProto(finding);
  }
  for (const EvidenceGap& gap : EvidenceGapsOf(record, planner, check)) {
    *response.add_findings() = ToProto(FindingOf(planner, gap));
  }
  response.set_met_count(check.met);
  response.set_referred_count(check.referred);
  response.set_not_met_count(check.not_met);
  const PlanCheck plan = CheckPlan(planner, frame);
  for (const InvolvementFinding& finding : plan.findings) {
    *response.add_plan_findings() = ToProto(finding);
  }
  for (const int learner : plan.unreached) {
    response.add_unreached(planner.learners[learner].enrolment);
  }
  return response;
}

absl::StatusOr<v1::Planner> Submit(const Work& work, const v1::SubmitPlannerRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const PlannerRecord record, SubmitPlanner(work, target));
  return Whole(work, record);
}

// What JudgePlanner and ConcludeInvolvement have in common.
template <typename Request>
absl::StatusOr<RulingOn> RulingFrom(
    const Request& request,
    std::initializer_list<std::pair<v1::Planner::State, PlannerStep>> outcomes) {
  RulingOn ruling;
  bool known = false;
  for (const auto& [state, step] : outcomes) {
    if (state != request.outcome()) continue;
    ruling.step = step;
    known = true;
  }
  if (!known) return FieldInvalid("outcome", "is not one of the three that this call takes");
  if (!request.feedback().empty()) {
    ASSIGN_OR_RETURN(ruling.feedback, ReasonFrom(request.feedback()));
  }
  for (int i = 0; i < request.actions_size(); ++i) {
    const std::string place = absl::StrCat("actions[", i, "].due_day");
    ASSIGN_OR_RETURN(
        const absl::CivilDay due,
        RequiredDayFrom(place, request.actions(i).has_due_day(), request.actions(i).due_day()));
    ruling.actions.push_back({request.actions(i).text(), due});
  }
  ASSIGN_OR_RETURN(ruling.deadline,
                   DayFrom("deadline", request.has_deadline(), request.deadline()));
  return ruling;
}

absl::StatusOr<v1::Planner> Judge(const Work& work, const v1::JudgePlannerRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(
      const RulingOn ruling,
      RulingFrom(request, {{v1::Planner::STATE_MEETS, PlannerStep::kFindMeeting},
                           {v1::Planner::STATE_NEEDS_DEVELOPMENT, PlannerStep::kFindWanting},
                           {v1::Planner::STATE_NOT_COMPLETED, PlannerStep::kFindNotCompleted}}));
  ASSIGN_OR_RETURN(const PlannerRecord record, JudgePlanner(work, target, ruling));
  return Whole(work, record);
}

absl::StatusOr<v1::Planner> Remove(const Work& work,
                                   const v1::RemoveApprovalForPlannerRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const PlannerRecord record, RemoveApproval(work, target, reason));
  return Whole(work, record);
}

absl::StatusOr<v1::Planner> Declare(const Work& work,
                                    const v1::DeclareInvolvementRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, TargetOf(request.name(), request.etag()));
  if (request.etag().empty()) {
    return FieldInvalid("etag", "is missing; send that of the tracker you sign for");
  }
  ASSIGN_OR_RETURN(
      const PlannerRecord record,
      DeclareInvolvement(work, target,
                         {request.declaration().signed_by(), request.declaration().position(),
                          request.declaration().confirmed()}));
  return Whole(work, record);
}

absl::StatusOr<v1::Planner> Waive(const Work& work, const v1::WaiveDeadlineRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const absl::CivilDay until,
                   RequiredDayFrom("until", request.has_until(), request.until()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const PlannerRecord record, WaiveDeadline(work, target, until, reason));
  return Whole(work, record);
}

absl::StatusOr<v1::Planner> Conclude(const Work& work,
                                     const v1::ConcludeInvolvementRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const RulingOn ruling,
                   RulingFrom(request, {{v1::Planner::STATE_ACCEPTED, PlannerStep::kAccept},
                                        {v1::Planner::STATE_RETURNED, PlannerStep::kReturn},
                                        {v1::Planner::STATE_FAILED, PlannerStep::kFail}}));
  if (request.decisions_size() > kPlannerLearnersMax) {
    return FieldInvalid("decisions", absl::StrCat("has more than ", kPlannerLearnersMax));
  }
  std::vector<ReferredDecision> decisions;
  for (const v1::ReferredDecision& decision : request.decisions()) {
    decisions.push_back({decision.enrolment(), decision.met(), decision.reason()});
  }
  ASSIGN_OR_RETURN(const PlannerRecord record,
                   ConcludeInvolvement(work, target, ruling, decisions));
  return Whole(work, record);
}

v1::CheckLearnerInvolvementResponse ToProto(const LearnerBlock& block) {
  v1::CheckLearnerInvolvementResponse response;
  response.set_required(true);
  response.set_blocks(block.blocks);
  response.set_final(block.final);
  response.set_who(block.who);
  if (block.due.has_value()) *response.mutable_due_day() = ToDate(*block.due);
  response.set_message(block.message);
  if (block.learner.enrolment.empty()) return response;
  v1::LearnerInvolvement& learner = *response.mutable_learner();
  learner.set_enrolment(block.learner.enrolment);
  learner.set_learner_name(block.learner.name);
  learner.set_outcome(OutcomeOf(block.learner.outcome));
  learner.set_prospect(OutcomeOf(block.learner.prospect));
  learner.set_rule(block.learner.rule);
  learner.set_repair(block.learner.repair);
  return response;
}

// Of the planner "-": of whatever planners there are for the qualification.
absl::StatusOr<v1::CheckLearnerInvolvementResponse> CheckOfAny(
    const Work& work, const std::string& centre,
    const v1::CheckLearnerInvolvementRequest& request) {
  ASSIGN_OR_RETURN(const std::string qualification,
                   QualificationFrom("qualification", request.qualification()));
  ASSIGN_OR_RETURN(const std::optional<LearnerBlock> block,
                   CheckLearnerOfAny(work, centre, qualification, request.enrolment()));
  if (block.has_value()) return ToProto(*block);
  return v1::CheckLearnerInvolvementResponse();
}

absl::StatusOr<v1::CheckLearnerInvolvementResponse> CheckOne(
    const Work& work, const v1::CheckLearnerInvolvementRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, TargetOf(request.name(), ""));
  if (target.id == "-") return CheckOfAny(work, target.centre, request);
  ASSIGN_OR_RETURN(const LearnerBlock block, CheckLearner(work, target, request.enrolment()));
  return ToProto(block);
}

absl::StatusOr<v1::ListMissingInvolvementResponse> ListMissing(
    const Work& work, const v1::ListMissingInvolvementRequest& request) {
  ASSIGN_OR_RETURN(const Name name, NameFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListMissingInvolvement", request.parent()}));
  ASSIGN_OR_RETURN(std::vector<LearnerStanding> found,
                   PlannerStore().ListMissing(
                       work.tx, work.reach, name.centre == "-" ? "" : name.centre,
                       name.planner == "-" ? "" : name.planner, page.after, page.size + 1));
  v1::ListMissingInvolvementResponse response;
  if (static_cast<int>(found.size()) > page.size) {
    found.pop_back();
    const std::vector<std::string> parts = absl::StrSplit(found.back().planner_name, '/');
    response.set_next_page_token(
        page.TokenAfter(absl::StrCat(parts[1], "/", parts[3], "/", found.back().enrolment)));
  }
  for (const LearnerStanding& learner : found) {
    v1::MissingInvolvement& out = *response.add_missing();
    out.set_planner(learner.planner_name);
    out.set_enrolment(learner.enrolment);
    out.set_learner_name(learner.name);
    out.set_outcome(OutcomeOf(learner.outcome));
    out.set_prospect(OutcomeOf(learner.prospect));
    out.set_rule(learner.rule);
    out.set_repair(learner.repair);
    *out.mutable_declaration_deadline() = ToDate(learner.declaration_deadline);
  }
  return response;
}

}  // namespace

void RegisterPlanners(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.PlannerService/";
  Write<v1::CreatePlannerRequest, v1::Planner>(router, context, service + "CreatePlanner", Create);
  Read<v1::GetPlannerRequest, v1::Planner>(router, context, service + "GetPlanner", Get);
  Read<v1::ListPlannersRequest, v1::ListPlannersResponse>(router, context, service + "ListPlanners",
                                                          List);
  Write<v1::UpdatePlannerRequest, v1::Planner>(router, context, service + "UpdatePlanner", Update);
  Read<v1::GetPlannerVersionRequest, v1::PlannerVersion>(router, context,
                                                         service + "GetPlannerVersion", GetVersion);
  Read<v1::ListPlannerVersionsRequest, v1::ListPlannerVersionsResponse>(
      router, context, service + "ListPlannerVersions", ListVersions);
  Read<v1::CheckPlannerRequest, v1::CheckPlannerResponse>(router, context, service + "CheckPlanner",
                                                          Check);
  Write<v1::SubmitPlannerRequest, v1::Planner>(router, context, service + "SubmitPlanner", Submit);
  Write<v1::JudgePlannerRequest, v1::Planner>(router, context, service + "JudgePlanner", Judge);
  Write<v1::RemoveApprovalForPlannerRequest, v1::Planner>(
      router, context, service + "RemoveApprovalForPlanner", Remove);
  Write<v1::DeclareInvolvementRequest, v1::Planner>(router, context, service + "DeclareInvolvement",
                                                    Declare);
  Write<v1::WaiveDeadlineRequest, v1::Planner>(router, context, service + "WaiveDeadline", Waive);
  Write<v1::ConcludeInvolvementRequest, v1::Planner>(router, context,
                                                     service + "ConcludeInvolvement", Conclude);
  Read<v1::CheckLearnerInvolvementRequest, v1::CheckLearnerInvolvementResponse>(
      router, context, service + "CheckLearnerInvolvement", CheckOne);
  Read<v1::ListMissingInvolvementRequest, v1::ListMissingInvolvementResponse>(
      router, context, service + "ListMissingInvolvement", ListMissing);
}

}  // namespace assay::approval
