// Who lacks employer involvement (EI-15), across planners: learners whose planner does not bring
// them to met, and registered learners whom no planner names. Stateless, and tested on both
// engines.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/stores/planners.h"

namespace assay::approval {

struct MissingLearner {
  std::string planner_name;  // "centres/…/planners/…"; "" if none names the learner.
  std::string registration;  // "centres/…/registrations/…", if none does.
  LearnerStanding standing;
  std::optional<absl::CivilDay> declaration_deadline;
  std::string position;  // In the list.
};

class MissingInvolvementStore {
 public:
  using Tx = platform::Transaction;

  // Numbers of qualifications for which learners are registered now, of one centre ("": of all).
  absl::StatusOr<std::vector<std::string>> RegisteredFor(Tx& tx, const Reach& reach,
                                                         std::string_view centre);
  // In order of centre, planner and enrolment, after the position `after`. Empty centre or planner:
  // of all. Registered learners come where the planner is empty, of `qualifications` only, and not
  // if one planner is asked for.
  absl::StatusOr<std::vector<MissingLearner>> List(Tx& tx, const Reach& reach,
                                                   std::string_view centre,
                                                   std::string_view planner,
                                                   std::span<const std::string> qualifications,
                                                   std::string_view after, int limit);
};

}  // namespace assay::approval
