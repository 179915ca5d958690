// When somebody is reminded of what is due, and when it is escalated (NOT-3): so many days ahead,
// and so many days after. Of what was missed only the latest is told: a notice "28 days ahead"
// helps nobody six days before.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"

namespace assay::approval {

struct ReminderRule {
  std::vector<int> days_ahead;    // Counting down: 28, 7, 1.
  std::vector<int> days_overdue;  // Counting up: 1, 7.
  int stale_after_days = 14;      // The last notice is not told later than this.
};
inline constexpr int kReminderDaysMost = 366;
inline constexpr int kRemindersMost = 20;
// What is wrong with the rule, one sentence each.
std::vector<std::string> Contradictions(const ReminderRule& rule);

// Items due from the first day to the last one get this notice today, unless they had it.
struct ReminderWindow {
  int days_left = 0;  // Below zero: overdue, so the quality team hears of it.
  absl::CivilDay first;
  absl::CivilDay last;

  bool overdue() const { return days_left < 0; }
};
// At most one window holds any day.
std::vector<ReminderWindow> WindowsOn(const ReminderRule& rule, absl::CivilDay today);

std::string UntilText(absl::CivilDay due,
                      absl::CivilDay today);  // "in 7 days", "today", "1 day overdue"

}  // namespace assay::approval
