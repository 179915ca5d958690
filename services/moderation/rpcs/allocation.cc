#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "services/moderation/commands/allocate_series.h"
#include "services/moderation/commands/reallocate.h"
#include "services/moderation/convert.h"
#include "services/moderation/convert_allocation.h"
#include "services/moderation/errors.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Call;
using platform::Error;
using platform::Router;
using platform::Transaction;

constexpr std::size_t kReasonMax = 500;
constexpr std::size_t kRequestMax = 64;

absl::StatusOr<v1::Moderator> UpdateModerator(const Work& work,
                                              const v1::UpdateModeratorRequest& request) {
  ASSIGN_OR_RETURN(const std::string id,
                   ModeratorIdOf("moderator.name", request.moderator().name()));
  ASSIGN_OR_RETURN(const Moderator before,
                   work.store().GetModerator(work.tx, work.caller.tenant, id));
  RETURN_IF_ERROR(
      platform::CheckEtag(request.moderator().etag(), before.version, request.moderator().name()));
  v1::Moderator merged = ToProto(before);
  RETURN_IF_ERROR(Merge(request, merged));
  ASSIGN_OR_RETURN(Moderator after, ModeratorFrom(merged));
  after.id = id;
  after.version = before.version;
  RETURN_IF_ERROR(work.store().UpdateModerator(work.tx, work.caller.tenant, after));
  ASSIGN_OR_RETURN(after, work.store().GetModerator(work.tx, work.caller.tenant, id));
  return ToProto(after);
}

absl::StatusOr<v1::ReallocateModeratorResponse> ReallocateModerator(
    const Work& work, const v1::ReallocateModeratorRequest& request) {
  ReallocateParams params{
      .reason = request.reason(), .etag = request.etag(), .validate_only = request.validate_only()};
  ASSIGN_OR_RETURN(params.moderator, ModeratorIdOf("name", request.name()));
  RETURN_IF_ERROR(CheckText("reason", request.reason(), kReasonMax));
  ASSIGN_OR_RETURN(const Reallocated done, Reallocate(work, params));
  v1::ReallocateModeratorResponse response;
  *response.mutable_moderator() = ToProto(done.moderator);
  int moved = 0;
  for (const PlannedAllocation& item : done.items) {
    *response.add_submissions() = ToProto(item);
    moved += item.moderator.empty() ? 0 : 1;
  }
  response.set_moved_count(moved);
  response.set_staying_count(static_cast<int>(done.items.size()) - moved);
  return response;
}

// Carries out a run until it is done or the caller waits no longer; what is left can be gone on
// with.
absl::StatusOr<v1::AllocationRun> Commit(const Context& context, const Call& call,
                                         AllocationRun run) {
  for (bool first = true; run.state != AllocationRun::State::kCommitted; first = false) {
    if (!first && call.cancelled()) break;
    RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) -> absl::Status {
      const Work work{tx, call, context, CallerOf(call, Scope::kCentre)};
      ASSIGN_OR_RETURN(run, CommitStep(work, run));
      return absl::OkStatus();
    }));
  }
  return ToProto(run);
}

absl::StatusOr<v1::AllocationRun> AllocateSeries(const Context& context, const Call& call,
                                                 const v1::AllocateSeriesRequest& request) {
  AllocateSeriesParams params{.request = request.request_id()};
  ASSIGN_OR_RETURN(params.series, SeriesIdOf("name", request.name()));
  RETURN_IF_ERROR(CheckText("request_id", request.request_id(), kRequestMax));
  if (!request.component().empty()) {
    ASSIGN_OR_RETURN(const ComponentName component,
                     ComponentNameOf("component", request.component()));
    if (component.series != params.series) {
      return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                   "component is not of the series")
          .Field("component", "is of another series");
    }
    params.component = component.component;
  }
  // Planning takes long for a big series, and so it reads and changes nothing; only what it came to
  // is written.
  std::optional<AllocationRun> before;
  SeriesPlan plan;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    const Work work{tx, call, context, CallerOf(call, Scope::kCentre)};
    ASSIGN_OR_RETURN(before, AllocationStore().FindRun(tx, work.caller.tenant, params.series,
                                                       work.caller.subject, params.request));
    if (before.has_value()) return absl::OkStatus();
    ASSIGN_OR_RETURN(plan, PlanSeries(work, params));
    return absl::OkStatus();
  }));
  AllocationRun run;
  if (before.has_value()) {
    run = *std::move(before);
    return request.validate_only() ? ToProto(run) : Commit(context, call, std::move(run));
  }
  RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) -> absl::Status {
    const Work work{tx, call, context, CallerOf(call, Scope::kCentre)};
    ASSIGN_OR_RETURN(run, KeepRun(work, plan));
    return absl::OkStatus();
  }));
  if (request.validate_only()) return ToProto(run);
  return Commit(context, call, std::move(run));
}

absl::StatusOr<v1::AllocationRun> CommitAllocationRun(
    const Context& context, const Call& call, const v1::CommitAllocationRunRequest& request) {
  ASSIGN_OR_RETURN(RunName name, RunNameOf("name", request.name()));
  return Commit(context, call, {.series = std::move(name.series), .id = std::move(name.id)});
}

absl::StatusOr<AllocationRun> FindRun(const Work& work, std::string_view field,
                                      const std::string& text) {
  ASSIGN_OR_RETURN(const RunName name, RunNameOf(field, text));
  return AllocationStore().GetRun(work.tx, work.caller.tenant, name.series, name.id);
}

absl::StatusOr<v1::AllocationRun> GetAllocationRun(const Work& work,
                                                   const v1::GetAllocationRunRequest& request) {
  ASSIGN_OR_RETURN(const AllocationRun run, FindRun(work, "name", request.name()));
  return ToProto(run);
}

absl::StatusOr<v1::ListAllocationRunsResponse> ListAllocationRuns(
    const Work& work, const v1::ListAllocationRunsRequest& request) {
  ASSIGN_OR_RETURN(const std::string series, SeriesIdOf("parent", request.parent()));
  RETURN_IF_ERROR(work.store().GetSeries(work.tx, work.caller.tenant, series).status());
  return Page<v1::ListAllocationRunsResponse>(
      work, request, series,
      [&](const std::string& after, int limit) {
        return AllocationStore().ListRuns(work.tx, work.caller.tenant, series, after, limit);
      },
      [](auto& response, const AllocationRun& run) {
        *response.add_allocation_runs() = ToProto(run);
      },
      [](const AllocationRun& run) { return run.id; });
}

// Where a page goes on: tokens are ours, so this is a number or the beginning.
std::int64_t NumberOf(const std::string& position) {
  std::int64_t number = 0;
  return absl::SimpleAtoi(position, &number) ? number : 0;
}

absl::StatusOr<v1::ListPlannedAllocationsResponse> ListPlannedAllocations(
    const Work& work, const v1::ListPlannedAllocationsRequest& request) {
  ASSIGN_OR_RETURN(const AllocationRun run, FindRun(work, "parent", request.parent()));
  return Page<v1::ListPlannedAllocationsResponse>(
      work, request, absl::StrCat(request.parent(), "\n", request.failures_only()),
      [&](const std::string& after, int limit) {
        return AllocationStore().ListPlanned(work.tx, work.caller.tenant, run, NumberOf(after),
                                             limit, request.failures_only());
      },
      [](auto& response, const PlannedAllocation& planned) {
        *response.add_planned_allocations() = ToProto(planned);
      },
      [](const PlannedAllocation& planned) { return absl::StrCat(planned.number); });
}

absl::StatusOr<v1::ListAllocationsResponse> ListAllocations(
    const Work& work, const v1::ListAllocationsRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, name));
  return Page<v1::ListAllocationsResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) {
        return AllocationStore().ListAllocations(work.tx, work.caller.tenant, submission.number,
                                                 NumberOf(after), limit);
      },
      [](auto& response, const Allocation& allocation) {
        *response.add_allocations() = ToProto(allocation);
      },
      [](const Allocation& allocation) { return absl::StrCat(allocation.number); });
}

}  // namespace

void RegisterAllocation(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.AllocationService/";
  Write<v1::UpdateModeratorRequest, v1::Moderator>(router, context, service + "UpdateModerator",
                                                   Scope::kTenant, UpdateModerator);
  Write<v1::ReallocateModeratorRequest, v1::ReallocateModeratorResponse>(
      router, context, service + "ReallocateModerator", Scope::kCentre, ReallocateModerator);
  router.Ask<v1::AllocateSeriesRequest, v1::AllocationRun>(
      service + "AllocateSeries",
      [&context](const Call& call, const v1::AllocateSeriesRequest& request) {
        return AllocateSeries(context, call, request);
      });
  router.Ask<v1::CommitAllocationRunRequest, v1::AllocationRun>(
      service + "CommitAllocationRun",
      [&context](const Call& call, const v1::CommitAllocationRunRequest& request) {
        return CommitAllocationRun(context, call, request);
      });
  Read<v1::GetAllocationRunRequest, v1::AllocationRun>(
      router, context, service + "GetAllocationRun", Scope::kTenant, GetAllocationRun);
  Read<v1::ListAllocationRunsRequest, v1::ListAllocationRunsResponse>(
      router, context, service + "ListAllocationRuns", Scope::kTenant, ListAllocationRuns);
  Read<v1::ListPlannedAllocationsRequest, v1::ListPlannedAllocationsResponse>(
      router, context, service + "ListPlannedAllocations", Scope::kTenant, ListPlannedAllocations);
  Read<v1::ListAllocationsRequest, v1::ListAllocationsResponse>(
      router, context, service + "ListAllocations", Scope::kTenant, ListAllocations);
}

}  // namespace assay::moderation
