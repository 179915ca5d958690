// 500 learners and 40 activities: a centre's check while it types (under 10 ms).
#include <benchmark/benchmark.h>

#include "absl/strings/str_cat.h"
#include "services/approval/involvement/check.h"

namespace assay::approval {
namespace {

void BM_CheckACohort(benchmark::State& state) {
  const InvolvementFrame frame = {.sectors = {"15"},
                                  .first_day = absl::CivilDay(2025, 9, 1),
                                  .last_day = absl::CivilDay(2026, 6, 30),
                                  .today = absl::CivilDay(2026, 6, 30)};
  Planner planner;
  for (int i = 0; i < 500; ++i) {
    planner.learners.push_back({absl::StrCat("E", 100'000 + i), "Name"});
  }
  for (int a = 0; a < 40; ++a) {
    Activity& activity = planner.activities.emplace_back();
    activity.kind = static_cast<ActivityKind>(a % 4);
    activity.framework = "Framework";
    activity.day = absl::CivilDay(2026, 1, 15);
    activity.practitioner = {.name = "Ann", .employer = "Ann Ltd", .sectors = {"15.1"}};
    for (const Learner& learner : planner.learners) {
      activity.learners.push_back({learner.enrolment, Participation::kCompleted});
    }
  }
  for (auto _ : state) benchmark::DoNotOptimize(CheckInvolvement(planner, frame).met);
}
BENCHMARK(BM_CheckACohort)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::approval
