#include "services/approval/commands/lapse_approvals.h"

#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/events.h"
#include "services/approval/stores/approvals.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {
namespace {

using platform::Transaction;

constexpr int kBatch = 1000;
constexpr int kBatchesMost = 1000;  // In one round.
constexpr std::size_t kFailedNamed = 5;
constexpr std::size_t kFailedMost = 1000;  // More than this is not the fault of single approvals.

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, absl::UTCTimeZone()); }

// In the background nobody calls: the service acts for the tenant.
platform::Call CallOf(const Context& context, const std::string& tenant, absl::Time now) {
  platform::Principal principal;
  principal.tenant = tenant;
  principal.subject = "services/approval";
  principal.roles = {"service"};
  platform::Call call;
  call.principal = std::make_shared<const platform::Principal>(std::move(principal));
  call.trace = context.ids.NextId(now);
  call.method = "approval.endings";
  call.now = now;
  call.deadline = absl::InfiniteFuture();
  return call;
}

// Reads what it is about again: an officer may have been quicker.
absl::Status Lapse(const Work& work, const EndingApproval& ending) {
  ASSIGN_OR_RETURN(const QualificationApproval approval,
                   work.context.store.GetApproval(work.tx, work.reach, ending.centre, ending.id));
  const auto day = LapseDay(approval);
  const bool given =
      approval.state == ApprovalState::kApproved || approval.state == ApprovalState::kSuspended;
  if (!given || !day.has_value() || *day > DayOf(work.call.now)) return absl::OkStatus();
  return LapseApproval(work, approval);
}

struct Failed {
  std::set<std::tuple<std::string, std::string, std::string>> approvals;
  std::string why;  // Of the first ones.
};

// How many of the items were new; the ones that could not be closed go into `failed`.
int LapseEach(const Context& context, absl::Time now, const std::vector<EndingApproval>& items,
              Failed& failed) {
  int tried = 0;
  for (const EndingApproval& item : items) {
    const std::tuple key(item.tenant, item.centre, item.id);
    if (failed.approvals.contains(key)) continue;
    ++tried;
    const platform::Call call = CallOf(context, item.tenant, now);
    const absl::Status done = context.database.WriteNow([&](Transaction& tx) {
      return Lapse(Work{tx, call, context, ReachOf(call)}, item);
    });
    if (done.ok()) continue;
    failed.approvals.insert(key);
    if (failed.approvals.size() > kFailedNamed) continue;
    absl::StrAppend(&failed.why, "; centres/", item.centre, "/qualificationApprovals/", item.id,
                    " of ", item.tenant, ": ", done.ToString());
  }
  return tried;
}

}  // namespace

absl::Status LapseApproval(const Work& work, QualificationApproval approval) {
  const std::string& tenant = work.reach.tenant;
  ASSIGN_OR_RETURN(const Centre centre,
                   work.context.store.GetCentre(work.tx, work.reach, approval.centre));
  const absl::CivilDay day = *LapseDay(approval);
  const bool expired = approval.expire_date == day;
  approval.state = ApprovalState::kLapsed;
  approval.state_reason =
      expired ? "The approval has expired." : "No learner was registered in time.";
  approval.end_date = day;
  approval.update_time = work.call.now;
  ++approval.version;
  RETURN_IF_ERROR(work.context.store.UpdateApproval(work.tx, tenant, approval));
  RETURN_IF_ERROR(ApprovalStore().AddChange(work.tx, tenant, approval,
                                            {.what = "lapsed",
                                             .day = day,
                                             .reason = approval.state_reason,
                                             .actor = std::string(work.call.subject()),
                                             .time = work.call.now}));
  return EmitStateChanged(work, approval, centre.facts.title);
}

absl::Status TendApprovals(const Context& context, absl::Time now) {
  Failed failed;
  for (int batches = 0; batches < kBatchesMost && failed.approvals.size() < kFailedMost;
       ++batches) {
    std::vector<EndingApproval> ending;
    // Those that failed are found again, beside as many others as make a batch.
    const int limit = kBatch + static_cast<int>(failed.approvals.size());
    RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(ending, ApprovalStore().ListEnding(tx, DayOf(now), limit));
      return absl::OkStatus();
    }));
    if (LapseEach(context, now, ending, failed) == 0) break;
  }
  if (failed.approvals.empty()) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(failed.approvals.size(), " approvals could not be closed", failed.why));
}

}  // namespace assay::approval
