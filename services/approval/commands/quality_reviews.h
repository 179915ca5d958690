// Records quality reviews of centres and evaluates risk and direct claim status by them (MOD-14).
// Each change of the facts makes an evaluation, which is kept with them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/risk/evaluate.h"
#include "services/approval/stores/quality.h"

namespace assay::approval {

struct ReviewDraft {
  std::string centre;         // Id.
  std::string qualification;  // Number; empty: the centre as a whole.
  absl::CivilDay day;
  std::string reviewer;
  std::string summary;
  std::string document;  // As it is kept.
  std::vector<CriterionGrade> grades;
  std::vector<ReviewActionRecord> actions;
};

// INVALID_ARGUMENT (QUALITY_REVIEW_REFUSED), NOT_FOUND (CENTRE_NOT_FOUND, QUALIFICATION_NOT_FOUND,
// RISK_POLICY_NOT_FOUND).
absl::StatusOr<QualityReviewRecord> RecordReview(const Work& work, const ReviewDraft& draft);

struct ReviewTarget {
  std::string centre;
  std::string id;
  std::string etag;
};
// Both return NOT_FOUND (QUALITY_REVIEW_NOT_FOUND), ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION
// (QUALITY_REVIEW_STATE_WRONG); the first also NOT_FOUND (REVIEW_ACTION_NOT_FOUND).
absl::StatusOr<QualityReviewRecord> CloseReviewAction(const Work& work, const ReviewTarget& target,
                                                      int number, const std::string& note);
absl::StatusOr<QualityReviewRecord> VoidReview(const Work& work, const ReviewTarget& target,
                                               const std::string& reason);

// By the facts and the policy of today; tells what is another than before.
absl::StatusOr<EvaluationRecord> EvaluateCentre(const Work& work, const std::string& centre,
                                                const std::string& cause);

struct Replay {
  bool same = false;
  QualityOutcome outcome;
};
absl::StatusOr<Replay> ReplayEvaluation(const Work& work, const std::string& centre, int number);

// As last evaluated; without an evaluation nothing has failed. NOT_FOUND (CENTRE_NOT_FOUND).
struct RiskAnswer {
  std::optional<EvaluationRecord> evaluation;
  QualityOutcome outcome;
};
absl::StatusOr<RiskAnswer> RiskOf(const Work& work, const std::string& centre);

struct DirectClaimAnswer {
  ClaimOutcome outcome;
  bool stopped = false;
  std::string stop_reason;
  std::string evaluation;  // Name, or "".
  std::optional<absl::CivilDay> next_review;
};
// NOT_FOUND (CENTRE_NOT_FOUND, QUALIFICATION_NOT_FOUND).
absl::StatusOr<DirectClaimAnswer> DirectClaimsOf(const Work& work, const std::string& centre,
                                                 const std::string& qualification);

}  // namespace assay::approval
