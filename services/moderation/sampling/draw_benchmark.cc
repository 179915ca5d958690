// Draws alone, without storage (P8's inner part): cohorts of 100 with coverage rules.
//
//   moderation_sampling_benchmark --benchmark_filter=Draw --benchmark_min_time=2
#include <benchmark/benchmark.h>

#include "services/moderation/sampling/canonical.h"
#include "services/moderation/sampling/cohorts_for_test.h"
#include "services/moderation/sampling/draw.h"

namespace assay::moderation {
namespace {

const SamplingRule kRule{
    .design = Ladder{{{1, 15, {}}, {16, 100, 15}, {101, 200, 20}, {201, {}, 25}}},
    .extremes = SamplingRule::Extremes::kOnTop};

void DrawCohort(benchmark::State& state) {
  const auto cohort = MakeCohort({.candidates = static_cast<int>(state.range(0))}, 1);
  int seed = 0;
  for (auto _ : state) benchmark::DoNotOptimize(DrawSample(cohort, kRule, SeedOf(++seed)));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(DrawCohort)->Arg(15)->Arg(100)->Arg(2000);

void WriteCanonicalList(benchmark::State& state) {
  const auto cohort = MakeCohort({.candidates = static_cast<int>(state.range(0))}, 1);
  for (auto _ : state) benchmark::DoNotOptimize(CanonicalCandidates(cohort));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(WriteCanonicalList)->Arg(100);

}  // namespace
}  // namespace assay::moderation
