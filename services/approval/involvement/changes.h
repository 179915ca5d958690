// What differs between two versions of a planner, for its history (EI-12): a line for each
// activity that came, went or changed, and how many learners came and went.
#pragma once
#include <string>
#include <vector>

#include "services/approval/involvement/planner.h"

namespace assay::approval {

inline constexpr int kChangesMax = 100;  // Lines; a last one says how many more there were.

std::vector<std::string> ChangesBetween(const Planner& before, const Planner& after);

}  // namespace assay::approval
