#include "services/approval/involvement/deadline.h"

#include <gtest/gtest.h>

#include <string>

namespace assay::approval {
namespace {

using Day = absl::CivilDay;

// EI-13
TEST(InvolvementDeadlineTest, IsThatOfTheAcademicYearInWhichThePeriodEnds) {
  struct Case {
    std::string what;
    Day first, last, deadline;
  };
  for (const Case& c : {Case{"a year", Day(2025, 9, 1), Day(2026, 6, 30), Day(2026, 6, 30)},
                        {"two years", Day(2024, 9, 1), Day(2026, 5, 31), Day(2026, 6, 30)},
                        {"into the holidays", Day(2025, 9, 1), Day(2026, 8, 31), Day(2026, 6, 30)},
                        {"into the next year", Day(2025, 9, 1), Day(2026, 9, 1), Day(2027, 6, 30)},
                        {"only winter", Day(2025, 10, 1), Day(2025, 12, 20), Day(2026, 6, 30)},
                        {"only summer", Day(2026, 7, 1), Day(2026, 8, 20), Day(2027, 6, 30)}}) {
    EXPECT_EQ(DeadlineOf({}, c.first, c.last), c.deadline) << c.what;
  }
}

TEST(InvolvementDeadlineTest, FollowsThePolicy) {
  InvolvementPolicy policy;
  policy.deadline_month = 2;
  policy.deadline_day = 31;
  EXPECT_EQ(DeadlineOf(policy, Day(2027, 9, 1), Day(2028, 1, 31)), Day(2028, 2, 29));
  EXPECT_EQ(DeadlineOf(policy, Day(2026, 9, 1), Day(2027, 1, 31)), Day(2027, 2, 28));
  policy.deadline_month = 11;
  EXPECT_EQ(DeadlineOf(policy, Day(2025, 9, 1), Day(2026, 7, 31)), Day(2025, 11, 30));
  policy.year_month = 1;
  EXPECT_EQ(DeadlineOf(policy, Day(2026, 2, 1), Day(2026, 7, 31)), Day(2026, 11, 30));
}

TEST(InvolvementDeadlineTest, APolicyThatCannotBeIsRefusedByField) {
  EXPECT_TRUE(FaultsOf({}).empty());
  InvolvementPolicy policy;
  policy.year_month = 13;
  policy.deadline_month = 0;
  policy.deadline_day = 32;
  policy.period_days_max = 3661;
  const auto faults = FaultsOf(policy);
  ASSERT_EQ(faults.size(), 4u);
  EXPECT_EQ(faults[0].field, "year_month");
  EXPECT_EQ(faults[3].field, "period_days_max");
}

}  // namespace
}  // namespace assay::approval
