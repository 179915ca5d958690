// Which completions remain: under 1 ms for 3818-13, under 100 ms for 60 units (QUAL-3).
#include <benchmark/benchmark.h>

#include "absl/strings/str_cat.h"
#include "services/approval/catalogue/combination.h"

namespace assay::approval {
namespace {

void AddUnit(Qualification& q, const std::string& number, int credits, int hours) {
  Unit& unit = q.units.emplace_back();
  unit.number = number;
  unit.credits = credits;
  unit.guided_learning_hours = hours;
}

// The credits, hours and rule of 3818-13 (QUAL-2).
Qualification OperationalDelivery() {
  constexpr int kCredits[] = {1, 1, 1, 1, 1, 1, 2, 3, 2, 1, 1, 1, 4};
  constexpr int kHours[] = {10, 10, 10, 12, 6, 8, 22, 27, 20, 8, 8, 10, 45};
  Qualification q;
  for (int i = 0; i < 13; ++i) AddUnit(q, absl::StrCat(304 + i), kCredits[i], kHours[i]);
  q.combination = {
      .title = "All",
      .credits_min = 10,
      .parts = {{.title = "Mandatory", .credits_min = 3, .units = {"304", "305", "306"}},
                {.title = "A", .credits_max = 2, .units = {"307", "312"}},
                {.title = "B", .units = {"308", "309", "310", "311", "313", "314", "315", "316"}}}};
  return q;
}

// 60 units in six nested groups with limits by credits and by units: more valid sets than can be
// counted one by one.
Qualification Large() {
  Qualification q;
  q.combination = {.title = "All", .credits_min = 72, .units_min = 15};
  for (int group = 0; group < 6; ++group) {
    Combination rule = {.title = absl::StrCat("Group ", group)};
    if (group == 0) rule.credits_min = 20;
    if (group % 2 == 1) rule.credits_max = 18;
    if (group == 4) rule.units_min = 2, rule.units_max = 5;
    for (int i = 0; i < 10; ++i) {
      const int n = group * 10 + i;
      AddUnit(q, absl::StrCat(100 + n), 1 + (n * 7 + group) % 9, 5 + n * 13 % 47);
      rule.units.push_back(q.units.back().number);
    }
    if (group == 5) {
      q.combination.parts[3].parts.push_back(rule);
    } else {
      q.combination.parts.push_back(rule);
    }
  }
  return q;
}

void BM_CompletionsOf3818(benchmark::State& state) {
  const Qualification q = OperationalDelivery();
  std::size_t found = 0;
  for (auto _ : state) found = FindCompletions(q, {}, {.results_max = 1000}).sets.size();
  state.counters["found"] = static_cast<double>(found);
}
BENCHMARK(BM_CompletionsOf3818)->Unit(benchmark::kMillisecond);

void BM_CompletionsOf60Units(benchmark::State& state) {
  const Qualification q = Large();
  const CompletionQuery query = {
      .results_max = static_cast<int>(state.range(0)),
      .order = state.range(1) == 0 ? CompletionOrder::kCredits : CompletionOrder::kHours};
  Completions last;
  for (auto _ : state) last = FindCompletions(q, {"100", "101", "115"}, query);
  state.counters["found"] = static_cast<double>(last.sets.size());
  state.counters["at_most"] = static_cast<double>(last.at_most);
}
BENCHMARK(BM_CompletionsOf60Units)
    ->Args({100, 0})
    ->Args({100, 1})
    ->Args({1000, 0})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::approval
