#include "services/approval/commands/rule_on_planner.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/decide_approval.h"
#include "services/approval/commands/write_planner.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;
using Code = absl::StatusCode;

constexpr std::size_t kActionsMax = 50;

// Of a planner that is not found to meet the requirements yet.
absl::StatusOr<PlannerHistory> HistoryOf(const Work& work, const PlannerRecord& record) {
  PlannerHistory history{.adverse_judgements = record.adverse_judgements,
                         .returns = record.returns};
  ASSIGN_OR_RETURN(const auto ruling,
                   PlannerStore().LastRuling(work.tx, work.reach.tenant, record));
  history.deadline_passed =
      ruling.has_value() && ruling->deadline.has_value() && Today(work) > *ruling->deadline;
  return history;
}

// EI-9, EI-12: an approval of which a planner met the requirements is not judged by plans again.
absl::Status CheckFirstJudgement(const Work& work, const PlannerRecord& record) {
  ASSIGN_OR_RETURN(const auto met, MetBefore(work, record));
  if (!met.has_value()) return absl::OkStatus();
  const std::string name = absl::StrCat("centres/", met->centre, "/planners/", met->met_planner);
  return Error(
             Code::kFailedPrecondition, kPlannerJudgedBefore,
             absl::StrCat("the approval's plan met the requirements by judgement ", met->met_ruling,
                          " of ", name, "; it is judged at approval only (EI-9, EI-12)"))
      .With("planner", record.Name())
      .With("met_planner", name)
      .With("rule", "EI-9")
      .Field("name", "is of an approval whose plan was judged");
}

// Whoever lets a plan pass with points open says why.
absl::Status CheckOpenPoints(const Work& work, const PlannerRecord& record,
                             const RulingOn& ruling) {
  if (HasText(ruling.feedback)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Planner planner, LoadPlanner(work, record));
  ASSIGN_OR_RETURN(const InvolvementFrame frame, FrameOf(work, record));
  const std::string open = OpenPointsOf(CheckPlan(planner, frame));
  if (open.empty()) return absl::OkStatus();
  return Error(Code::kInvalidArgument, kFeedbackMissing,
               absl::StrCat("the plan has open points (EI-10): ", open,
                            "; say why it meets the requirements all the same"))
      .With("planner", record.Name())
      .With("rule", "EI-10")
      .Field("feedback", "is empty");
}

// Planners of the approval that wait to be judged meet the requirements with the one that does.
absl::Status CarryOverToOthers(const Work& work, const PlannerRecord& met) {
  PlannerStore store;
  ASSIGN_OR_RETURN(std::vector<PlannerRecord> all,
                   store.OfApproval(work.tx, work.reach.tenant, met.centre, met.approval));
  for (PlannerRecord& other : all) {
    if (FindPlannerEdge(other.state, PlannerStep::kCarryOver) == nullptr) continue;
    RETURN_IF_ERROR(CarryOver(met, other));
    other.update_time = work.call.now;
    RETURN_IF_ERROR(store.Update(work.tx, work.reach.tenant, other));
    RETURN_IF_ERROR(EmitPlannerChanged(work, other, PlannerStep::kCarryOver, {}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PlannerRecord> FindPlanner(const Work& work, const PlannerTarget& target) {
  ASSIGN_OR_RETURN(PlannerRecord record,
                   PlannerStore().Get(work.tx, work.reach, target.centre, target.id));
  RETURN_IF_ERROR(platform::CheckEtag(target.etag, record.version, record.Name()));
  return record;
}

absl::Status CheckRuling(const Work& work, const RulingOn& ruling, bool adverse, bool again) {
  if (adverse && !HasText(ruling.feedback)) {
    return Error(Code::kInvalidArgument, kFeedbackMissing, "say to the centre what is wrong")
        .Field("feedback", "is empty");
  }
  if (again && ruling.actions.empty()) {
    return Error(Code::kInvalidArgument, kActionsMissing, "say to the centre what it is to do")
        .Field("actions", "is empty");
  }
  if (ruling.actions.size() > kActionsMax) {
    return Error(Code::kInvalidArgument, "FIELD_INVALID", "there are too many actions")
        .Field("actions", absl::StrCat("has more than ", kActionsMax));
  }
  for (std::size_t i = 0; i < ruling.actions.size(); ++i) {
    const std::string place = absl::StrCat("actions[", i, "].");
    if (!HasText(ruling.actions[i].text)) {
      return Error(Code::kInvalidArgument, kActionsMissing, "an action says what to do")
          .Field(place + "text", "is empty");
    }
    if (ruling.actions[i].due <= Today(work)) {
      return Error(Code::kInvalidArgument, kDeadlineInvalid, "an action is due after today")
          .With("day", absl::FormatCivilTime(ruling.actions[i].due))
          .Field(place + "due_day", "is not after today");
    }
  }
  if (again && (!ruling.deadline.has_value() || *ruling.deadline <= Today(work))) {
    return Error(Code::kInvalidArgument, kDeadlineInvalid,
                 "say until when, after today, the centre has time")
        .With("day", ruling.deadline.has_value() ? absl::FormatCivilTime(*ruling.deadline) : "")
        .Field("deadline", "is not after today");
  }
  return absl::OkStatus();
}

absl::Status TooEarly(const PlannerRecord& record, std::string_view what, std::string_view rule) {
  return Error(Code::kFailedPrecondition, kLastResortTooEarly, what)
      .With("planner", record.Name())
      .With("state", NameOf(record.state))
      .With("rule", rule);
}

absl::Status KeepRuling(const Work& work, PlannerRecord& record, PlannerState to, RulingOn ruling) {
  PlannerStore store;
  record.state = to;
  record.update_time = work.call.now;
  ++record.rulings;
  if (ruling.step == PlannerStep::kFindMeeting) {
    record.met_planner = record.id;
    record.met_ruling = record.rulings;
    record.met_time = work.call.now;
  }
  const PlannerRuling kept{.outcome = std::string(NameOf(to)),
                           .feedback = std::move(ruling.feedback),
                           .actions = std::move(ruling.actions),
                           .deadline = ruling.deadline,
                           .officer = std::string(work.call.subject()),
                           .time = work.call.now};
  RETURN_IF_ERROR(store.InsertRuling(work.tx, work.reach.tenant, record, kept));
  RETURN_IF_ERROR(store.Update(work.tx, work.reach.tenant, record));
  return EmitPlannerChanged(work, record, ruling.step, kept);
}

absl::StatusOr<PlannerRecord> SubmitPlanner(const Work& work, const PlannerTarget& target) {
  ASSIGN_OR_RETURN(PlannerRecord record, FindPlanner(work, target));
  ASSIGN_OR_RETURN(record.state, StateAfter(record, PlannerStep::kSubmit));
  ++record.submissions;
  record.update_time = work.call.now;
  PlannerStep step = PlannerStep::kSubmit;
  ASSIGN_OR_RETURN(const auto met, MetBefore(work, record));
  if (met.has_value()) {
    step = PlannerStep::kCarryOver;
    RETURN_IF_ERROR(CarryOver(*met, record));
  }
  RETURN_IF_ERROR(PlannerStore().Update(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(EmitPlannerChanged(work, record, step, {}));
  return record;
}

absl::StatusOr<PlannerRecord> JudgePlanner(const Work& work, const PlannerTarget& target,
                                           const RulingOn& ruling) {
  ASSIGN_OR_RETURN(PlannerRecord record, FindPlanner(work, target));
  ASSIGN_OR_RETURN(const PlannerState to, StateAfter(record, ruling.step));
  const bool adverse = ruling.step != PlannerStep::kFindMeeting;
  if (adverse) RETURN_IF_ERROR(CheckFirstJudgement(work, record));
  RETURN_IF_ERROR(CheckRuling(work, ruling, adverse, adverse));
  if (!adverse) RETURN_IF_ERROR(CheckOpenPoints(work, record, ruling));
  if (ruling.step == PlannerStep::kFindNotCompleted) {
    ASSIGN_OR_RETURN(const PlannerHistory history, HistoryOf(work, record));
    if (!MayFindNotCompleted(record.state, history)) {
      return TooEarly(record, "the deadline for handing it in again has not passed (EI-11)",
                      "EI-11");
    }
  }
  if (adverse) ++record.adverse_judgements;
  RETURN_IF_ERROR(KeepRuling(work, record, to, ruling));
  if (!adverse) RETURN_IF_ERROR(CarryOverToOthers(work, record));
  return record;
}

absl::StatusOr<PlannerRecord> RemoveApproval(const Work& work, const PlannerTarget& target,
                                             const std::string& reason) {
  ASSIGN_OR_RETURN(PlannerRecord record, FindPlanner(work, target));
  ASSIGN_OR_RETURN(const PlannerState to, StateAfter(record, PlannerStep::kRemove));
  RETURN_IF_ERROR(CheckFirstJudgement(work, record));
  ASSIGN_OR_RETURN(const PlannerHistory history, HistoryOf(work, record));
  if (!LastResortReached(history)) {
    return TooEarly(record,
                    "an approval is removed only after the planner failed when it was handed in "
                    "again (EI-11)",
                    "EI-11");
  }
  ASSIGN_OR_RETURN(
      const QualificationApproval approval,
      work.context.store.GetApproval(work.tx, work.reach, record.centre, record.approval));
  // Where the planner comes first (EI-9), what fails with it is still an application.
  const bool applied = approval.state == ApprovalState::kApplied;
  RETURN_IF_ERROR(
      DecideApproval(
          work, record.centre, record.approval,
          {.to = applied ? ApprovalState::kRefused : ApprovalState::kWithdrawn, .reason = reason})
          .status());
  RETURN_IF_ERROR(KeepRuling(work, record, to, {.step = PlannerStep::kRemove, .feedback = reason}));
  return record;
}

}  // namespace assay::approval
