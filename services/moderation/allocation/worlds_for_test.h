// Test-only: made-up moderators and submissions of any size, from a seed.
#pragma once
#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/allocation/rule.h"

namespace assay::moderation {

struct WorldSize {
  int tasks = 20;
  int people = 6;
  int components = 3;
  int centres = 10;
  int capacity_max = 4;
  int scripts_max = 25;
  int conflicts_max = 2;  // A person's.
  int competences = 2;    // Components that a person knows, about.
  bool script_capacities = false;
  int history_max = 0;
};

struct World {
  std::vector<Person> people;
  std::vector<Task> tasks;
};

inline World MakeWorld(const WorldSize& size, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % std::max(n, 1)); };
  const auto id = [](const char* what, int i) {
    return absl::StrCat(what, absl::Dec(i, absl::kZeroPad5));
  };
  World world;
  for (int p = 0; p < size.people; ++p) {
    Person person{.id = id("m", p), .subject = id("users/m", p)};
    person.capacity = 1 + below(size.capacity_max);
    if (size.script_capacities && below(2) == 0) {
      person.script_capacity = 1 + below(size.capacity_max * size.scripts_max);
    }
    for (int c = 0; c < size.competences; ++c) {
      person.competences.push_back(id("components/c", below(size.components)));
    }
    for (int c = below(size.conflicts_max + 1); c > 0; --c) {
      person.conflicts.push_back({.centre = id("centres/", below(size.centres))});
    }
    world.people.push_back(std::move(person));
  }
  for (int t = 0; t < size.tasks; ++t) {
    const int centre = below(size.centres);
    Task task{.name = id("t", t),
              .component = id("series/s/components/c", below(size.components)),
              .centre = id("centres/", centre),
              .scripts = 1 + below(size.scripts_max),
              .candidates = 1 + below(300)};
    for (int h = below(size.history_max + 1); h > 0; --h) {
      task.history.push_back(id("m", below(size.people)));
    }
    world.tasks.push_back(std::move(task));
  }
  return world;
}

}  // namespace assay::moderation
