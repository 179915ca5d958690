// How many learners of each planner of a centre lack employer involvement (EI-15), counted where
// they are kept and not read from documents. Stateless; tested by planner_gaps_test.cc on both
// engines.
//
// Example:
//   ASSIGN_OR_RETURN(const auto gaps, PlannerGapStore().List(tx, reach, centre, 1000));
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/approval/stores/planners.h"

namespace assay::approval {

struct PlannerGap {
  PlannerRecord planner;  // Its names, days and state; not the rest.
  std::int64_t learners = 0;
  std::int64_t not_met = 0;   // Or decided so (EI-7).
  std::int64_t referred = 0;  // And not decided.
};

class PlannerGapStore {
 public:
  using Tx = platform::Transaction;

  // Of one centre, without removed planners, the latest period first.
  absl::StatusOr<std::vector<PlannerGap>> List(Tx& tx, const Reach& reach, std::string_view centre,
                                               int limit);
  absl::StatusOr<std::int64_t> Count(Tx& tx, const Reach& reach, std::string_view centre);
  // Of the centre's approvals that are applied for or given, the qualifications of those without a
  // planner whose period is not over on the day.
  absl::StatusOr<std::vector<std::string>> WithoutPlanner(Tx& tx, const Reach& reach,
                                                          std::string_view centre,
                                                          absl::CivilDay day, int limit);
  // What was decided on referred learners of the planner, by enrolment number.
  absl::StatusOr<std::map<std::string, bool>> Decisions(Tx& tx, std::string_view tenant,
                                                        const PlannerRecord& planner);
};

}  // namespace assay::approval
