#include "services/approval/commands/rule_on_planner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/commands/check_involvement.h"
#include "services/approval/commands/decide_approval.h"
#include "services/approval/commands/sample_declaration.h"
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

absl::StatusOr<PlannerRecord> Find(const Work& work, const PlannerTarget& target) {
  ASSIGN_OR_RETURN(PlannerRecord record,
                   PlannerStore().Get(work.tx, work.reach, target.centre, target.id));
  RETURN_IF_ERROR(platform::CheckEtag(target.etag, record.version, record.Name()));
  return record;
}

bool Blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

// What goes against the centre says why, what to do, and by when.
absl::Status CheckRuling(const Work& work, const RulingOn& ruling, bool adverse, bool again) {
  if (adverse && Blank(ruling.feedback)) {
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
    if (Blank(ruling.actions[i].text)) {
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

absl::StatusOr<PlannerHistory> HistoryOf(const Work& work, const PlannerRecord& record) {
  PlannerHistory history{.adverse_judgements = record.adverse_judgements,
                         .returns = record.returns};
  ASSIGN_OR_RETURN(const auto ruling,
                   PlannerStore().LastRuling(work.tx, work.reach.tenant, record));
  history.deadline_passed =
      ruling.has_value() && ruling->deadline.has_value() && Today(work) > *ruling->deadline;
  return history;
}

absl::Status TooEarly(const PlannerRecord& record, std::string_view what) {
  return Error(Code::kFailedPrecondition, kLastResortTooEarly, what)
      .With("planner", record.Name())
      .With("state", NameOf(record.state));
}

// Records the ruling, moves the planner and tells.
absl::Status Conclude(const Work& work, PlannerRecord& record, PlannerState to, RulingOn ruling) {
  PlannerStore store;
  record.state = to;
  record.update_time = work.call.now;
  ++record.rulings;
  const PlannerRuling kept{.outcome = std::string(NameOf(to)),
                           .feedback = std::move(ruling.feedback),
                           .actions = std::move(ruling.actions),
                           .deadline = ruling.deadline,
                           .officer = std::string(work.call.subject()),
                           .time = work.call.now};
  RETURN_IF_ERROR(store.InsertRuling(work.tx, work.reach.tenant, record, kept));
  RETURN_IF_ERROR(store.Update(work.tx, work.reach.tenant, record));
  return EmitPlannerChanged(work, record, kept);
}

absl::Status DecideReferred(const Work& work, const PlannerRecord& record,
                            const std::vector<ReferredDecision>& decisions, bool all_needed) {
  PlannerStore store;
  const std::string& tenant = work.reach.tenant;
  ASSIGN_OR_RETURN(std::vector<std::string> referred, store.ListReferred(work.tx, tenant, record));
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    const ReferredDecision& decision = decisions[i];
    const std::string place = absl::StrCat("decisions[", i, "]");
    const auto found = std::find(referred.begin(), referred.end(), decision.enrolment);
    if (found == referred.end()) {
      return Error(Code::kInvalidArgument, kLearnerNotReferred,
                   absl::StrCat(decision.enrolment, " is not referred, or is decided twice"))
          .With("enrolment", decision.enrolment)
          .Field(place + ".enrolment", "names no learner who is referred");
    }
    if (Blank(decision.reason)) {
      return Error(Code::kInvalidArgument, kReasonMissing, "a decision on a learner says why")
          .Field(place + ".reason", "is empty");
    }
    RETURN_IF_ERROR(
        store.Decide(work.tx, tenant, record, decision.enrolment, decision.met, decision.reason));
    referred.erase(found);
  }
  if (!all_needed || referred.empty()) return absl::OkStatus();
  return Error(Code::kFailedPrecondition, kReferredUndecided,
               absl::StrCat(referred.size(), " referred learners are not decided (EI-7)"))
      .With("planner", record.Name())
      .With("learners",
            absl::StrJoin(referred.begin(),
                          referred.begin() + std::min<std::size_t>(20, referred.size()), ", "));
}

}  // namespace

absl::StatusOr<PlannerRecord> SubmitPlanner(const Work& work, const PlannerTarget& target) {
  ASSIGN_OR_RETURN(PlannerRecord record, Find(work, target));
  ASSIGN_OR_RETURN(record.state, StateAfter(record, PlannerStep::kSubmit));
  ++record.submissions;
  record.update_time = work.call.now;
  RETURN_IF_ERROR(PlannerStore().Update(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(EmitPlannerChanged(work, record, {}));
  return record;
}

absl::StatusOr<PlannerRecord> JudgePlanner(const Work& work, const PlannerTarget& target,
                                           const RulingOn& ruling) {
  ASSIGN_OR_RETURN(PlannerRecord record, Find(work, target));
  ASSIGN_OR_RETURN(const PlannerState to, StateAfter(record, ruling.step));
  const bool adverse = ruling.step != PlannerStep::kFindMeeting;
  RETURN_IF_ERROR(CheckRuling(work, ruling, adverse, adverse));
  if (ruling.step == PlannerStep::kFindNotCompleted) {
    ASSIGN_OR_RETURN(const PlannerHistory history, HistoryOf(work, record));
    if (!MayFindNotCompleted(record.state, history)) {
      return TooEarly(record, "the deadline for handing it in again has not passed (EI-11)");
    }
  }
  if (adverse) ++record.adverse_judgements;
  RETURN_IF_ERROR(Conclude(work, record, to, ruling));
  return record;
}

absl::StatusOr<PlannerRecord> RemoveApproval(const Work& work, const PlannerTarget& target,
                                             const std::string& reason) {
  ASSIGN_OR_RETURN(PlannerRecord record, Find(work, target));
  ASSIGN_OR_RETURN(const PlannerState to, StateAfter(record, PlannerStep::kRemove));
  ASSIGN_OR_RETURN(const PlannerHistory history, HistoryOf(work, record));
  if (!LastResortReached(history)) {
    return TooEarly(record,
                    "an approval is removed only after the planner failed when it was handed in "
                    "again (EI-11)");
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
  RETURN_IF_ERROR(Conclude(work, record, to, {.feedback = reason}));
  return record;
}

absl::StatusOr<PlannerRecord> DeclareInvolvement(const Work& work, const PlannerTarget& target,
                                                 const DeclarationBy& declaration) {
  ASSIGN_OR_RETURN(PlannerRecord record, Find(work, target));
  ASSIGN_OR_RETURN(const PlannerState to, StateAfter(record, PlannerStep::kDeclare));
  if (Blank(declaration.signed_by) || Blank(declaration.position) || !declaration.confirmed) {
    return Error(Code::kInvalidArgument, kDeclarationIncomplete,
                 "a declaration names who signs and in what position, and is confirmed (EI-13)")
        .Field("declaration", "is not complete");
  }
  if (Today(work) > record.declaration_deadline) {
    return Error(Code::kFailedPrecondition, kDeadlinePassed,
                 absl::StrCat("the involvement was to be declared by ",
                              absl::FormatCivilTime(record.declaration_deadline),
                              "; ask the quality team for a waiver (EI-13)"))
        .With("planner", record.Name())
        .With("deadline", absl::FormatCivilTime(record.declaration_deadline));
  }
  ASSIGN_OR_RETURN(const Planner planner, LoadPlanner(work, record));
  ASSIGN_OR_RETURN(const InvolvementFrame frame, FrameOf(work, record));
  RETURN_IF_ERROR(CheckEvidence(record, planner, CheckInvolvement(planner, frame)));
  record.state = to;
  ++record.declarations;
  record.signed_by = declaration.signed_by;
  record.position = declaration.position;
  record.sign_time = work.call.now;
  record.update_time = work.call.now;
  RETURN_IF_ERROR(PlannerStore().Update(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(EmitPlannerChanged(work, record, {}));
  return record;
}

absl::StatusOr<PlannerRecord> WaiveDeadline(const Work& work, const PlannerTarget& target,
                                            absl::CivilDay until, const std::string& reason) {
  ASSIGN_OR_RETURN(PlannerRecord record, Find(work, target));
  ASSIGN_OR_RETURN(const PlannerState to, StateAfter(record, PlannerStep::kWaive));
  if (until <= record.declaration_deadline || until <= Today(work)) {
    return Error(Code::kInvalidArgument, kDeadlineInvalid,
                 "a waiver ends after today and after the deadline that it waives")
        .With("day", absl::FormatCivilTime(until))
        .Field("until", "is not later");
  }
  record.declaration_deadline = until;
  RETURN_IF_ERROR(Conclude(work, record, to, {.feedback = reason, .deadline = until}));
  return record;
}

absl::StatusOr<PlannerRecord> ConcludeInvolvement(const Work& work, const PlannerTarget& target,
                                                  const RulingOn& ruling,
                                                  const std::vector<ReferredDecision>& decisions) {
  ASSIGN_OR_RETURN(PlannerRecord record, Find(work, target));
  ASSIGN_OR_RETURN(const PlannerState to, StateAfter(record, ruling.step));
  const bool returned = ruling.step == PlannerStep::kReturn;
  RETURN_IF_ERROR(CheckRuling(work, ruling, ruling.step != PlannerStep::kAccept, returned));
  if (ruling.step == PlannerStep::kFail) {
    ASSIGN_OR_RETURN(const PlannerHistory history, HistoryOf(work, record));
    if (!MayFail(record.state, history)) {
      return TooEarly(record,
                      "a declaration fails only after it was returned and declared again, or its "
                      "deadline has passed (EI-14)");
    }
  }
  if (ruling.step == PlannerStep::kAccept) RETURN_IF_ERROR(CheckSampled(work, record));
  RETURN_IF_ERROR(DecideReferred(work, record, decisions, /*all_needed=*/!returned));
  if (returned) {
    ++record.returns;
    record.declaration_deadline = std::max(record.declaration_deadline, *ruling.deadline);
  }
  RETURN_IF_ERROR(Conclude(work, record, to, ruling));
  return record;
}

absl::StatusOr<LearnerBlock> CheckLearner(const Work& work, const PlannerTarget& target,
                                          const std::string& enrolment) {
  ASSIGN_OR_RETURN(const PlannerRecord record, Find(work, target));
  LearnerBlock block;
  ASSIGN_OR_RETURN(block.learner,
                   PlannerStore().GetLearner(work.tx, work.reach.tenant, record, enrolment));
  const LearnerStanding& learner = block.learner;
  const bool met = learner.outcome == Involvement::kMet || learner.decision == true;
  const bool decided =
      record.state == PlannerState::kAccepted || record.state == PlannerState::kFailed;
  if (met && decided) {
    block.final = true;
    block.message = "the requirement is met and the involvement is concluded";
    return block;
  }
  block.blocks = true;
  if (decided || record.state == PlannerState::kRemoved) {
    block.final = true;
    block.message = "the requirement is not met and the involvement is concluded (EI-14)";
  } else if (record.state == PlannerState::kDeclared || record.state == PlannerState::kSubmitted) {
    block.who = "quality";
    block.message = record.state == PlannerState::kDeclared
                        ? "what the centre declared is not concluded yet (EI-14)"
                        : "the planner is not judged yet (EI-11)";
  } else {
    block.who = "centre";
    block.due = record.declaration_deadline;
    block.message = met ? "the centre has not declared the involvement (EI-13)"
                        : absl::StrCat("the requirement is ", View(NameOf(learner.outcome)), " (",
                                       learner.rule, "): ", learner.repair);
  }
  return block;
}

}  // namespace assay::approval
