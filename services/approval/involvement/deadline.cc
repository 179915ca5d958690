#include "services/approval/involvement/deadline.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace assay::approval {
namespace {

void CheckRange(std::string_view field, int value, int most,
                std::vector<InvolvementPolicyFault>& faults) {
  if (value < 1 || value > most) faults.push_back({field, absl::StrCat("is not 1 to ", most)});
}

// The deadline in the academic year that begins in `year`.
absl::CivilDay DeadlineIn(const InvolvementPolicy& policy, absl::civil_year_t year) {
  if (policy.deadline_month < policy.year_month) ++year;
  const absl::CivilMonth month(year, policy.deadline_month);
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (policy.deadline_day - 1), last);
}

}  // namespace

std::vector<InvolvementPolicyFault> FaultsOf(const InvolvementPolicy& policy) {
  std::vector<InvolvementPolicyFault> faults;
  CheckRange("year_month", policy.year_month, 12, faults);
  CheckRange("deadline_month", policy.deadline_month, 12, faults);
  CheckRange("deadline_day", policy.deadline_day, 31, faults);
  CheckRange("period_days_max", policy.period_days_max, kPeriodDaysMost, faults);
  return faults;
}

absl::CivilDay DeadlineOf(const InvolvementPolicy& policy, absl::CivilDay first_day,
                          absl::CivilDay last_day) {
  absl::civil_year_t year = last_day.year();
  if (last_day.month() < policy.year_month) --year;
  const absl::CivilDay deadline = DeadlineIn(policy, year);
  return deadline < first_day ? DeadlineIn(policy, year + 1) : deadline;
}

}  // namespace assay::approval
