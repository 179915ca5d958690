#include "services/approval/oversight/reminders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "services/approval/oversight/policy.h"

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::CivilDay kToday(2026, 5, 1);
const ReminderRule kRule = {
    .days_ahead = {28, 7, 1}, .days_overdue = {1, 7}, .stale_after_days = 14};

// The number of days of the notice that something due in so many days gets today.
std::optional<int> NoticeFor(const ReminderRule& rule, int days_to_go) {
  std::optional<int> notice;
  for (const ReminderWindow& window : WindowsOn(rule, kToday)) {
    const absl::CivilDay due = kToday + days_to_go;
    if (due < window.first || due > window.last) continue;
    EXPECT_FALSE(notice.has_value()) << days_to_go << " days to go falls into two windows";
    notice = window.days_left;
  }
  return notice;
}

// NOT-3
TEST(RemindersTest, TellTheLatestThatHasCome) {
  struct Case {
    int to_go;
    std::optional<int> notice;
  };
  const Case cases[] = {{29, {}}, {28, 28}, {27, 28}, {8, 28},  {7, 7},    {2, 7},   {1, 1},
                        {0, 1},   {-1, -1}, {-6, -1}, {-7, -7}, {-20, -7}, {-21, {}}};
  for (const Case& c : cases) EXPECT_EQ(NoticeFor(kRule, c.to_go), c.notice) << c.to_go;
}

// NOT-3
TEST(RemindersTest, ABodyMayRemindOnTheDayOrNotEscalate) {
  const ReminderRule on_the_day = {
      .days_ahead = {3, 0}, .days_overdue = {2}, .stale_after_days = 5};
  EXPECT_EQ(NoticeFor(on_the_day, 1), 3);
  EXPECT_EQ(NoticeFor(on_the_day, 0), 0);
  EXPECT_EQ(NoticeFor(on_the_day, -1), 0);
  EXPECT_EQ(NoticeFor(on_the_day, -2), -2);
  EXPECT_EQ(NoticeFor(on_the_day, -6), -2);
  EXPECT_EQ(NoticeFor(on_the_day, -7), std::nullopt);
  // Without escalation nothing is told once the day has passed.
  const ReminderRule ahead_only = {.days_ahead = {7}, .days_overdue = {}};
  EXPECT_EQ(NoticeFor(ahead_only, 0), 7);
  EXPECT_EQ(NoticeFor(ahead_only, -1), std::nullopt);
  EXPECT_THAT(WindowsOn({}, kToday), IsEmpty());
}

TEST(RemindersTest, SayTheTimeInWords) {
  EXPECT_EQ(UntilText(kToday + 7, kToday), "in 7 days");
  EXPECT_EQ(UntilText(kToday + 1, kToday), "in 1 day");
  EXPECT_EQ(UntilText(kToday, kToday), "today");
  EXPECT_EQ(UntilText(kToday - 1, kToday), "1 day overdue");
}

TEST(RemindersTest, ContradictionsAreNamed) {
  EXPECT_THAT(Contradictions(kRule), IsEmpty());
  EXPECT_THAT(Contradictions(ReminderRule{.days_ahead = {7, 28}}),
              ElementsAre(HasSubstr("28 after 7: they count down")));
  EXPECT_THAT(Contradictions(ReminderRule{.days_overdue = {0}}),
              ElementsAre(HasSubstr("not from 1 to 366")));
  EXPECT_THAT(Contradictions(ReminderRule{.days_ahead = {400}}),
              ElementsAre(HasSubstr("days_ahead has 400")));
  EXPECT_THAT(Contradictions(ReminderRule{.stale_after_days = 0}),
              ElementsAre(HasSubstr("stale_after_days")));
}

TEST(OversightPolicyTest, ContradictionsAreNamed) {
  OversightPolicy policy;
  policy.competence.valid_days_max = 1000;
  policy.levels = {{.id = "a", .sanction = true, .effects = {.registrations_stopped = true}},
                   {.id = "b", .condition = true}};
  EXPECT_THAT(Contradictions(policy), IsEmpty());
  EXPECT_EQ(policy.FindLevel("b"), &policy.levels[1]);
  EXPECT_EQ(policy.FindLevel("c"), nullptr);
  policy.levels.push_back({.id = "a", .condition = true});
  policy.levels.push_back({.id = "d", .sanction = true});
  policy.levels.push_back({.id = "e"});
  policy.competence.required = {CompetenceKind::kTraining, CompetenceKind::kTraining};
  policy.competence.valid_days_max = 0;
  EXPECT_THAT(Contradictions(policy),
              ElementsAre("level a is there twice", "level d is a sanction that limits nothing",
                          "level e is for no kind", "a kind of competence is required twice",
                          "valid_days_max is not from 1 to 3660"));
}

}  // namespace
}  // namespace assay::approval
