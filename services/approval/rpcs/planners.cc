#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "services/approval/commands/check_involvement.h"
#include "services/approval/commands/rule_on_planner.h"
#include "services/approval/commands/write_planner.h"
#include "services/approval/convert.h"
#include "services/approval/planner_document.h"
#include "services/approval/rpcs/planner_messages.h"
#include "services/approval/rpcs/requests.h"
#include "services/approval/rpcs/rpcs.h"

namespace assay::approval {
namespace {

using platform::Call;
using platform::Transaction;

constexpr int kNumberCharactersMax = 9;

v1::PlannerVersion ToProto(const PlannerRecord& record, const PlannerVersion& version) {
  v1::PlannerVersion out;
  out.set_name(absl::StrCat(record.Name(), "/versions/", version.number));
  out.set_change_note(version.change_note);
  out.set_author(version.author);
  *out.mutable_create_time() = ToTimestamp(version.time);
  for (const std::string& change : version.changes) out.add_changes(change);
  return out;
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
  ASSIGN_OR_RETURN(opening.declaration_deadline,
                   DayFrom("planner.declaration_deadline", planner.has_declaration_deadline(),
                           planner.declaration_deadline()));
  if (opening.last_day < opening.first_day) {
    return FieldInvalid("planner.last_day", "is before the first day");
  }
  if (opening.declaration_deadline.value_or(opening.first_day) < opening.first_day) {
    return FieldInvalid("planner.declaration_deadline", "is before the first day");
  }
  ASSIGN_OR_RETURN(const PlannerDraft draft, DraftOf(planner.document(), opening.centre));
  ASSIGN_OR_RETURN(const PlannerRecord record, OpenPlanner(work, opening, draft));
  return WholePlanner(work, record);
}

absl::StatusOr<v1::Planner> Get(const Work& work, const v1::GetPlannerRequest& request) {
  ASSIGN_OR_RETURN(const PlannerRecord record, PlannerFrom(work, "name", request.name()));
  return WholePlanner(work, record);
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
  ASSIGN_OR_RETURN(const PlannerName name, PlannerNameFrom("name", request.name()));
  if (request.etag().empty()) {
    return FieldInvalid("etag", "is missing; send that of the version you changed (EI-12)");
  }
  ASSIGN_OR_RETURN(std::string note, ReasonFrom(request.change_note()));
  ASSIGN_OR_RETURN(const PlannerDraft draft, DraftOf(request.document(), name.centre));
  ASSIGN_OR_RETURN(
      const PlannerRecord record,
      UpdatePlanner(work, {name.centre, name.planner, request.etag(), std::move(note)}, draft));
  return WholePlanner(work, record);
}

absl::StatusOr<v1::PlannerVersion> GetVersion(const Work& work,
                                              const v1::GetPlannerVersionRequest& request) {
  ASSIGN_OR_RETURN(const PlannerName name,
                   PlannerNameFrom("name", request.name(), /*versions=*/true));
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
  ASSIGN_OR_RETURN(const PlannerName name, PlannerNameFrom("parent", request.parent()));
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
  ASSIGN_OR_RETURN(const PlannerRecord record, PlannerFrom(work, "name", request.name()));
  ASSIGN_OR_RETURN(const Planner planner, LoadPlanner(work, record));
  ASSIGN_OR_RETURN(const InvolvementFrame frame, FrameOf(work, record));
  const InvolvementCheck check = CheckInvolvement(planner, frame);
  v1::CheckPlannerResponse response;
  ASSIGN_OR_RETURN(const std::vector<LearnerStanding> standings,
                   PlannerStore().ListLearners(work.tx, work.reach.tenant, record));
  std::map<std::string_view, const LearnerStanding*> decided;
  for (const LearnerStanding& standing : standings) {
    if (standing.decision.has_value()) decided.emplace(standing.enrolment, &standing);
  }
  for (const LearnerCheck& learner : check.learners) {
    v1::LearnerInvolvement& out = *response.add_learners() = ToProto(planner, learner);
    const auto found = decided.find(out.enrolment());
    if (found != decided.end()) SetDecision(*found->second, out);
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
  ASSIGN_OR_RETURN(const PlannerTarget target, PlannerTargetFrom(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const PlannerRecord record, SubmitPlanner(work, target));
  return WholePlanner(work, record);
}

absl::StatusOr<v1::Planner> Judge(const Work& work, const v1::JudgePlannerRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, SeenPlannerFrom(request.name(), request.etag()));
  ASSIGN_OR_RETURN(
      const RulingOn ruling,
      RulingFrom(request, {{v1::Planner::STATE_MEETS, PlannerStep::kFindMeeting},
                           {v1::Planner::STATE_NEEDS_DEVELOPMENT, PlannerStep::kFindWanting},
                           {v1::Planner::STATE_NOT_COMPLETED, PlannerStep::kFindNotCompleted}}));
  ASSIGN_OR_RETURN(const PlannerRecord record, JudgePlanner(work, target, ruling));
  return WholePlanner(work, record);
}

absl::StatusOr<v1::Planner> Remove(const Work& work,
                                   const v1::RemoveApprovalForPlannerRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, PlannerTargetFrom(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const PlannerRecord record, RemoveApproval(work, target, reason));
  return WholePlanner(work, record);
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
}

}  // namespace assay::approval
