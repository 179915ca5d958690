// How fast rows come out of a marks file. Real figures:
//   platform_table_benchmark --benchmark_min_time=2
#include <benchmark/benchmark.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/table/table.h"

namespace assay::platform {
namespace {

void BM_ReadMarks(benchmark::State& state) {
  std::string file = "centre,candidate,component,mark,assessor\r\n";
  const std::int64_t rows = state.range(0);
  for (std::int64_t i = 0; i < rows; ++i) {
    absl::StrAppend(&file, "22520,", i, ",coursework,", i % 61, ",\"Price, C\xC3\xA9line\"\r\n");
  }
  for (auto _ : state) {
    TableReader reader({.required = {"candidate", "mark"}});
    std::size_t sum = 0;
    auto on_row = [&](const TableRow& row) {
      sum += row.Get("candidate").size() + row.Get("mark").size();
      return absl::OkStatus();
    };
    for (std::size_t at = 0; at < file.size(); at += 65536) {
      if (!reader.Feed(std::string_view(file).substr(at, 65536), on_row).ok()) std::abort();
    }
    if (!reader.Finish(on_row).ok()) std::abort();
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * rows);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file.size()));
}
BENCHMARK(BM_ReadMarks)->Arg(10'000);

}  // namespace
}  // namespace assay::platform
