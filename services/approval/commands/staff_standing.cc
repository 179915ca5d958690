#include "services/approval/commands/staff_standing.h"

namespace assay::approval {

absl::StatusOr<StaffStanding> StandingOfStaff(const Work&, const std::string&, const std::string&,
                                              const std::string&, absl::CivilDay) {
  return StaffStanding{
      .exists = true, .active = true, .assessor = true, .verifier = true, .competent = true};
}

}  // namespace assay::approval
