// Records what learners achieved, who marked it and who verified it (QUAL-6). Versions stay.
#pragma once
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/commands/register_learners.h"
#include "services/approval/context.h"
#include "services/approval/stores/learners.h"

namespace assay::approval {

struct AchievementLine {
  std::string centre;  // Ids, of the registration.
  std::string registration;
  AchievementEntry entry;
  std::vector<LearnerFault> faults;  // Of form; a line with one is not looked at further.
};

struct AchievementReport {
  std::vector<LearnerFault> faults;
  int good = 0;
  int refused = 0;
  int kept = 0;
};

// INVALID_ARGUMENT (ACHIEVEMENTS_REFUSED) with kAllOrNothing, NOT_FOUND (CENTRE_NOT_FOUND).
absl::StatusOr<AchievementReport> RecordAchievements(const Work& work, const std::string& centre,
                                                     std::vector<AchievementLine> lines,
                                                     BatchMode mode);

}  // namespace assay::approval
