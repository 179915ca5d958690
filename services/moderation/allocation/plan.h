// Gives submissions to moderators (MOD-7): as many as can be given without breaking a conflict, a
// capacity or any other rule; then with whoever had them before, if the policy prefers that; then
// with the load spread as evenly as moving and swapping submissions can make it.
//
// With capacities in submissions alone no other plan gives away more; a capacity in scripts makes
// that a packing problem, which is solved well but not always best. The same people and tasks in
// any order give the same plan.
//
// Example:
//   const Plan plan = PlanAllocation(rule, day, people, tasks);
//   for (std::size_t i = 0; i < tasks.size(); ++i) Use(tasks[i], plan.placements[i]);
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/moderation/allocation/rule.h"

namespace assay::moderation {

enum class Grounds {
  kNobody = 0,      // Not given to anybody.
  kOnlyOne = 1,     // Nobody else may take it.
  kContinuity = 2,  // They had it in the series before.
  kMadeRoom = 3,    // So that another submission could be given away as well.
  kLeastLoad = 4,   // Of all who may.
};

// How the people stand to a task, each counted once, under the first obstacle.
struct Standing {
  std::array<std::int64_t, kObstacles> because{};  // [i]: obstacle 1 << i.
  std::int64_t could = 0;                          // Nothing stands in their way.

  std::int64_t Of(Obstacle obstacle) const;
  std::int64_t People() const;
  friend bool operator==(const Standing&, const Standing&) = default;
};

struct Placement {
  std::optional<std::size_t> person;  // Index into the people.
  Grounds why = Grounds::kNobody;
  Standing standing;  // When all was given away; whoever has it counts among those who could.
  // Of a task that nobody takes: who is nearest to it, and what is in their way.
  std::optional<std::size_t> nearest;
  Obstacles nearest_obstacles = 0;
};

struct Plan {
  std::vector<Placement> placements;  // Of the tasks, in their order.
  // What each person has in the end, what they had before included, in the order of people.
  std::vector<std::int64_t> submissions;
  std::vector<std::int64_t> scripts;
};

// Ids of people and names of tasks are unique.
Plan PlanAllocation(const AllocationRule& rule, absl::CivilDay day, std::span<const Person> people,
                    std::span<const Task> tasks);

// Why a task is where it is, in a sentence or two that name nobody but by id.
std::string Explain(const Placement& placement, std::span<const Person> people);

// "has a conflict with the centre"; of the first of the obstacles.
std::string_view Describe(Obstacles obstacles);

}  // namespace assay::moderation
