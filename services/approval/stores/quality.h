// Quality reviews, evaluations, reviews that are due and the versions of the policy, as they are
// kept (MOD-14). Stateless, like Store, and tested on both engines.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/risk/policy.h"
#include "services/approval/store.h"

namespace assay::approval {

struct ReviewActionRecord {
  int number = 1;
  std::string text;
  absl::CivilDay due;
  std::string closing_note;
  std::string closed_by;
  std::optional<absl::Time> close_time;  // None: it is open.
};

struct QualityReviewRecord {
  std::string centre;  // Ids.
  std::string id;
  std::string qualification;  // Number, or "".
  absl::CivilDay day;
  std::string reviewer;
  std::string summary;
  std::string document;  // Grades and learners, see quality_document.h.
  int policy = 1;
  bool interim = false;
  bool voided = false;
  std::string void_reason;
  std::string officer;
  absl::Time create_time;
  std::int64_t version = 1;
  std::vector<ReviewActionRecord> actions;

  std::string Name() const;
};

struct EvaluationRecord {
  std::string centre;
  int number = 0;  // Given by Insert.
  int policy = 1;
  std::string cause;
  std::string actor;
  std::string facts;    // See quality_document.h.
  std::string outcome;  // The same.
  absl::Time time;

  std::string Name() const;
};

struct ReviewDueRecord {
  std::string centre;
  absl::CivilDay due;
  bool interim = false;
  RiskLevel level = RiskLevel::kLow;
  int evaluation = 0;
};

struct RiskPolicyRecord {
  int version = 1;
  std::string document;
  std::string creator;
  absl::Time create_time;
};

class QualityStore {
 public:
  using Tx = platform::Transaction;

  absl::Status InsertReview(Tx& tx, std::string_view tenant, const QualityReviewRecord& review);
  // NOT_FOUND (QUALITY_REVIEW_NOT_FOUND).
  absl::StatusOr<QualityReviewRecord> GetReview(Tx& tx, const Reach& reach, std::string_view centre,
                                                std::string_view id);
  // Replaces voided and its reason of the one whose version is review.version, and adds one to it
  // there and here. ABORTED (ETAG_MISMATCH) if it has another.
  absl::Status UpdateReview(Tx& tx, std::string_view tenant, QualityReviewRecord& review);
  absl::Status CloseAction(Tx& tx, std::string_view tenant, const QualityReviewRecord& review,
                           const ReviewActionRecord& action);
  // In order of centre and id, after `after` ("centre/id"). Empty centre: of all.
  absl::StatusOr<std::vector<QualityReviewRecord>> ListReviews(Tx& tx, const Reach& reach,
                                                               std::string_view centre,
                                                               std::string_view after, int limit);
  // Those of a centre that count, the last day first, at most `limit`.
  absl::StatusOr<std::vector<QualityReviewRecord>> ReviewsOf(Tx& tx, std::string_view tenant,
                                                             std::string_view centre, int limit);

  // As the next number of the centre.
  absl::Status InsertEvaluation(Tx& tx, std::string_view tenant, EvaluationRecord& evaluation);
  // None if the centre was never evaluated.
  absl::StatusOr<std::optional<EvaluationRecord>> LastEvaluation(Tx& tx, std::string_view tenant,
                                                                 std::string_view centre);
  // NOT_FOUND (EVALUATION_NOT_FOUND).
  absl::StatusOr<EvaluationRecord> GetEvaluation(Tx& tx, const Reach& reach,
                                                 std::string_view centre, int number);
  // The last first, before number `before` (0: from the last).
  absl::StatusOr<std::vector<EvaluationRecord>> ListEvaluations(Tx& tx, std::string_view tenant,
                                                                std::string_view centre, int before,
                                                                int limit);

  // A centre has at most one.
  absl::Status PutDue(Tx& tx, std::string_view tenant, const ReviewDueRecord& due);
  absl::Status DropDue(Tx& tx, std::string_view tenant, std::string_view centre);
  // The earliest first, after `after` ("2026-06-30/centre").
  absl::StatusOr<std::vector<ReviewDueRecord>> ListDue(Tx& tx, const Reach& reach,
                                                       std::string_view centre,
                                                       std::optional<absl::CivilDay> due_by,
                                                       bool interim_only, std::string_view after,
                                                       int limit);
  absl::StatusOr<std::optional<ReviewDueRecord>> DueOf(Tx& tx, std::string_view tenant,
                                                       std::string_view centre);

  // False if there is such a version.
  absl::StatusOr<bool> InsertPolicy(Tx& tx, std::string_view tenant,
                                    const RiskPolicyRecord& policy);
  // In order of versions.
  absl::StatusOr<std::vector<RiskPolicyRecord>> Policies(Tx& tx, std::string_view tenant);
};

}  // namespace assay::approval
