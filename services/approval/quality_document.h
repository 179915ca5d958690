// Reviews and evaluations between the model, protobuf and what is kept of them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "assay/approval/v1/quality_service.pb.h"
#include "services/approval/risk/evaluate.h"

namespace assay::approval {

// The grades and learners of a review. `document` is a v1::QualityReview that has nothing else.
struct ReviewContent {
  std::vector<CriterionGrade> grades;
  std::vector<SampledLearner> learners;
};
absl::StatusOr<v1::QualityReview> ReviewFromBytes(std::string_view document);
absl::StatusOr<ReviewContent> ContentFromBytes(std::string_view document);
// What stands in a request, which has passed its checks of form.
ReviewContent ContentOf(const v1::QualityReview& review);

v1::EvaluationFacts ToProto(const QualityFacts& facts, const std::string& centre);
v1::EvaluationOutcome ToProto(const QualityOutcome& outcome, const std::string& centre);
v1::DirectClaimOutcome ToProto(const ClaimOutcome& outcome, const std::string& centre);
v1::RiskLevel LevelOf(RiskLevel level);

std::string BytesOf(const QualityFacts& facts, const std::string& centre);
std::string BytesOf(const QualityOutcome& outcome, const std::string& centre);
absl::StatusOr<QualityFacts> FactsFromBytes(std::string_view bytes);
absl::StatusOr<QualityOutcome> OutcomeFromBytes(std::string_view bytes);

}  // namespace assay::approval
