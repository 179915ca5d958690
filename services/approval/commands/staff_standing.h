// What a centre's records say of a member of its staff on a day (QUAL-6).
#pragma once
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/approval/context.h"

namespace assay::approval {

struct StaffStanding {
  bool exists = false;
  bool active = false;
  bool assessor = false;
  bool verifier = false;
  bool competent = false;
  std::vector<std::string> conflicts;
};

absl::StatusOr<StaffStanding> StandingOfStaff(const Work& work, const std::string& centre,
                                              const std::string& staff,
                                              const std::string& qualification, absl::CivilDay day);

}  // namespace assay::approval
