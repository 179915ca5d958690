// What a centre's quality is reviewed and evaluated by (MOD-14): criteria with their pre-set
// levels, the times between reviews, and what direct claim status needs. Data, in force from a day
// on.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"

namespace assay::approval {

enum class RiskLevel { kLow, kMedium, kHigh };
std::string_view NameOf(RiskLevel level);  // "low"

// How far the assessment of a sampled learner can be relied on; A is best.
enum class Reliability { kA, kB, kC };
std::string_view NameOf(Reliability reliability);  // "A"

struct RiskCriterion {
  std::string id;  // "internal-verification"
  std::string title;
  RiskLevel level = RiskLevel::kLow;  // Of the centre, if it fails.
  int fails_from = 4;                 // The best grade that is a failure.
};

// What one way to direct claim status asks of its reviews.
struct ClaimRoute {
  int grade_worst = 1;                        // That any criterion may have.
  Reliability reliability = Reliability::kA;  // The worst that any learner's may be.
  bool open_actions = false;                  // Whether there may be any.
  int learners_min = 0;                       // Sampled, in all its reviews together …
  int final_min = 0;                          // … and how many of them complete.
};

struct RiskPolicy {
  int version = 1;
  absl::CivilDay effective_from;
  std::string description;
  int grade_worst = 4;  // Grades go from 1 to it.
  std::vector<RiskCriterion> criteria;
  // Months from the last review to the next.
  int months_low = 12;
  int months_medium = 12;
  int months_interim = 3;  // If the risk is high.
  ClaimRoute one_review;
  ClaimRoute two_reviews;
  int apart_months_min = 1;  // Between the two reviews, both included.
  int apart_months_max = 18;

  const RiskCriterion* Find(std::string_view id) const;
};

struct PolicyFault {
  std::string place;  // "criteria[2].level"
  std::string what;
};
// What the policy says against itself.
std::vector<PolicyFault> Contradictions(const RiskPolicy& policy);

}  // namespace assay::approval
