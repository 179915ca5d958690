// What centres declare of planners, what officers conclude, and who lacks what (EI-13 to EI-15).
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "services/approval/commands/check_involvement.h"
#include "services/approval/commands/conclude_involvement.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/planner_document.h"
#include "services/approval/rpcs/planner_messages.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/approval/stores/missing_involvement.h"

namespace assay::approval {
namespace {

constexpr std::size_t kLineMax = 200;

absl::StatusOr<v1::Planner> Declare(const Work& work,
                                    const v1::DeclareInvolvementRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, PlannerTargetFrom(request.name(), request.etag()));
  if (request.etag().empty()) {
    return FieldInvalid("etag", "is missing; send that of the tracker you sign for");
  }
  DeclarationBy by{.confirmed = request.declaration().confirmed()};
  ASSIGN_OR_RETURN(by.signed_by, OptionalLineFrom("declaration.signed_by",
                                                  request.declaration().signed_by(), kLineMax));
  ASSIGN_OR_RETURN(by.position, OptionalLineFrom("declaration.position",
                                                 request.declaration().position(), kLineMax));
  ASSIGN_OR_RETURN(const PlannerRecord record, DeclareInvolvement(work, target, by));
  return WholePlanner(work, record);
}

absl::StatusOr<v1::Planner> Waive(const Work& work, const v1::WaiveDeadlineRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, SeenPlannerFrom(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const absl::CivilDay until,
                   RequiredDayFrom("until", request.has_until(), request.until()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const PlannerRecord record, WaiveDeadline(work, target, until, reason));
  return WholePlanner(work, record);
}

absl::StatusOr<v1::Planner> Conclude(const Work& work,
                                     const v1::ConcludeInvolvementRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, SeenPlannerFrom(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const RulingOn ruling,
                   RulingFrom(request, {{v1::Planner::STATE_ACCEPTED, PlannerStep::kAccept},
                                        {v1::Planner::STATE_RETURNED, PlannerStep::kReturn},
                                        {v1::Planner::STATE_FAILED, PlannerStep::kFail}}));
  if (request.decisions_size() > kPlannerLearnersMax) {
    return FieldInvalid("decisions", absl::StrCat("has more than ", kPlannerLearnersMax));
  }
  std::vector<ReferredDecision> decisions;
  for (int i = 0; i < request.decisions_size(); ++i) {
    const v1::ReferredDecision& in = request.decisions(i);
    ReferredDecision& decision = decisions.emplace_back();
    decision.enrolment = in.enrolment();
    decision.met = in.met();
    if (!HasText(in.reason())) continue;
    ASSIGN_OR_RETURN(decision.reason,
                     ReasonFrom(in.reason(), absl::StrCat("decisions[", i, "].reason")));
  }
  ASSIGN_OR_RETURN(const PlannerRecord record,
                   ConcludeInvolvement(work, target, ruling, decisions));
  return WholePlanner(work, record);
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
  SetDecision(block.learner, learner);
  for (const LearnerDecision& decision : block.decisions) {
    v1::InvolvementDecision& out = *response.add_decisions();
    out.set_met(decision.met);
    out.set_reason(decision.reason);
    out.set_officer(decision.officer);
    *out.mutable_decide_time() = ToTimestamp(decision.time);
    out.set_declaration(decision.declaration);
  }
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
  ASSIGN_OR_RETURN(const PlannerTarget target, PlannerTargetFrom(request.name(), ""));
  if (target.id == "-") return CheckOfAny(work, target.centre, request);
  ASSIGN_OR_RETURN(const LearnerBlock block, CheckLearner(work, target, request.enrolment()));
  return ToProto(block);
}

absl::StatusOr<v1::CheckLearnerInvolvementResponse> DecideOne(
    const Work& work, const v1::DecideLearnerInvolvementRequest& request) {
  ASSIGN_OR_RETURN(const PlannerTarget target, SeenPlannerFrom(request.name(), request.etag()));
  ReferredDecision decision{.enrolment = request.enrolment(), .met = request.met()};
  ASSIGN_OR_RETURN(decision.reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const LearnerBlock block, DecideLearner(work, target, decision));
  return ToProto(block);
}

absl::StatusOr<v1::ListPlannerJudgementsResponse> ListJudgements(
    const Work& work, const v1::ListPlannerJudgementsRequest& request) {
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListPlannerJudgements", request.parent()}));
  ASSIGN_OR_RETURN(const PlannerRecord record, PlannerFrom(work, "parent", request.parent()));
  ASSIGN_OR_RETURN(std::vector<PlannerJudgementRow> found,
                   PlannerHistoryStore().ListJudgements(work.tx, work.reach.tenant, record,
                                                        page.after, page.size + 1));
  v1::ListPlannerJudgementsResponse response;
  SetNextPage(found, page, response, [](const auto& row) { return row.position; });
  for (const PlannerJudgementRow& row : found) {
    *response.add_planner_judgements() = ToProto(row.ruling);
  }
  return response;
}

absl::StatusOr<v1::ListPlannerDeclarationsResponse> ListDeclarations(
    const Work& work, const v1::ListPlannerDeclarationsRequest& request) {
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListPlannerDeclarations", request.parent()}));
  int after = 0;
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &after)) {
    return FieldInvalid("page_token", "is not a page of this list");
  }
  ASSIGN_OR_RETURN(const PlannerRecord record, PlannerFrom(work, "parent", request.parent()));
  ASSIGN_OR_RETURN(std::vector<PlannerDeclaration> found,
                   PlannerHistoryStore().ListDeclarations(work.tx, work.reach.tenant, record, after,
                                                          page.size + 1));
  v1::ListPlannerDeclarationsResponse response;
  SetNextPage(found, page, response, [](const auto& d) { return absl::StrCat(d.number); });
  for (const PlannerDeclaration& declaration : found) {
    v1::Declaration& out = *response.add_planner_declarations();
    out.set_number(declaration.number);
    out.set_document_version(declaration.document_version);
    out.set_signed_by(declaration.signed_by);
    out.set_position(declaration.position);
    out.set_confirmed(declaration.document_version == record.document_version);
    out.set_declared_by(declaration.declared_by);
    *out.mutable_sign_time() = ToTimestamp(declaration.time);
  }
  return response;
}

// Of what learners are registered for, that which asks for involvement (EI-1).
absl::StatusOr<std::vector<std::string>> InvolvingQualifications(const Work& work,
                                                                 const std::string& centre) {
  ASSIGN_OR_RETURN(const std::vector<std::string> numbers,
                   MissingInvolvementStore().RegisteredFor(work.tx, work.reach, centre));
  std::vector<std::string> asking;
  for (const std::string& number : numbers) {
    const auto qualification = FindQualification(work, number);
    if (absl::IsNotFound(qualification.status())) continue;
    RETURN_IF_ERROR(qualification.status());
    if (qualification->employer_involvement) asking.push_back(number);
  }
  return asking;
}

v1::MissingInvolvement ToProto(const MissingLearner& learner) {
  v1::MissingInvolvement out;
  out.set_planner(learner.planner_name);
  out.set_registration(learner.registration);
  out.set_enrolment(learner.standing.enrolment);
  out.set_learner_name(learner.standing.name);
  out.set_outcome(OutcomeOf(learner.standing.outcome));
  out.set_prospect(OutcomeOf(learner.standing.prospect));
  out.set_rule(learner.standing.rule);
  out.set_repair(learner.standing.repair);
  if (learner.standing.decision.has_value()) {
    out.mutable_decision()->set_met(*learner.standing.decision);
    out.mutable_decision()->set_reason(learner.standing.decision_reason);
  }
  if (learner.declaration_deadline.has_value()) {
    *out.mutable_declaration_deadline() = ToDate(*learner.declaration_deadline);
  }
  return out;
}

absl::StatusOr<v1::ListMissingInvolvementResponse> ListMissing(
    const Work& work, const v1::ListMissingInvolvementRequest& request) {
  ASSIGN_OR_RETURN(PlannerName name, PlannerNameFrom("parent", request.parent()));
  if (name.centre == "-") name.centre.clear();
  if (name.planner == "-") name.planner.clear();
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListMissingInvolvement", request.parent()}));
  std::vector<std::string> qualifications;
  if (name.planner.empty()) {
    ASSIGN_OR_RETURN(qualifications, InvolvingQualifications(work, name.centre));
  }
  ASSIGN_OR_RETURN(std::vector<MissingLearner> found,
                   MissingInvolvementStore().List(work.tx, work.reach, name.centre, name.planner,
                                                  qualifications, page.after, page.size + 1));
  v1::ListMissingInvolvementResponse response;
  SetNextPage(found, page, response, [](const auto& learner) { return learner.position; });
  for (const MissingLearner& learner : found) *response.add_missing() = ToProto(learner);
  return response;
}

}  // namespace

void RegisterInvolvement(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.PlannerService/";
  Write(router, context, service + "DeclareInvolvement", Declare);
  Write(router, context, service + "WaiveDeadline", Waive);
  Write(router, context, service + "ConcludeInvolvement", Conclude);
  Write(router, context, service + "DecideLearnerInvolvement", DecideOne);
  Read(router, context, service + "CheckLearnerInvolvement", CheckOne);
  Read(router, context, service + "ListPlannerJudgements", ListJudgements);
  Read(router, context, service + "ListPlannerDeclarations", ListDeclarations);
  Read(router, context, service + "ListMissingInvolvement", ListMissing);
}

}  // namespace assay::approval
