#include "services/approval/commands/quality_reviews.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/commands/limits_in_force.h"
#include "services/approval/commands/register_learners.h"
#include "services/approval/commands/risk_policies.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/approval/quality_document.h"
#include "services/approval/timeline.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using Code = absl::StatusCode;

constexpr int kReviewsMax = 1000;  // Of a centre, the last ones.

// What one evaluation sees.
absl::StatusOr<QualityFacts> FactsOf(const Work& work, const std::string& centre) {
  QualityFacts facts;
  facts.day = Today(work);
  ASSIGN_OR_RETURN(const std::vector<QualityReviewRecord> reviews,
                   QualityStore().ReviewsOf(work.tx, work.reach.tenant, centre, kReviewsMax));
  for (const QualityReviewRecord& review : reviews) {
    ASSIGN_OR_RETURN(ReviewContent content, ContentFromBytes(review.document));
    ReviewFacts& of = facts.reviews.emplace_back();
    of.id = review.id;
    of.qualification = review.qualification;
    of.day = review.day;
    of.grades = std::move(content.grades);
    of.learners = std::move(content.learners);
    for (const ReviewActionRecord& action : review.actions) {
      if (!action.close_time.has_value()) of.open_actions.push_back(action.number);
    }
  }
  return facts;
}

absl::Status Schedule(const Work& work, const EvaluationRecord& evaluation,
                      const QualityOutcome& outcome) {
  QualityStore store;
  if (!outcome.next_review.has_value()) {
    return store.DropDue(work.tx, work.reach.tenant, evaluation.centre);
  }
  return store.PutDue(work.tx, work.reach.tenant,
                      {.centre = evaluation.centre,
                       .due = *outcome.next_review,
                       .interim = outcome.interim,
                       .level = outcome.level,
                       .evaluation = evaluation.number});
}

// Tells of another level and of direct claims earned or lost.
absl::Status Tell(const Work& work, const std::string& centre, const QualityOutcome& before,
                  const QualityOutcome& after) {
  if (before.level != after.level || (after.interim && before.next_review != after.next_review)) {
    RETURN_IF_ERROR(EmitRiskChanged(work, centre, after));
  }
  const auto granted = [](const QualityOutcome& outcome, const std::string& qualification) {
    return std::any_of(outcome.claims.begin(), outcome.claims.end(), [&](const ClaimOutcome& c) {
      return c.qualification == qualification && c.granted;
    });
  };
  for (const ClaimOutcome& claim : after.claims) {
    if (claim.granted == granted(before, claim.qualification)) continue;
    RETURN_IF_ERROR(EmitDirectClaimsChanged(work, centre, claim));
  }
  for (const ClaimOutcome& claim : before.claims) {
    const bool still = std::any_of(after.claims.begin(), after.claims.end(), [&](const auto& c) {
      return c.qualification == claim.qualification;
    });
    if (still || !claim.granted) continue;
    RETURN_IF_ERROR(EmitDirectClaimsChanged(
        work, centre,
        {.qualification = claim.qualification,
         .reason = "no review of the qualification counts any more (MOD-14)"}));
  }
  return absl::OkStatus();
}

// Whether the review is the interim one that is due: it comes after a last review with a failed
// criterion of high risk, and looks at the same (MOD-14).
bool CoversInterim(const RiskAnswer& risk, const std::vector<QualityReviewRecord>& known,
                   const ReviewDraft& draft) {
  if (!risk.outcome.interim) return false;
  return std::any_of(
      risk.outcome.failed.begin(), risk.outcome.failed.end(), [&](const CriterionFailure& failure) {
        if (failure.level != RiskLevel::kHigh) return false;
        const auto review = std::find_if(known.begin(), known.end(),
                                         [&](const auto& r) { return r.id == failure.review; });
        const bool graded = std::any_of(
            draft.grades.begin(), draft.grades.end(),
            [&](const auto& g) { return g.criterion == failure.criterion && g.grade > 0; });
        return graded && review != known.end() && draft.day >= review->day &&
               draft.qualification == review->qualification;
      });
}

absl::StatusOr<QualityReviewRecord> FindOpen(const Work& work, const ReviewTarget& target) {
  ASSIGN_OR_RETURN(QualityReviewRecord review,
                   QualityStore().GetReview(work.tx, work.reach, target.centre, target.id));
  RETURN_IF_ERROR(platform::CheckEtag(target.etag, review.version, review.Name()));
  if (!review.voided) return review;
  return Error(Code::kFailedPrecondition, kQualityReviewStateWrong,
               absl::StrCat(review.Name(), " is void: ", review.void_reason))
      .With("quality_review", review.Name())
      .With("rule", "MOD-14")
      .Field("name", "is void");
}

absl::Status Record(const Work& work, const QualityReviewRecord& review, const std::string& what,
                    const std::string& reason) {
  return RecordDecision(
      work, {TimelineKind::kQuality, review.centre, review.Name(),
             absl::StrCat(what, review.qualification.empty() ? "" : ": ", review.qualification),
             reason, "MOD-14"});
}

absl::Status Refused(const std::vector<PolicyFault>& faults) {
  if (faults.empty()) return absl::OkStatus();
  Error error(Code::kInvalidArgument, kQualityReviewRefused,
              absl::StrCat("the review has ", faults.size(), " faults; nothing was kept (MOD-14)"));
  error.With("refused_count", absl::StrCat(faults.size())).With("rule", "MOD-14");
  for (const PolicyFault& fault : faults) error.Field("quality_review." + fault.place, fault.what);
  return error;
}

}  // namespace

absl::StatusOr<QualityReviewRecord> RecordReview(const Work& work, const ReviewDraft& draft) {
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, draft.centre).status());
  if (!draft.qualification.empty()) {
    RETURN_IF_ERROR(FindQualification(work, draft.qualification).status());
  }
  ASSIGN_OR_RETURN(const RiskPolicyVersion policy, RiskPolicyOn(work, draft.day));
  std::vector<PolicyFault> faults = CheckGrades(policy.policy, draft.grades);
  if (draft.day > Today(work)) faults.push_back({"review_day", "is after today"});
  for (std::size_t i = 0; i < draft.actions.size(); ++i) {
    if (draft.actions[i].due > draft.day) continue;
    faults.push_back({absl::StrCat("actions[", i, "].due_day"), "is not after the review"});
  }
  RETURN_IF_ERROR(Refused(faults));
  QualityStore store;
  ASSIGN_OR_RETURN(const RiskAnswer risk, RiskOf(work, draft.centre));
  ASSIGN_OR_RETURN(const std::vector<QualityReviewRecord> known,
                   store.ReviewsOf(work.tx, work.reach.tenant, draft.centre, kReviewsMax));
  QualityReviewRecord review;
  review.centre = draft.centre;
  review.id = work.context.ids.NextId(work.call.now);
  review.qualification = draft.qualification;
  review.day = draft.day;
  review.reviewer = draft.reviewer.empty() ? std::string(work.call.subject()) : draft.reviewer;
  review.summary = draft.summary;
  review.document = draft.document;
  review.policy = policy.policy.version;
  review.interim = CoversInterim(risk, known, draft);
  review.officer = std::string(work.call.subject());
  review.create_time = work.call.now;
  review.actions = draft.actions;
  RETURN_IF_ERROR(store.InsertReview(work.tx, work.reach.tenant, review));
  RETURN_IF_ERROR(Record(work, review, "quality review recorded", draft.summary));
  RETURN_IF_ERROR(EvaluateCentre(work, draft.centre, "review recorded").status());
  return review;
}

absl::StatusOr<QualityReviewRecord> CloseReviewAction(const Work& work, const ReviewTarget& target,
                                                      int number, const std::string& note) {
  ASSIGN_OR_RETURN(QualityReviewRecord review, FindOpen(work, target));
  const auto action = std::find_if(review.actions.begin(), review.actions.end(),
                                   [&](const ReviewActionRecord& a) { return a.number == number; });
  if (action == review.actions.end()) {
    return Error(Code::kNotFound, kReviewActionNotFound,
                 absl::StrCat(review.Name(), " has no action ", number))
        .With("quality_review", review.Name())
        .With("action", absl::StrCat(number))
        .With("rule", "MOD-14")
        .Field("action", "is none of the review");
  }
  if (action->close_time.has_value()) {
    return Error(Code::kFailedPrecondition, kQualityReviewStateWrong,
                 absl::StrCat("the action ", number, " of ", review.Name(), " is closed already"))
        .With("quality_review", review.Name())
        .With("rule", "MOD-14")
        .Field("action", "is closed");
  }
  action->closing_note = note;
  action->closed_by = std::string(work.call.subject());
  action->close_time = work.call.now;
  QualityStore store;
  RETURN_IF_ERROR(store.CloseAction(work.tx, work.reach.tenant, review, *action));
  RETURN_IF_ERROR(store.UpdateReview(work.tx, work.reach.tenant, review));
  RETURN_IF_ERROR(
      Record(work, review, absl::StrCat("quality review action ", number, " closed"), note));
  RETURN_IF_ERROR(EvaluateCentre(work, review.centre, "action closed").status());
  return review;
}

absl::StatusOr<QualityReviewRecord> VoidReview(const Work& work, const ReviewTarget& target,
                                               const std::string& reason) {
  ASSIGN_OR_RETURN(QualityReviewRecord review, FindOpen(work, target));
  review.voided = true;
  review.void_reason = reason;
  RETURN_IF_ERROR(QualityStore().UpdateReview(work.tx, work.reach.tenant, review));
  RETURN_IF_ERROR(Record(work, review, "quality review void", reason));
  RETURN_IF_ERROR(EvaluateCentre(work, review.centre, "review void").status());
  return review;
}

absl::StatusOr<EvaluationRecord> EvaluateCentre(const Work& work, const std::string& centre,
                                                const std::string& cause) {
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, centre).status());
  ASSIGN_OR_RETURN(const RiskPolicyVersion policy, RiskPolicyOn(work, Today(work)));
  ASSIGN_OR_RETURN(QualityFacts facts, FactsOf(work, centre));
  facts = Relevant(policy.policy, std::move(facts));
  const QualityOutcome outcome = EvaluateQuality(policy.policy, facts);
  ASSIGN_OR_RETURN(const RiskAnswer before, RiskOf(work, centre));
  EvaluationRecord evaluation{.centre = centre,
                              .policy = policy.policy.version,
                              .cause = cause,
                              .actor = std::string(work.call.subject()),
                              .facts = BytesOf(facts, centre),
                              .outcome = BytesOf(outcome, centre),
                              .time = work.call.now};
  RETURN_IF_ERROR(QualityStore().InsertEvaluation(work.tx, work.reach.tenant, evaluation));
  RETURN_IF_ERROR(Schedule(work, evaluation, outcome));
  RETURN_IF_ERROR(Tell(work, centre, before.outcome, outcome));
  return evaluation;
}

absl::StatusOr<Replay> ReplayEvaluation(const Work& work, const std::string& centre, int number) {
  ASSIGN_OR_RETURN(const EvaluationRecord record,
                   QualityStore().GetEvaluation(work.tx, work.reach, centre, number));
  ASSIGN_OR_RETURN(const RiskPolicyVersion policy, RiskPolicyOf(work, record.policy));
  ASSIGN_OR_RETURN(const QualityFacts facts, FactsFromBytes(record.facts));
  ASSIGN_OR_RETURN(const QualityOutcome recorded, OutcomeFromBytes(record.outcome));
  Replay replay;
  replay.outcome = EvaluateQuality(policy.policy, facts);
  replay.same = replay.outcome == recorded;
  return replay;
}

absl::StatusOr<RiskAnswer> RiskOf(const Work& work, const std::string& centre) {
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, centre).status());
  RiskAnswer answer;
  ASSIGN_OR_RETURN(answer.evaluation,
                   QualityStore().LastEvaluation(work.tx, work.reach.tenant, centre));
  if (answer.evaluation.has_value()) {
    ASSIGN_OR_RETURN(answer.outcome, OutcomeFromBytes(answer.evaluation->outcome));
  } else {
    answer.outcome = EvaluateQuality({}, {.day = Today(work)});
  }
  return answer;
}

absl::StatusOr<DirectClaimAnswer> DirectClaimsOf(const Work& work, const std::string& centre,
                                                 const std::string& qualification) {
  RETURN_IF_ERROR(FindQualification(work, qualification).status());
  ASSIGN_OR_RETURN(const RiskAnswer risk, RiskOf(work, centre));
  DirectClaimAnswer answer;
  answer.next_review = risk.outcome.next_review;
  if (risk.evaluation.has_value()) answer.evaluation = risk.evaluation->Name();
  answer.outcome = EvaluateClaims({}, {}, qualification);
  for (const ClaimOutcome& claim : risk.outcome.claims) {
    if (claim.qualification == qualification) answer.outcome = claim;
  }
  ASSIGN_OR_RETURN(const Limits limits, LimitsInForce(work, centre, qualification, Today(work)));
  answer.stopped = limits.direct_claims_stopped;
  answer.stop_reason = WhyOf(limits.direct_claims_stop);
  return answer;
}

}  // namespace assay::approval
