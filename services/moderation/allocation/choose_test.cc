#include "services/moderation/allocation/choose.h"

#include <gtest/gtest.h>

#include <vector>

namespace assay::moderation {
namespace {

TEST(ChooseModeratorTest, TakesWhoeverHasLeastToDo) {
  const std::vector<Load> loads = {
      {"moderators/a", 10, 4}, {"moderators/b", 10, 2}, {"moderators/c", 10, 3}};
  EXPECT_EQ(ChooseModerator(loads).chosen, 1u);
}

TEST(ChooseModeratorTest, BreaksTiesByRoomThenByNameAndNotByOrder) {
  EXPECT_EQ(ChooseModerator(std::vector<Load>{{"a", 5, 2}, {"b", 9, 2}}).chosen, 1u);
  EXPECT_EQ(ChooseModerator(std::vector<Load>{{"b", 5, 2}, {"a", 5, 2}}).chosen, 1u);
}

// MOD-7
TEST(ChooseModeratorTest, NeverBreaksAConflictOrACapacityAndCountsWhy) {
  const std::vector<Load> loads = {{"a", 10, 0, true}, {"b", 2, 2}, {"c", 3, 5, true}};
  const Choice choice = ChooseModerator(loads);
  EXPECT_EQ(choice.chosen, std::nullopt);
  EXPECT_EQ(choice.conflicted, 2);
  EXPECT_EQ(choice.full, 1);
}

}  // namespace
}  // namespace assay::moderation
