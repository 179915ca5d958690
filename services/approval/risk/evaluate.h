// Risk and direct claim status of a centre by the reviews of its quality (MOD-14). Pure: the facts
// and the policy decide, so that an evaluation that was kept with both can be made again.
//
// Example:
//   const QualityFacts facts = Relevant(policy, all);
//   const QualityOutcome outcome = EvaluateQuality(policy, facts);
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/approval/risk/policy.h"

namespace assay::approval {

struct CriterionGrade {
  std::string criterion;
  int grade = 0;  // 0: does not apply.

  friend bool operator==(const CriterionGrade&, const CriterionGrade&) = default;
};

enum class LearnerStage { kNew, kMid, kFinal };

struct SampledLearner {
  LearnerStage stage = LearnerStage::kNew;
  Reliability reliability = Reliability::kA;

  friend bool operator==(const SampledLearner&, const SampledLearner&) = default;
};

struct ReviewFacts {
  std::string id;
  std::string qualification;  // Number; empty: the centre as a whole.
  absl::CivilDay day;
  std::vector<CriterionGrade> grades;
  std::vector<SampledLearner> learners;
  std::vector<int> open_actions;  // Numbers.

  friend bool operator==(const ReviewFacts&, const ReviewFacts&) = default;
};

struct QualityFacts {
  absl::CivilDay day;                // For which it is evaluated.
  std::vector<ReviewFacts> reviews;  // The last one first.

  friend bool operator==(const QualityFacts&, const QualityFacts&) = default;
};

struct CriterionFailure {
  std::string review;
  std::string criterion;
  std::string title;
  int grade = 0;
  RiskLevel level = RiskLevel::kLow;

  friend bool operator==(const CriterionFailure&, const CriterionFailure&) = default;
};

struct RouteShortfall {
  std::string_view route;
  std::string message;

  friend bool operator==(const RouteShortfall&, const RouteShortfall&) = default;
};

struct ClaimOutcome {
  std::string qualification;
  bool granted = false;
  std::string_view route;            // "one review", "two reviews" or "".
  std::vector<std::string> reviews;  // That earned it.
  std::vector<RouteShortfall> shortfalls;
  std::string reason;

  friend bool operator==(const ClaimOutcome&, const ClaimOutcome&) = default;
};

struct QualityOutcome {
  RiskLevel level = RiskLevel::kLow;
  std::vector<CriterionFailure> failed;  // The highest level first.
  std::string reason;
  std::optional<absl::CivilDay> next_review;
  bool interim = false;
  std::vector<ClaimOutcome> claims;  // By qualification.

  friend bool operator==(const QualityOutcome&, const QualityOutcome&) = default;
};

// The facts that can change an outcome: of each qualification, and of the centre as a whole, the
// last review, what can be paired with it, and whatever has open actions. The last review first.
QualityFacts Relevant(const RiskPolicy& policy, QualityFacts all);

// Risk is the highest level of any criterion that failed in the last review of its kind: of the
// centre as a whole, or of a qualification. Low if none failed.
QualityOutcome EvaluateQuality(const RiskPolicy& policy, const QualityFacts& facts);

// By the reviews of one qualification. Open actions are those of any review of it or of the centre.
ClaimOutcome EvaluateClaims(const RiskPolicy& policy, const QualityFacts& facts,
                            const std::string& qualification);

// What is wrong with a review that is to be recorded: criteria that the policy does not have, that
// are missing or there twice, grades that it does not have.
std::vector<PolicyFault> CheckGrades(const RiskPolicy& policy,
                                     const std::vector<CriterionGrade>& grades);

}  // namespace assay::approval
