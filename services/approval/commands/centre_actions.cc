#include "services/approval/commands/centre_actions.h"

#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/approval/oversight_events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;
using Code = absl::StatusCode;

absl::Status CheckDue(const Work& work, absl::CivilDay due, std::string_view field) {
  if (due > Today(work)) return absl::OkStatus();
  return Error(Code::kInvalidArgument, kDeadlineInvalid, "an action is due after today (EI-11)")
      .With("day", absl::FormatCivilTime(due))
      .Field(field, "is not after today");
}

// The action with the step taken, not yet kept.
absl::StatusOr<ActionRecord> Take(const Work& work, const ActionTarget& target, ActionStep step) {
  ASSIGN_OR_RETURN(ActionRecord record,
                   ActionStore().Get(work.tx, work.reach, target.centre, target.id));
  RETURN_IF_ERROR(platform::CheckEtag(target.etag, record.version, record.Name()));
  const ActionEdge* edge = FindActionEdge(record.state, step);
  if (edge == nullptr) {
    return Error(Code::kFailedPrecondition, kActionStateWrong,
                 absl::StrCat(record.Name(), " is ", View(NameOf(record.state)), "; the step \"",
                              View(NameOf(step)), "\" is possible only when it is ",
                              SourcesOf<ActionState, ActionStep>(ActionEdges(), step), " (EI-11)"))
        .With("action", record.Name())
        .With("state", NameOf(record.state))
        .With("step", NameOf(step))
        .With("rule", "EI-11")
        .Field("name", absl::StrCat("is ", View(NameOf(record.state))));
  }
  record.state = edge->to;
  record.update_time = work.call.now;
  return record;
}

absl::StatusOr<ActionRecord> Keep(const Work& work, ActionRecord record, const std::string& what,
                                  const std::string& reason) {
  RETURN_IF_ERROR(ActionStore().Update(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(EmitActionChanged(work, record, what, reason));
  return record;
}

void Rule(const Work& work, ActionRecord& record, const std::string& feedback) {
  record.feedback = feedback;
  record.decided_by = std::string(work.call.subject());
  record.decide_time = work.call.now;
}

}  // namespace

absl::StatusOr<ActionRecord> CreateAction(const Work& work, const NewAction& action) {
  ASSIGN_OR_RETURN(const Centre centre,
                   work.context.store.GetCentre(work.tx, work.reach, action.centre));
  if (centre.state == CentreState::kClosed) {
    return Error(Code::kFailedPrecondition, kCentreStateWrong,
                 absl::StrCat("centres/", centre.id, " is closed; nobody there can act"))
        .With("centre", "centres/" + centre.id)
        .With("state", NameOf(centre.state))
        .With("rule", "EI-11");
  }
  if (!action.approval.empty()) {
    RETURN_IF_ERROR(
        work.context.store.GetApproval(work.tx, work.reach, centre.id, action.approval).status());
  }
  RETURN_IF_ERROR(CheckDue(work, action.due, "action.due_day"));
  ActionRecord record;
  record.centre = centre.id;
  record.id = work.context.ids.NextId(work.call.now);
  record.text = action.text;
  record.source = action.source;
  record.approval = action.approval;
  record.due = action.due;
  record.officer = std::string(work.call.subject());
  record.create_time = work.call.now;
  record.update_time = work.call.now;
  RETURN_IF_ERROR(ActionStore().Insert(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(EmitActionChanged(
      work, record, absl::StrCat("given, due ", absl::FormatCivilTime(action.due)), action.text));
  return record;
}

absl::StatusOr<ActionRecord> AnswerAction(const Work& work, const ActionTarget& target,
                                          const std::string& answer,
                                          const std::vector<std::string>& evidence) {
  ASSIGN_OR_RETURN(ActionRecord record, Take(work, target, ActionStep::kAnswer));
  record.answer = answer;
  record.evidence = evidence;
  record.answered_by = std::string(work.call.subject());
  record.answer_time = work.call.now;
  record.late = Today(work) > record.due;
  return Keep(work, std::move(record), record.late ? "answered late" : "answered", answer);
}

absl::StatusOr<ActionRecord> AcceptAction(const Work& work, const ActionTarget& target,
                                          const std::string& feedback) {
  ASSIGN_OR_RETURN(ActionRecord record, Take(work, target, ActionStep::kAccept));
  Rule(work, record, feedback);
  return Keep(work, std::move(record), "accepted", feedback);
}

absl::StatusOr<ActionRecord> RejectAction(const Work& work, const ActionTarget& target,
                                          const std::string& feedback, absl::CivilDay due) {
  ASSIGN_OR_RETURN(ActionRecord record, Take(work, target, ActionStep::kReject));
  RETURN_IF_ERROR(CheckDue(work, due, "due_day"));
  Rule(work, record, feedback);
  record.due = due;
  ++record.returns;
  return Keep(work, std::move(record), absl::StrCat("returned, due ", absl::FormatCivilTime(due)),
              feedback);
}

absl::StatusOr<ActionRecord> ExtendAction(const Work& work, const ActionTarget& target,
                                          absl::CivilDay due, const std::string& reason) {
  ASSIGN_OR_RETURN(ActionRecord record, Take(work, target, ActionStep::kExtend));
  RETURN_IF_ERROR(CheckDue(work, due, "due_day"));
  if (due <= record.due) {
    return Error(Code::kInvalidArgument, kDeadlineInvalid,
                 "an extension ends after the day that it extends (EI-11)")
        .With("day", absl::FormatCivilTime(due))
        .Field("due_day", "is not later");
  }
  record.due = due;
  return Keep(work, std::move(record), absl::StrCat("extended to ", absl::FormatCivilTime(due)),
              reason);
}

absl::StatusOr<ActionRecord> CancelAction(const Work& work, const ActionTarget& target,
                                          const std::string& reason) {
  ASSIGN_OR_RETURN(ActionRecord record, Take(work, target, ActionStep::kCancel));
  Rule(work, record, reason);
  return Keep(work, std::move(record), "cancelled", reason);
}

}  // namespace assay::approval
