// A plan for a whole series (P10): 10,000 submissions, 600 moderators, with conflicts, capacities,
// competences and continuity, where capacity is scarce.
//
//   moderation_allocation_benchmark --benchmark_filter=10000
#include <benchmark/benchmark.h>

#include "services/moderation/allocation/plan.h"
#include "services/moderation/allocation/worlds_for_test.h"

namespace assay::moderation {
namespace {

// `slack`: places for each hundred submissions.
void PlanSeries(benchmark::State& state) {
  const int tasks = static_cast<int>(state.range(0));
  const int people = std::max(tasks * 600 / 10'000, 3);
  const int slack = static_cast<int>(state.range(1));
  const bool by_scripts = state.range(2) != 0;
  const World world = MakeWorld({.tasks = tasks,
                                 .people = people,
                                 .components = 60,
                                 .centres = tasks / 3,
                                 .capacity_max = 2 * tasks / people * slack / 100,
                                 .conflicts_max = 10,
                                 .competences = 6,
                                 .script_capacities = by_scripts,
                                 .history_max = 3},
                                1);
  const AllocationRule rule{.prefer_same = true, .series_in_a_row_max = 3};
  std::int64_t given = 0;
  for (auto _ : state) {
    const Plan plan = PlanAllocation(rule, absl::CivilDay(2026, 6, 1), world.people, world.tasks);
    given = 0;
    for (const Placement& placement : plan.placements) given += placement.person.has_value();
  }
  state.counters["given"] = static_cast<double>(given);
  state.SetItemsProcessed(state.iterations() * tasks);
}
BENCHMARK(PlanSeries)
    ->ArgNames({"tasks", "slack", "scripts"})
    ->ArgsProduct({{100, 10'000}, {80, 100, 150}, {0, 1}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::moderation
