// What an awarding body decides for itself about oversight: data, read by oversight_loader.h.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "services/approval/oversight/reminders.h"
#include "services/approval/oversight/restriction.h"
#include "services/approval/oversight/staff.h"

namespace assay::approval {

struct OversightPolicy {
  int version = 1;  // Kept with what is decided by it.
  std::vector<RestrictionLevel> levels;
  ReminderRule reminders;
  CompetenceRule competence;

  // Null if there is none.
  const RestrictionLevel* FindLevel(std::string_view id) const;
};
inline constexpr int kLevelsMost = 50;

// What is wrong with the policy, one sentence each.
std::vector<std::string> Contradictions(const OversightPolicy& policy);

}  // namespace assay::approval
