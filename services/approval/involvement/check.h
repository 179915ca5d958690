// What a planner and tracker is worth, learner by learner: met, not met or referred, with the
// rule and what would repair it (EI-2 to EI-7). A centre can ask at any time (EI-15).
//
// Example:
//   const InvolvementCheck check = CheckInvolvement(planner, frame);
//   for (const LearnerCheck& l : check.learners) …   // those who lack something come first
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "services/approval/involvement/planner.h"

namespace assay::approval {

enum class Involvement {
  kNotMet,
  kReferred,  // Only recordings could make it up: the quality team decides (EI-7).
  kMet,
};
std::string_view NameOf(Involvement involvement);  // "not met"

// Something that is wrong with an activity or the planner, and where.
struct InvolvementFinding {
  std::string rule;   // "EI-3"
  std::string kind;   // "EMPLOYER_OUTSIDE_SECTOR"
  std::string place;  // In the document: "activities[2].practitioner"
  std::string message;
  bool refused = false;  // A planner with it is not taken; the others are told and kept.

  friend bool operator==(const InvolvementFinding&, const InvolvementFinding&) = default;
};

// Why one activity does, or does not, count for a learner.
struct Credit {
  int activity = 0;  // Index.
  bool counts = false;
  bool referable = false;  // An explained recording: an officer may let it count (EI-7).
  std::string rule;
  std::string why;
};

struct LearnerCheck {
  int learner = 0;  // Index.
  Involvement outcome = Involvement::kNotMet;
  // What it would be if all that is still planned is completed.
  Involvement prospect = Involvement::kNotMet;
  std::string rule;    // That decided.
  std::string repair;  // What would repair it; empty if met.
  std::vector<Credit> credits;
};

struct InvolvementCheck {
  std::vector<InvolvementFinding> findings;
  std::vector<LearnerCheck> learners;  // Not met first, then referred, then met.
  int met = 0;
  int referred = 0;
  int not_met = 0;
};

InvolvementCheck CheckInvolvement(const Planner& planner, const InvolvementFrame& frame);

// Whether a plan shows activities that reach every learner, and where practitioners are to come
// from (EI-10): what an officer looks at before judging it (EI-11).
struct PlanCheck {
  std::vector<InvolvementFinding> findings;
  std::vector<int> unreached;  // Learners whom no plan brings to "met".
  bool complete = false;       // Neither findings nor unreached learners.
};
PlanCheck CheckPlan(const Planner& planner, const InvolvementFrame& frame);

// What a planner that is found to meet the requirements still leaves open, in a few words; "" if it
// is complete. Who finds it good all the same says why (EI-10, EI-11).
std::string OpenPointsOf(const PlanCheck& plan);

// By activity: whether it counts for somebody, or would if an officer let a recording count (EI-7).
std::vector<bool> ActivitiesThatCount(const Planner& planner, const InvolvementCheck& check);

}  // namespace assay::approval
