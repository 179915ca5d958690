#include "services/approval/involvement/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Planner Base() {
  Planner planner;
  planner.learners = {{"e1", "One"}, {"e2", "Two"}};
  Activity activity;
  activity.id = "a1";
  activity.title = "Placement";
  activity.practitioner = {.name = "Ann", .employer = "Ann Ltd"};
  activity.day = absl::CivilDay(2026, 1, 15);
  activity.learners = {{"e1", Participation::kPlanned}};
  planner.activities = {activity};
  return planner;
}

// EI-12
TEST(ChangesBetweenTest, NamesWhatCameWentAndDiffers) {
  EXPECT_THAT(ChangesBetween(Base(), Base()), IsEmpty());
  Planner after = Base();
  after.learners = {{"e1", "One"}, {"e3", "Three"}, {"e4", "Four"}};
  Activity& changed = after.activities[0];
  changed.practitioner->employer = "Bob plc";
  changed.day.reset();
  changed.learners[0].participation = Participation::kCompleted;
  Activity added = changed;
  added.id = "a2";
  added.title = "Guest lecture";
  added.kind = ActivityKind::kCoDelivery;
  after.activities.push_back(added);
  EXPECT_THAT(ChangesBetween(Base(), after),
              ElementsAre("learners added: 2", "learners removed: 1",
                          "activity a1: day was 2026-01-15, is no day",
                          "activity a1: employer was Ann Ltd, is Bob plc",
                          "activity a1: who took part changed",
                          "activity a2 added: Guest lecture, co-delivery, Bob plc"));
  EXPECT_THAT(ChangesBetween(after, Base()).back(), "activity a2 removed: Guest lecture");
}

TEST(ChangesBetweenTest, IsBounded) {
  Planner after;
  for (int i = 0; i < kChangesMax + 20; ++i) after.activities.emplace_back().id = absl::StrCat(i);
  const auto lines = ChangesBetween({}, after);
  ASSERT_EQ(lines.size(), kChangesMax + 1u);
  EXPECT_EQ(lines.back(), "and 20 more");
}

}  // namespace
}  // namespace assay::approval
