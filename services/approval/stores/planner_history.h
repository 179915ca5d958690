// What happened to a planner beside its present state: every declaration with the version that was
// signed (EI-13), waived deadlines, what officers ruled, and what they decided of learners (EI-14).
// Stateless, and tested on both engines.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/stores/planners.h"

namespace assay::approval {

struct PlannerDeclaration {
  int number = 1;
  int document_version = 1;
  std::string signed_by;
  std::string position;
  std::string declared_by;  // The caller.
  absl::Time time;
};

struct PlannerWaiver {
  absl::CivilDay previous;
  absl::CivilDay until;
  std::string reason;
  std::string officer;
  absl::Time time;
};

struct LearnerDecision {
  std::string enrolment;
  bool met = false;
  std::string reason;
  std::string officer;
  int declaration = 0;  // The last one then; 0: none.
  absl::Time time;
};

struct PlannerJudgementRow {
  PlannerRuling ruling;
  std::string position;  // In the list.
};

class PlannerHistoryStore {
 public:
  using Tx = platform::Transaction;

  absl::Status InsertDeclaration(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                                 const PlannerDeclaration& declaration);
  // Oldest first, after number `after`.
  absl::StatusOr<std::vector<PlannerDeclaration>> ListDeclarations(Tx& tx, std::string_view tenant,
                                                                   const PlannerRecord& planner,
                                                                   int after, int limit);
  // With the next number.
  absl::Status InsertWaiver(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                            const PlannerWaiver& waiver);
  // Rulings with their actions, and waivers as rulings with the outcome kWaived and the new
  // deadline; oldest first, after the position `after`.
  absl::StatusOr<std::vector<PlannerJudgementRow>> ListJudgements(Tx& tx, std::string_view tenant,
                                                                  const PlannerRecord& planner,
                                                                  std::string_view after,
                                                                  int limit);
  // With the next number.
  absl::Status InsertDecision(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                              const LearnerDecision& decision);
  // Of one learner, newest first.
  absl::StatusOr<std::vector<LearnerDecision>> ListDecisions(Tx& tx, std::string_view tenant,
                                                             const PlannerRecord& planner,
                                                             std::string_view enrolment, int limit);
};

}  // namespace assay::approval
