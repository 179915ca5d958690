#include "services/approval/oversight/reminders.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace assay::approval {
namespace {

void Check(const char* what, std::span<const int> days, bool up, int least,
           std::vector<std::string>& problems) {
  if (days.size() > static_cast<std::size_t>(kRemindersMost)) {
    problems.push_back(absl::StrCat(what, " has more than ", kRemindersMost, " days"));
  }
  for (std::size_t i = 0; i < days.size(); ++i) {
    if (days[i] < least || days[i] > kReminderDaysMost) {
      problems.push_back(absl::StrCat(what, " has ", days[i], ", which is not from ", least, " to ",
                                      kReminderDaysMost));
    }
    if (i > 0 && (up ? days[i] <= days[i - 1] : days[i] >= days[i - 1])) {
      problems.push_back(absl::StrCat(what, " has ", days[i], " after ", days[i - 1],
                                      up ? ": they count up" : ": they count down"));
    }
  }
}

}  // namespace

std::vector<std::string> Contradictions(const ReminderRule& rule) {
  std::vector<std::string> problems;
  Check("days_ahead", rule.days_ahead, /*up=*/false, 0, problems);
  Check("days_overdue", rule.days_overdue, /*up=*/true, 1, problems);
  if (rule.stale_after_days < 1 || rule.stale_after_days > kReminderDaysMost) {
    problems.push_back(absl::StrCat("stale_after_days is not from 1 to ", kReminderDaysMost));
  }
  return problems;
}

std::vector<ReminderWindow> WindowsOn(const ReminderRule& rule, absl::CivilDay today) {
  std::vector<int> steps = rule.days_ahead;
  for (int days : rule.days_overdue) steps.push_back(-days);
  std::vector<ReminderWindow> windows;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    // Up to the next step, and the last one until it is stale. What is not escalated at all is
    // told ahead, never after.
    const bool last = i + 1 == steps.size();
    int next = last ? steps[i] - rule.stale_after_days : steps[i + 1];
    if (last && steps[i] >= 0) next = -1;
    windows.push_back({steps[i], today + next + 1, today + steps[i]});
  }
  return windows;
}

std::string UntilText(absl::CivilDay due, absl::CivilDay today) {
  const auto days = due - today;
  if (days == 0) return "today";
  const auto count = std::abs(static_cast<long>(days));
  const char* unit = count == 1 ? " day" : " days";
  return days > 0 ? absl::StrCat("in ", count, unit) : absl::StrCat(count, unit, " overdue");
}

}  // namespace assay::approval
