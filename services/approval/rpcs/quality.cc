#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "assay/approval/v1/quality_service.pb.h"
#include "services/approval/commands/quality_reviews.h"
#include "services/approval/commands/register_learners.h"
#include "services/approval/commands/risk_policies.h"
#include "services/approval/convert.h"
#include "services/approval/quality_document.h"
#include "services/approval/rpcs/requests.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {
namespace {

constexpr std::size_t kTextMax = 2000;
constexpr std::size_t kNameMax = 200;
constexpr int kGradesMax = 100;
constexpr int kLearnersMax = 200;
constexpr int kActionsMax = 50;
constexpr int kNumberCharactersMax = 9;
constexpr std::string_view kReviewForm = "centres/*/qualityReviews/*";

absl::StatusOr<int> NumberFrom(std::string_view field, const std::string& text) {
  int number = 0;
  if (text.size() <= kNumberCharactersMax && absl::SimpleAtoi(text, &number) && number > 0) {
    return number;
  }
  return FieldInvalid(field, "does not end in a number");
}

absl::StatusOr<v1::QualityReview> ToProto(const QualityReviewRecord& record) {
  ASSIGN_OR_RETURN(v1::QualityReview out, ReviewFromBytes(record.document));
  out.set_name(record.Name());
  if (!record.qualification.empty())
    out.set_qualification("qualifications/" + record.qualification);
  *out.mutable_review_day() = ToDate(record.day);
  out.set_reviewer(record.reviewer);
  out.set_summary(record.summary);
  for (const ReviewActionRecord& action : record.actions) {
    v1::ReviewAction& to = *out.add_actions();
    to.set_number(action.number);
    to.set_text(action.text);
    *to.mutable_due_day() = ToDate(action.due);
    to.set_open(!action.close_time.has_value());
    to.set_closing_note(action.closing_note);
    to.set_closed_by(action.closed_by);
    if (action.close_time.has_value()) *to.mutable_close_time() = ToTimestamp(*action.close_time);
  }
  out.set_risk_policy(absl::StrCat("riskPolicies/", record.policy));
  out.set_interim(record.interim);
  out.set_state(record.voided ? v1::QualityReview::STATE_VOID : v1::QualityReview::STATE_RECORDED);
  out.set_void_reason(record.void_reason);
  out.set_officer(record.officer);
  *out.mutable_create_time() = ToTimestamp(record.create_time);
  out.set_etag(platform::EtagOf(record.version));
  return out;
}

absl::StatusOr<v1::Evaluation> ToProto(const EvaluationRecord& record, Detail detail) {
  v1::Evaluation out;
  out.set_name(record.Name());
  out.set_risk_policy(absl::StrCat("riskPolicies/", record.policy));
  out.set_cause(record.cause);
  if (detail == Detail::kFull) {
    ASSIGN_OR_RETURN(const QualityFacts facts, FactsFromBytes(record.facts));
    *out.mutable_facts() = ToProto(facts, record.centre);
  }
  ASSIGN_OR_RETURN(const QualityOutcome outcome, OutcomeFromBytes(record.outcome));
  *out.mutable_outcome() = ToProto(outcome, record.centre);
  out.set_actor(record.actor);
  *out.mutable_evaluate_time() = ToTimestamp(record.time);
  return out;
}

v1::RiskPolicy ToProto(const RiskPolicyVersion& version) {
  v1::RiskPolicy out;
  out.set_name(absl::StrCat("riskPolicies/", version.policy.version));
  out.set_effective_from(absl::FormatCivilTime(version.policy.effective_from));
  out.set_description(version.policy.description);
  out.set_document(version.record.document);
  out.set_shipped(version.shipped);
  out.set_creator(version.record.creator);
  if (!version.shipped) *out.mutable_create_time() = ToTimestamp(version.record.create_time);
  return out;
}

// Sizes and values of enums; what the policy asks is the command's to look at.
absl::Status CheckForm(const v1::QualityReview& in) {
  const std::string at = "quality_review.";
  if (in.summary().size() > kTextMax) return FieldInvalid(at + "summary", "is too long");
  if (in.reviewer().size() > kNameMax) return FieldInvalid(at + "reviewer", "is too long");
  if (in.grades_size() > kGradesMax) return FieldInvalid(at + "grades", "are too many");
  if (in.learners_size() > kLearnersMax) return FieldInvalid(at + "learners", "are too many");
  if (in.actions_size() > kActionsMax) return FieldInvalid(at + "actions", "are too many");
  for (int i = 0; i < in.grades_size(); ++i) {
    if (in.grades(i).comment().size() > kTextMax) {
      return FieldInvalid(absl::StrCat(at, "grades[", i, "].comment"), "is too long");
    }
  }
  for (int i = 0; i < in.learners_size(); ++i) {
    const v1::SampledLearner& learner = in.learners(i);
    const std::string place = absl::StrCat(at, "learners[", i, "].");
    if (learner.stage() < v1::SampledLearner::STAGE_NEW ||
        learner.stage() > v1::SampledLearner::STAGE_FINAL) {
      return FieldInvalid(place + "stage", "is not new, mid or final");
    }
    if (learner.reliability() < v1::RELIABILITY_A || learner.reliability() > v1::RELIABILITY_C) {
      return FieldInvalid(place + "reliability", "is not A, B or C");
    }
    if (learner.registration().empty()) continue;
    RETURN_IF_ERROR(
        PartsOf(place + "registration", learner.registration(), "centres/*/registrations/*")
            .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::QualityReview> Record(const Work& work,
                                         const v1::RecordQualityReviewRequest& request) {
  const v1::QualityReview& in = request.quality_review();
  ReviewDraft draft;
  ASSIGN_OR_RETURN(draft.centre, CentreIdFrom("parent", request.parent()));
  if (!in.qualification().empty()) {
    ASSIGN_OR_RETURN(draft.qualification,
                     QualificationFrom("quality_review.qualification", in.qualification()));
  }
  ASSIGN_OR_RETURN(draft.day, RequiredDayFrom("quality_review.review_day", in.has_review_day(),
                                              in.review_day()));
  RETURN_IF_ERROR(CheckForm(in));
  draft.reviewer = in.reviewer();
  draft.summary = in.summary();
  draft.grades = ContentOf(in).grades;
  for (int i = 0; i < in.actions_size(); ++i) {
    const std::string place = absl::StrCat("quality_review.actions[", i, "].");
    ReviewActionRecord action{.number = i + 1, .text = in.actions(i).text()};
    if (action.text.find_first_not_of(" \t\r\n") == std::string::npos ||
        action.text.size() > kTextMax) {
      return FieldInvalid(place + "text", absl::StrCat("is not 1 to ", kTextMax, " characters"));
    }
    ASSIGN_OR_RETURN(action.due, RequiredDayFrom(place + "due_day", in.actions(i).has_due_day(),
                                                 in.actions(i).due_day()));
    draft.actions.push_back(std::move(action));
  }
  v1::QualityReview kept;
  *kept.mutable_grades() = in.grades();
  *kept.mutable_learners() = in.learners();
  draft.document = kept.SerializeAsString();
  ASSIGN_OR_RETURN(const QualityReviewRecord record, RecordReview(work, draft));
  return ToProto(record);
}

absl::StatusOr<v1::QualityReview> Get(const Work& work,
                                      const v1::GetQualityReviewRequest& request) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), kReviewForm));
  ASSIGN_OR_RETURN(const QualityReviewRecord record,
                   QualityStore().GetReview(work.tx, work.reach, parts[0], parts[1]));
  return ToProto(record);
}

absl::StatusOr<v1::ListQualityReviewsResponse> List(const Work& work,
                                                    const v1::ListQualityReviewsRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListQualityReviews", request.parent()}));
  ASSIGN_OR_RETURN(
      std::vector<QualityReviewRecord> found,
      QualityStore().ListReviews(work.tx, work.reach, centre, page.after, page.size + 1));
  v1::ListQualityReviewsResponse response;
  SetNextPage(found, page, response,
              [](const auto& r) { return absl::StrCat(r.centre, "/", r.id); });
  for (const QualityReviewRecord& record : found) {
    ASSIGN_OR_RETURN(*response.add_quality_reviews(), ToProto(record));
  }
  return response;
}

absl::StatusOr<v1::QualityReview> CloseAction(const Work& work,
                                              const v1::CloseReviewActionRequest& request) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), kReviewForm));
  ASSIGN_OR_RETURN(const std::string note, ReasonFrom(request.note()));
  ASSIGN_OR_RETURN(
      const QualityReviewRecord record,
      CloseReviewAction(work, {parts[0], parts[1], request.etag()}, request.action(), note));
  return ToProto(record);
}

absl::StatusOr<v1::QualityReview> Void(const Work& work,
                                       const v1::VoidQualityReviewRequest& request) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), kReviewForm));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const QualityReviewRecord record,
                   VoidReview(work, {parts[0], parts[1], request.etag()}, reason));
  return ToProto(record);
}

absl::StatusOr<v1::Evaluation> Evaluate(const Work& work,
                                        const v1::EvaluateCentreRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("name", request.name()));
  ASSIGN_OR_RETURN(const EvaluationRecord record, EvaluateCentre(work, centre, "asked for"));
  return ToProto(record, Detail::kFull);
}

absl::StatusOr<v1::CentreRisk> GetRisk(const Work& work, const v1::GetCentreRiskRequest& request) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), "centres/*/risk"));
  ASSIGN_OR_RETURN(const RiskAnswer answer, RiskOf(work, parts[0]));
  v1::CentreRisk out;
  out.set_name(absl::StrCat("centres/", parts[0], "/risk"));
  v1::EvaluationOutcome outcome = ToProto(answer.outcome, parts[0]);
  out.set_level(outcome.level());
  out.set_reason(outcome.reason());
  *out.mutable_failed() = std::move(*outcome.mutable_failed());
  if (outcome.has_next_review_day()) *out.mutable_next_review_day() = outcome.next_review_day();
  out.set_interim(outcome.interim());
  if (answer.evaluation.has_value()) {
    out.set_evaluation(answer.evaluation->Name());
    *out.mutable_evaluate_time() = ToTimestamp(answer.evaluation->time);
  }
  return out;
}

absl::StatusOr<v1::DirectClaimStatus> GetDirectClaims(
    const Work& work, const v1::GetDirectClaimStatusRequest& request) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), "centres/*/directClaimStatuses/*"));
  ASSIGN_OR_RETURN(const DirectClaimAnswer answer, DirectClaimsOf(work, parts[0], parts[1]));
  v1::DirectClaimStatus out;
  out.set_name(absl::StrCat("centres/", parts[0], "/directClaimStatuses/", parts[1]));
  out.set_in_force(answer.outcome.granted && !answer.stopped);
  *out.mutable_outcome() = ToProto(answer.outcome, parts[0]);
  out.set_stopped(answer.stopped);
  out.set_stop_reason(answer.stop_reason);
  out.set_evaluation(answer.evaluation);
  if (answer.next_review.has_value()) *out.mutable_next_review_day() = ToDate(*answer.next_review);
  return out;
}

absl::StatusOr<v1::Evaluation> GetEvaluation(const Work& work,
                                             const v1::GetEvaluationRequest& request) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), "centres/*/evaluations/*"));
  ASSIGN_OR_RETURN(const int number, NumberFrom("name", parts[1]));
  ASSIGN_OR_RETURN(const EvaluationRecord record,
                   QualityStore().GetEvaluation(work.tx, work.reach, parts[0], number));
  return ToProto(record, Detail::kFull);
}

absl::StatusOr<v1::ListEvaluationsResponse> ListEvaluations(
    const Work& work, const v1::ListEvaluationsRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach, {"ListEvaluations", request.parent()}));
  int before = 0;
  if (!page.after.empty()) {
    ASSIGN_OR_RETURN(before, NumberFrom("page_token", page.after));
  }
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, centre).status());
  ASSIGN_OR_RETURN(
      std::vector<EvaluationRecord> found,
      QualityStore().ListEvaluations(work.tx, work.reach.tenant, centre, before, page.size + 1));
  v1::ListEvaluationsResponse response;
  SetNextPage(found, page, response, [](const auto& e) { return absl::StrCat(e.number); });
  for (const EvaluationRecord& record : found) {
    ASSIGN_OR_RETURN(*response.add_evaluations(), ToProto(record, Detail::kBasic));
  }
  return response;
}

absl::StatusOr<v1::ReplayEvaluationResponse> ReplayOne(const Work& work,
                                                       const v1::ReplayEvaluationRequest& request) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), "centres/*/evaluations/*"));
  ASSIGN_OR_RETURN(const int number, NumberFrom("name", parts[1]));
  ASSIGN_OR_RETURN(const Replay replay, ReplayEvaluation(work, parts[0], number));
  v1::ReplayEvaluationResponse response;
  response.set_same(replay.same);
  *response.mutable_outcome() = ToProto(replay.outcome, parts[0]);
  return response;
}

absl::StatusOr<v1::ListReviewsDueResponse> ListDue(const Work& work,
                                                   const v1::ListReviewsDueRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  ASSIGN_OR_RETURN(const auto due_by, DayFrom("due_by", request.has_due_by(), request.due_by()));
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListReviewsDue", request.parent(),
                                      due_by.has_value() ? absl::FormatCivilTime(*due_by) : "",
                                      request.interim_only() ? "interim" : ""}));
  ASSIGN_OR_RETURN(std::vector<ReviewDueRecord> found,
                   QualityStore().ListDue(work.tx, work.reach, centre, due_by,
                                          request.interim_only(), page.after, page.size + 1));
  v1::ListReviewsDueResponse response;
  SetNextPage(found, page, response, [](const auto& due) {
    return absl::StrCat(absl::FormatCivilTime(due.due), "/", due.centre);
  });
  for (const ReviewDueRecord& due : found) {
    v1::ReviewDue& to = *response.add_reviews_due();
    to.set_centre("centres/" + due.centre);
    *to.mutable_due_day() = ToDate(due.due);
    to.set_interim(due.interim);
    to.set_level(LevelOf(due.level));
    to.set_evaluation(absl::StrCat("centres/", due.centre, "/evaluations/", due.evaluation));
  }
  return response;
}

absl::StatusOr<v1::RiskPolicy> CreatePolicy(const Work& work,
                                            const v1::CreateRiskPolicyRequest& request) {
  ASSIGN_OR_RETURN(
      const RiskPolicyVersion version,
      CreateRiskPolicy(work, request.risk_policy().document(), request.validate_only()));
  return ToProto(version);
}

absl::StatusOr<v1::RiskPolicy> GetPolicy(const Work& work,
                                         const v1::GetRiskPolicyRequest& request) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), "riskPolicies/*"));
  if (parts[0] == "current") {
    ASSIGN_OR_RETURN(const RiskPolicyVersion version, RiskPolicyOn(work, Today(work)));
    return ToProto(version);
  }
  ASSIGN_OR_RETURN(const int number, NumberFrom("name", parts[0]));
  ASSIGN_OR_RETURN(const RiskPolicyVersion version, RiskPolicyOf(work, number));
  return ToProto(version);
}

absl::StatusOr<v1::ListRiskPoliciesResponse> ListPolicies(
    const Work& work, const v1::ListRiskPoliciesRequest& request) {
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach, {"ListRiskPolicies"}));
  int after = 0;
  if (!page.after.empty()) {
    ASSIGN_OR_RETURN(after, NumberFrom("page_token", page.after));
  }
  ASSIGN_OR_RETURN(const std::vector<RiskPolicyVersion> versions, RiskPolicies(work));
  v1::ListRiskPoliciesResponse response;
  for (const RiskPolicyVersion& version : versions) {
    if (version.policy.version <= after) continue;
    if (response.risk_policies_size() == page.size) {
      response.set_next_page_token(page.TokenAfter(absl::StrCat(after)));
      break;
    }
    *response.add_risk_policies() = ToProto(version);
    after = version.policy.version;
  }
  return response;
}

}  // namespace

void RegisterQualityRpcs(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.QualityReviewService/";
  Write(router, context, service + "RecordQualityReview", Record);
  Read(router, context, service + "GetQualityReview", Get);
  Read(router, context, service + "ListQualityReviews", List);
  Write(router, context, service + "CloseReviewAction", CloseAction);
  Write(router, context, service + "VoidQualityReview", Void);
  Write(router, context, service + "EvaluateCentre", Evaluate);
  Read(router, context, service + "GetCentreRisk", GetRisk);
  Read(router, context, service + "GetDirectClaimStatus", GetDirectClaims);
  Read(router, context, service + "GetEvaluation", GetEvaluation);
  Read(router, context, service + "ListEvaluations", ListEvaluations);
  Read(router, context, service + "ReplayEvaluation", ReplayOne);
  Read(router, context, service + "ListReviewsDue", ListDue);
  Write(router, context, service + "CreateRiskPolicy", CreatePolicy);
  Read(router, context, service + "GetRiskPolicy", GetPolicy);
  Read(router, context, service + "ListRiskPolicies", ListPolicies);
}

}  // namespace assay::approval
