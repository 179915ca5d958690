#include "services/approval/commands/lapse_approvals.h"

#include <memory>
#include <utility>
#include <vector>

#include "services/approval/events.h"
#include "services/approval/stores/approvals.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {
namespace {

using platform::Transaction;

constexpr int kMostAtOnce = 1000;  // Of each kind in one round.
// Told ahead, then once more when it is overdue.
constexpr int kRemindersMax = 2;
const absl::CivilDay kNeverAgain(9999, 12, 31);

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

absl::Status Remind(const Work& work, const DueCondition& due) {
  const std::string& tenant = work.reach.tenant;
  ApprovalStore store;
  ASSIGN_OR_RETURN(const QualificationApproval approval,
                   work.context.store.GetApproval(work.tx, work.reach, due.centre, due.approval));
  ASSIGN_OR_RETURN(const auto conditions, store.ListConditions(work.tx, tenant, approval));
  const absl::CivilDay today = DayOf(work.call.now);
  const bool given =
      approval.state == ApprovalState::kApproved || approval.state == ApprovalState::kSuspended;
  for (ApprovalCondition condition : conditions) {
    if (condition.number != due.number || condition.state != ConditionState::kOpen ||
        condition.remind_day > today) {
      continue;
    }
    const bool overdue = condition.due_day < today;
    condition.reminders = overdue ? kRemindersMax : condition.reminders + 1;
    condition.remind_day =
        condition.reminders < kRemindersMax ? condition.due_day + 1 : kNeverAgain;
    // A condition of what has ended interests nobody any more.
    if (!given) condition.remind_day = kNeverAgain;
    RETURN_IF_ERROR(store.UpdateCondition(work.tx, tenant, approval, condition));
    if (!given) continue;
    RETURN_IF_ERROR(EmitConditionDue(work, approval, condition, overdue ? "overdue" : "due"));
  }
  return absl::OkStatus();
}

template <typename Item>
absl::Status ForEach(const Context& context, absl::Time now, const std::vector<Item>& items,
                     absl::Status (*handle)(const Work&, const Item&)) {
  for (const Item& item : items) {
    const platform::Call call = CallOf(context, item.tenant, now);
    RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) {
      return handle(Work{tx, call, context, ReachOf(call)}, item);
    }));
  }
  return absl::OkStatus();
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
  std::vector<EndingApproval> ending;
  std::vector<DueCondition> due;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    ApprovalStore store;
    ASSIGN_OR_RETURN(ending, store.ListEnding(tx, DayOf(now), kMostAtOnce));
    ASSIGN_OR_RETURN(due, store.ListDueConditions(tx, DayOf(now), kMostAtOnce));
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(ForEach(context, now, ending, &Lapse));
  return ForEach(context, now, due, &Remind);
}

}  // namespace assay::approval
