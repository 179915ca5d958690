// What an entry that an awarding body added costs each time that somebody needs it: read and
// checked from its document, and as it was read before.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/catalogue_loader.h"
#include "services/approval/parsed_entries.h"

namespace assay::approval {
namespace {

// 60 units of four outcomes in six groups with limits by credits and by units.
Qualification Entry() {
  Qualification q = {.number = "9001-60", .title = "Made for benchmarks", .level = 3};
  q.combination = {.title = "All", .credits_min = 72, .units_min = 15};
  for (int group = 0; group < 6; ++group) {
    Combination rule = {.title = absl::StrCat("Group ", group)};
    if (group == 0) rule.credits_min = 20;
    if (group % 2 == 1) rule.credits_max = 18;
    if (group == 4) rule.units_min = 2, rule.units_max = 5;
    for (int i = 0; i < 10; ++i) {
      const int n = group * 10 + i;
      Unit& unit = q.units.emplace_back();
      unit.number = absl::StrCat(100 + n);
      unit.title = absl::StrCat("Unit ", n, " of what is learned");
      unit.credits = 1 + (n * 7 + group) % 9;
      unit.mark_total = 40;
      unit.percentage_total = 100;
      for (int outcome = 1; outcome <= 4; ++outcome) {
        unit.outcomes.push_back({outcome, absl::StrCat("Know the matter ", outcome), 10, 25});
      }
      rule.units.push_back(unit.number);
    }
    q.combination.parts.push_back(rule);
  }
  return q;
}

void BM_CatalogueEntryFirst(benchmark::State& state) {
  const std::string document = WriteQualification(Entry());
  for (auto _ : state) {
    benchmark::DoNotOptimize(ParseQualification("9001-60", document));
  }
}
BENCHMARK(BM_CatalogueEntryFirst)->Unit(benchmark::kMicrosecond);

void BM_CatalogueEntryAgain(benchmark::State& state) {
  ParsedEntries entries;
  entries.Keep("tenant/9001-60/1", 100, Entry());
  for (auto _ : state) {
    const Qualification copy = *entries.Find("tenant/9001-60/1");
    benchmark::DoNotOptimize(copy.units.size());
  }
}
BENCHMARK(BM_CatalogueEntryAgain)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace assay::approval
