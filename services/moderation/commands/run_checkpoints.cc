#include "services/moderation/commands/run_checkpoints.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/events.h"
#include "services/platform/core/status_macros.h"

namespace assay::moderation {
namespace {

using platform::Transaction;

constexpr int kSeriesMost = 100;                        // Of one sweep.
constexpr int kBatchesMost = 1000;                      // Of one series in a sweep.
constexpr absl::Duration kLookAgain = absl::Hours(24);  // A policy may have changed.
constexpr absl::Duration kAfterFailure = absl::Hours(1);

absl::Status RunBatch(const Work& work, const Series& series, const Checkpoint& checkpoint,
                      CheckpointRun& run, CheckpointProgress& progress) {
  CheckpointStore store;
  const std::string& tenant = work.caller.tenant;
  const AwardFrom from{.name = {series.id, run.component, run.submission}};
  ASSIGN_OR_RETURN(const FoundBatch batch,
                   FindWants(work, series.id, checkpoint, run.submission.empty() ? nullptr : &from,
                             kCheckpointBatch));
  for (const Found& found : batch.found) {
    ASSIGN_OR_RETURN(const bool first,
                     store.AddNotice(work.tx, tenant, series.id, run,
                                     found.examined.submission.number, work.caller.now));
    if (!first) continue;
    ++run.notices;
    ++progress.notices;
    RETURN_IF_ERROR(EmitCheckpointRaised(work, found.examined.submission, checkpoint, found.want));
  }
  if (batch.last.has_value()) {
    run.component = batch.last->component;
    run.submission = batch.last->id;
  }
  if (!batch.more) {
    run.finished = work.caller.now;
    RETURN_IF_ERROR(EmitCheckpointCompleted(work, series, checkpoint, run.notices));
  }
  return store.Put(work.tx, tenant, series.id, run);
}

// In the background nobody calls: the service acts for the tenant.
platform::Call CallOf(const Context& context, const std::string& tenant, absl::Time now) {
  platform::Principal principal;
  principal.tenant = tenant;
  principal.subject = "services/moderation";
  principal.roles = {"service"};
  platform::Call call;
  call.principal = std::make_shared<const platform::Principal>(std::move(principal));
  call.trace = context.ids.NextId(now);
  call.method = "moderation.checkpoints";
  call.now = now;
  call.deadline = absl::InfiniteFuture();
  return call;
}

absl::Status SweepSeries(const Context& context, const SeriesToCheck& due, absl::Time now) {
  const platform::Call call = CallOf(context, due.tenant, now);
  for (int i = 0; i < kBatchesMost; ++i) {
    CheckpointProgress progress;
    RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) -> absl::Status {
      const Work work{tx, call, context, CallerOf(call, Scope::kTenant)};
      ASSIGN_OR_RETURN(progress, RunCheckpoints(work, due.series));
      return absl::OkStatus();
    }));
    if (!progress.more) break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CheckpointPlan> PlanCheckpoints(const Work& work, std::string_view id) {
  CheckpointPlan plan;
  ASSIGN_OR_RETURN(plan.series, work.store().GetSeries(work.tx, work.caller.tenant, id));
  const std::string& named = plan.series.checkpoint_policy;
  ASSIGN_OR_RETURN(const PolicyPtr policy,
                   FindPolicy(work, named.empty() ? FactsOf(PolicyKind::kCheckpoints).usual : named,
                              PolicyKind::kCheckpoints, Today(work)));
  plan.checkpoints = PlanOf(DatesOf(plan.series), policy->checkpoints);
  return plan;
}

absl::StatusOr<FoundBatch> FindWants(const Work& work, const std::string& series,
                                     const Checkpoint& checkpoint, const AwardFrom* from,
                                     int limit) {
  ASSIGN_OR_RETURN(
      std::vector<Submission> submissions,
      AwardStore().ListSubmissions(work.tx, work.caller,
                                   {.series = series, .unfinished_only = true}, from, limit + 1));
  FoundBatch batch;
  batch.more = static_cast<int>(submissions.size()) > limit;
  if (batch.more) submissions.pop_back();
  if (submissions.empty()) return batch;
  batch.last = submissions.back().name;
  ASSIGN_OR_RETURN(std::vector<Examined> page,
                   Examine(work.tx, work.context, work.caller.tenant, std::move(submissions)));
  for (Examined& examined : page) {
    std::optional<Want> want = WantOf(checkpoint.term, examined.facts);
    if (!want.has_value()) continue;
    batch.found.push_back({std::move(examined), *std::move(want)});
  }
  return batch;
}

absl::StatusOr<CheckpointProgress> RunCheckpoints(const Work& work, const std::string& id) {
  CheckpointStore store;
  const std::string& tenant = work.caller.tenant;
  const absl::Time now = work.caller.now;
  ASSIGN_OR_RETURN(const CheckpointPlan plan, PlanCheckpoints(work, id));
  for (const Checkpoint& checkpoint : DueAt(plan.checkpoints, now)) {
    ASSIGN_OR_RETURN(auto run, store.Find(work.tx, tenant, id, checkpoint.Id(), checkpoint.due));
    if (run.has_value() && run->finished.has_value()) continue;
    if (!run.has_value()) {
      run = CheckpointRun{.id = checkpoint.Id(), .due = checkpoint.due, .started = now};
    }
    CheckpointProgress progress{.more = true};
    RETURN_IF_ERROR(RunBatch(work, plan.series, checkpoint, *run, progress));
    return progress;
  }
  std::optional<absl::Time> next = NextAfter(plan.checkpoints, now);
  if (next.has_value()) next = std::min(*next, now + kLookAgain);
  RETURN_IF_ERROR(store.SetNext(work.tx, tenant, id, next));
  return CheckpointProgress();
}

absl::Status SweepCheckpoints(const Context& context, absl::Time now) {
  CheckpointStore store;
  std::vector<SeriesToCheck> due;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(due, store.ListDue(tx, now, kSeriesMost));
    return absl::OkStatus();
  }));
  absl::Status first;
  for (const SeriesToCheck& series : due) {
    const absl::Status status = SweepSeries(context, series, now);
    if (status.ok()) continue;
    if (first.ok()) {
      first = absl::Status(status.code(),
                           absl::StrCat("series/", series.series, ": ", status.message()));
    }
    // One series must not keep the others waiting.
    RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) {
      return store.SetNext(tx, series.tenant, series.series, now + kAfterFailure);
    }));
  }
  return first;
}

}  // namespace assay::moderation
