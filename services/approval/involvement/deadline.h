// By when the involvement of a planner is declared (EI-13), by the policy of the body.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"

namespace assay::approval {

// As it ships: the last of June of an academic year that begins in September.
struct InvolvementPolicy {
  int version = 1;
  absl::CivilDay effective_day = absl::CivilDay(1, 1, 1);  // For last days from this one on.
  int year_month = 9;                                      // The academic year begins on its first.
  int deadline_month = 6;
  int deadline_day = 30;  // In a shorter month, its last one.
  int period_days_max = 1096;
};
inline constexpr int kPeriodDaysMost = 3660;

struct InvolvementPolicyFault {
  std::string_view field;
  std::string what;
};
std::vector<InvolvementPolicyFault> FaultsOf(const InvolvementPolicy& policy);

// The deadline of the academic year in which the last day falls. It stays even if the last day is
// later: a period that runs on does not put the declaration off. If learning begins only after it,
// the deadline is that of the next year.
absl::CivilDay DeadlineOf(const InvolvementPolicy& policy, absl::CivilDay first_day,
                          absl::CivilDay last_day);

}  // namespace assay::approval
