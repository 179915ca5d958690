// Gives away all of a series that has been sampled (MOD-7): a plan that is kept as a run, and then
// carried out in steps of one bounded transaction each, so that a run of any size holds nobody up
// and can be gone on with by anybody.
//
// Example:
//   ASSIGN_OR_RETURN(AllocationRun run, PlanSeries(work, params));            // One transaction …
//   while (run.state != AllocationRun::State::kCommitted) run = CommitStep(work, run);  // … each.
#pragma once
#include <string>

#include "absl/status/statusor.h"
#include "services/moderation/context.h"
#include "services/moderation/stores/allocations.h"

namespace assay::moderation {

struct AllocateSeriesParams {
  std::string series;
  std::string component;  // Id; empty: all.
  std::string request;    // The request id, or empty.
};

// What a plan is made of, so that making it needs no transaction.
struct SeriesPlan {
  AllocationRun run;
  std::vector<PlannedAllocation> items;
};

// Plans, and keeps nothing. NOT_FOUND (SERIES_NOT_FOUND, COMPONENT_NOT_FOUND).
absl::StatusOr<SeriesPlan> PlanSeries(const Work& work, const AllocateSeriesParams& params);

// Keeps the plan, unless the request has made a run before; answers with the run.
absl::StatusOr<AllocationRun> KeepRun(const Work& work, const SeriesPlan& plan);

// Carries out the next few of what is planned, each checked again. Does nothing to a run that is
// done. NOT_FOUND (ALLOCATION_RUN_NOT_FOUND).
absl::StatusOr<AllocationRun> CommitStep(const Work& work, const AllocationRun& run);

}  // namespace assay::moderation
