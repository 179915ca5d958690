// The rules that run often: evaluating a rule of combination, mapping rows of an import.
// Real figures:
//   approval_benchmark --benchmark_min_time=2
#include <benchmark/benchmark.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "services/approval/catalogue/combination.h"
#include "services/approval/catalogue_loader.h"
#include "services/approval/import/map_row.h"
#include "services/approval/search.h"
#include "services/platform/table/table.h"

namespace assay::approval {
namespace {

const Qualification& OperationalDelivery() {
  static const Catalogue kCatalogue = *LoadCatalogue("");
  return kCatalogue.at("3818-13");
}

void BM_EvaluateCombination(benchmark::State& state) {
  const Qualification& q = OperationalDelivery();
  const UnitNumbers achieved = {"304", "305", "307", "312", "316"};
  for (auto _ : state) benchmark::DoNotOptimize(Evaluate(q, achieved));
}
BENCHMARK(BM_EvaluateCombination);

void BM_FindCompletions(benchmark::State& state) {
  const Qualification& q = OperationalDelivery();
  for (auto _ : state) benchmark::DoNotOptimize(FindCompletions(q, {}));
}
BENCHMARK(BM_FindCompletions);

// What an import does to a row before the database sees it.
void BM_ReadAndMapEstablishments(benchmark::State& state) {
  const std::int64_t rows = state.range(0);
  std::string file =
      "URN,LAESTAB,SCHNAME,STREET,TOWN,POSTCODE,ICLOSE,OPENDATE,CLOSEDATE,ISNEW,NFTYPE,AGEL,AGEH,"
      "OTHERURN\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    absl::StrAppend(&file, 100000 + i, ",2013614,St Mary's C of E Primary School ", i,
                    ",\"Long Lane, Upper Village\",Leeds,LS1 4AP,1,43344,,0,Community,3,11,\n");
  }
  const Layout& layout = *FindLayout("england-establishments");
  for (auto _ : state) {
    platform::TableReader reader({.required = layout.Required()});
    std::size_t words = 0;
    auto on_row = [&](const platform::TableRow& row) {
      const MappedRow mapped = MapRow(layout, absl::CivilDay(2026, 1, 1),
                                      [&](std::string_view column) { return row.Get(column); });
      words += WordsOf(mapped.establishment).size();
      return mapped.faults.empty() ? absl::OkStatus() : absl::InternalError("a fault");
    };
    if (!reader.Feed(file, on_row).ok() || !reader.Finish(on_row).ok()) {
      state.SkipWithError("the file was refused");
      break;
    }
    benchmark::DoNotOptimize(words);
  }
  state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(BM_ReadAndMapEstablishments)->Arg(1'000);

}  // namespace
}  // namespace assay::approval
