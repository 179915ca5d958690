#include "services/approval/commands/sweep_deadlines.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/change_centre_state.h"
#include "services/approval/commands/restrict_centre.h"
#include "services/approval/oversight_events.h"
#include "services/approval/stores/deadlines.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {
namespace {

using platform::Transaction;

constexpr int kBatch = 200;
constexpr int kBatchesMost = 5'000;  // Of one tenant in one sweep.
constexpr int kTenantsMost = 10'000;

// In the background nobody calls: the service acts for the tenant.
platform::Call CallOf(const Context& context, const std::string& tenant, absl::Time now) {
  platform::Principal principal;
  principal.tenant = tenant;
  principal.subject = "services/approval";
  principal.roles = {"service"};
  platform::Call call;
  call.principal = std::make_shared<const platform::Principal>(std::move(principal));
  call.trace = context.ids.NextId(now);
  call.method = "approval.deadlines";
  call.now = now;
  call.deadline = absl::InfiniteFuture();
  return call;
}

// One batch in one transaction; how many were found.
absl::StatusOr<int> Remind(const Context& context, const std::string& tenant,
                           const ReminderWindow& window, absl::Time now) {
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  int found = 0;
  RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) -> absl::Status {
    DeadlineStore store;
    ASSIGN_OR_RETURN(const std::vector<DueItem> items,
                     store.ListUntold(tx, tenant, window, today, kBatch));
    found = static_cast<int>(items.size());
    const platform::Call call = CallOf(context, tenant, now);
    const Work work{tx, call, context, {.tenant = tenant, .within = ""}};
    for (const DueItem& item : items) {
      ASSIGN_OR_RETURN(const bool first,
                       store.AddNotice(tx, item, window.days_left, context.oversight.version, now));
      if (!first) continue;
      RETURN_IF_ERROR(EmitDeadlineRaised(work, item, window, today));
    }
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<int> CloseEnded(const Context& context, absl::Time now) {
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  int found = 0;
  RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto ended, RestrictionStore().ListEnded(tx, today, kBatch));
    found = static_cast<int>(ended.size());
    for (const RestrictionStore::Ended& one : ended) {
      const platform::Call call = CallOf(context, one.tenant, now);
      const Work work{tx, call, context, {.tenant = one.tenant, .within = ""}};
      RETURN_IF_ERROR(CloseEndedRestriction(work, one.centre, one.id));
    }
    return absl::OkStatus();
  }));
  return found;
}

// A condition that was planned makes its centre conditional from its first day on (QUAL-9).
absl::StatusOr<int> SettleBegun(const Context& context, absl::Time now) {
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  int found = 0;
  RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto begun, RestrictionStore().ListBegun(tx, today, kBatch));
    found = static_cast<int>(begun.size());
    for (const RestrictionStore::Begun& one : begun) {
      const platform::Call call = CallOf(context, one.tenant, now);
      const Work work{tx, call, context, {.tenant = one.tenant, .within = ""}};
      RETURN_IF_ERROR(SettleConditions(work, one.centre, one.reason));
    }
    return absl::OkStatus();
  }));
  return found;
}

absl::Status SweepTenant(const Context& context, const std::string& tenant, absl::Time now) {
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  int batches = 0;
  for (const ReminderWindow& window : WindowsOn(context.oversight.reminders, today)) {
    for (int found = kBatch; found == kBatch && batches < kBatchesMost; ++batches) {
      ASSIGN_OR_RETURN(found, Remind(context, tenant, window, now));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SweepDeadlines(const Context& context, absl::Time now) {
  int batches = 0;
  for (int found = kBatch; found == kBatch && batches < kBatchesMost; ++batches) {
    ASSIGN_OR_RETURN(found, CloseEnded(context, now));
  }
  batches = 0;
  for (int found = kBatch; found == kBatch && batches < kBatchesMost; ++batches) {
    ASSIGN_OR_RETURN(found, SettleBegun(context, now));
  }
  absl::Status failed;
  std::string tenant;
  for (int tenants = 0; tenants < kTenantsMost; ++tenants) {
    std::string next;
    RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(next, DeadlineStore().NextTenant(tx, tenant));
      return absl::OkStatus();
    }));
    if (next.empty()) break;
    tenant = std::move(next);
    const absl::Status swept = SweepTenant(context, tenant, now);
    if (swept.ok()) continue;
    // One body's trouble keeps no reminder from the others.
    failed = absl::Status(swept.code(), absl::StrCat(tenant, ": ", swept.message()));
  }
  return failed;
}

}  // namespace assay::approval
