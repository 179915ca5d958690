// What erasing a learner asks of the tables of planners: where the learner may be named, and
// writing it back. Stateless, and tested on both engines.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/approval/stores/planners.h"

namespace assay::approval {

struct PlannerVersionKey {
  std::string planner;
  int number = 1;
};

class PlannerErasureStore {
 public:
  using Tx = platform::Transaction;

  // Planners of the centre for the qualification whose latest version names the learner and whose
  // period shares a day with the time from `first` to `last`; the latest period last.
  absl::StatusOr<std::vector<std::string>> PlannersOf(Tx& tx, std::string_view tenant,
                                                      std::string_view centre,
                                                      std::string_view qualification,
                                                      std::string_view enrolment,
                                                      absl::CivilDay first, absl::CivilDay last);
  // Every version of every planner of a centre.
  absl::StatusOr<std::vector<PlannerVersionKey>> VersionKeys(Tx& tx, std::string_view tenant,
                                                             std::string_view centre);
  // Replaces the document, the note and the changes. Whoever has read the planner before has to
  // read it again: an etag from then could write the learner back.
  absl::Status RewriteVersion(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                              const PlannerVersion& version);
  // In how learners stand and what was decided; what was written about a decision on the learner
  // goes.
  absl::Status RenameLearner(Tx& tx, std::string_view tenant, std::string_view centre,
                             std::string_view enrolment, std::string_view pseudonym);
};

}  // namespace assay::approval
