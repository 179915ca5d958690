#include "services/approval/commands/conclude_involvement.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/commands/check_involvement.h"
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

constexpr std::size_t kViolationsMax = 100;
constexpr std::size_t kNamedMax = 20;  // Learners in the metadata of an error.
constexpr int kDecisionsShown = 100;

// From when a planner meets the requirements, the deadline for declaring is what counts: a return
// puts it off, and so does a waiver.
PlannerHistory HistoryOf(const Work& work, const PlannerRecord& record) {
  return {.adverse_judgements = record.adverse_judgements,
          .returns = record.returns,
          .deadline_passed = Today(work) > record.declaration_deadline};
}

// EI-13: a completed tracker has learners and nothing that is still to come.
absl::Status CheckCompleted(const PlannerRecord& record, const Planner& planner) {
  std::vector<std::pair<std::string, std::string>> open;
  if (planner.learners.empty()) open.emplace_back("document.learners", "names nobody (EI-13)");
  for (std::size_t i = 0; i < planner.activities.size(); ++i) {
    const Activity& activity = planner.activities[i];
    for (std::size_t j = 0; j < activity.learners.size(); ++j) {
      const Attendance& attendance = activity.learners[j];
      if (attendance.participation != Participation::kPlanned) continue;
      open.emplace_back(
          absl::StrCat("document.activities[", i, "].attendances[", j, "].participation"),
          absl::StrCat("activity ", activity.id, " is still planned for learner ",
                       attendance.enrolment, " (EI-13)"));
    }
  }
  if (open.empty()) return absl::OkStatus();
  Error error(Code::kFailedPrecondition, kTrackerIncomplete,
              planner.learners.empty()
                  ? "the tracker names no learners, so there is nothing to declare (EI-13)"
                  : absl::StrCat("the tracker is not completed: ", open.size(),
                                 " attendances are still planned; say of each what came of it "
                                 "(EI-13)"));
  error.With("planner", record.Name())
      .With("outstanding", absl::StrCat(open.size()))
      .With("rule", "EI-13");
  for (std::size_t i = 0; i < std::min(open.size(), kViolationsMax); ++i) {
    error.Field(open[i].first, open[i].second);
  }
  return error;
}

absl::Status CheckDeclaration(const Work& work, const PlannerRecord& record,
                              const DeclarationBy& declaration) {
  if (!HasText(declaration.signed_by) || !HasText(declaration.position) || !declaration.confirmed) {
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
  RETURN_IF_ERROR(CheckCompleted(record, planner));
  ASSIGN_OR_RETURN(const InvolvementFrame frame, FrameOf(work, record));
  return CheckEvidence(record, planner, CheckInvolvement(planner, frame));
}

std::string First(const std::vector<std::string>& enrolments) {
  return absl::StrJoin(enrolments.begin(),
                       enrolments.begin() + std::min(kNamedMax, enrolments.size()), ", ");
}

absl::Status KeepDecision(const Work& work, const PlannerRecord& record,
                          const ReferredDecision& decision) {
  RETURN_IF_ERROR(PlannerStore().Decide(work.tx, work.reach.tenant, record, decision.enrolment,
                                        decision.met, decision.reason));
  return PlannerHistoryStore().InsertDecision(work.tx, work.reach.tenant, record,
                                              {.enrolment = decision.enrolment,
                                               .met = decision.met,
                                               .reason = decision.reason,
                                               .officer = std::string(work.call.subject()),
                                               .declaration = record.declarations,
                                               .time = work.call.now});
}

// Whether an officer may decide on the learner in this step: on the referred ones of what is
// declared (EI-7), on everybody if the component fails (EI-14).
bool MayDecide(const PlannerRecord& record, PlannerStep step, const LearnerStanding& learner) {
  if (step == PlannerStep::kFail) return true;
  return record.state == PlannerState::kDeclared && learner.outcome == Involvement::kReferred &&
         !learner.decision.has_value();
}

// Keeps the decisions, here too.
absl::Status DecideLearners(const Work& work, const PlannerRecord& record, PlannerStep step,
                            const std::vector<ReferredDecision>& decisions,
                            std::vector<LearnerStanding>& learners) {
  std::set<std::string_view> decided;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    const ReferredDecision& decision = decisions[i];
    const std::string place = absl::StrCat("decisions[", i, "]");
    const auto found =
        std::lower_bound(learners.begin(), learners.end(), decision.enrolment,
                         [](const auto& learner, const auto& e) { return learner.enrolment < e; });
    if (found == learners.end() || found->enrolment != decision.enrolment ||
        !decided.insert(decision.enrolment).second || !MayDecide(record, step, *found)) {
      return Error(Code::kInvalidArgument, kLearnerNotReferred,
                   absl::StrCat(decision.enrolment, " is not referred, or is decided twice (EI-7)"))
          .With("enrolment", decision.enrolment)
          .Field(place + ".enrolment", "names no learner who is to be decided");
    }
    if (!HasText(decision.reason)) {
      return Error(Code::kInvalidArgument, kReasonMissing, "a decision on a learner says why")
          .Field(place + ".reason", "is empty");
    }
    RETURN_IF_ERROR(KeepDecision(work, record, decision));
    found->decision = decision.met;
  }
  return absl::OkStatus();
}

// EI-7
absl::Status CheckReferred(const PlannerRecord& record,
                           const std::vector<LearnerStanding>& learners) {
  std::vector<std::string> open;
  for (const LearnerStanding& learner : learners) {
    if (learner.outcome == Involvement::kReferred && !learner.decision.has_value()) {
      open.push_back(learner.enrolment);
    }
  }
  if (open.empty()) return absl::OkStatus();
  return Error(Code::kFailedPrecondition, kReferredUndecided,
               absl::StrCat(open.size(), " referred learners are not decided (EI-7)"))
      .With("planner", record.Name())
      .With("learners", First(open));
}

// EI-14: feedback, actions and another submission come before anybody is left without.
absl::Status CheckAllMet(const PlannerRecord& record,
                         const std::vector<LearnerStanding>& learners) {
  if (record.returns > 0) return absl::OkStatus();
  std::vector<std::string> without;
  for (const LearnerStanding& learner : learners) {
    if (!learner.Met()) without.push_back(learner.enrolment);
  }
  if (without.empty()) return absl::OkStatus();
  return Error(Code::kFailedPrecondition, kInvolvementNotMet,
               absl::StrCat(without.size(),
                            " learners do not meet the requirement; return the declaration with "
                            "feedback and actions before it is accepted without them (EI-14)"))
      .With("planner", record.Name())
      .With("count", absl::StrCat(without.size()))
      .With("learners", First(without))
      .With("rule", "EI-14")
      .Field("outcome", "accepts what was never returned although learners are without");
}

absl::Status CheckTime(const Work& work, const PlannerRecord& record, PlannerStep step) {
  const PlannerHistory history = HistoryOf(work, record);
  if (step == PlannerStep::kReturn && !MayReturn(record.state, history)) {
    return TooEarly(
        record,
        absl::StrCat("the centre has until ", absl::FormatCivilTime(record.declaration_deadline),
                     " to declare the involvement (EI-13)"),
        "EI-13");
  }
  if (step == PlannerStep::kFail && !MayFail(record.state, history)) {
    return TooEarly(record,
                    "a declaration fails only after it was returned and declared again, or its "
                    "deadline has passed (EI-14)",
                    "EI-14");
  }
  return absl::OkStatus();
}

// Why nobody meets the requirement by the tracker of a failed component.
absl::StatusOr<std::string> WhyFailed(const Work& work, const PlannerRecord& record,
                                      const LearnerStanding& learner) {
  if (learner.decision == false) {
    return absl::StrCat("the component is failed (EI-14): ", learner.decision_reason);
  }
  ASSIGN_OR_RETURN(const auto ruling,
                   PlannerStore().LastRuling(work.tx, work.reach.tenant, record));
  return absl::StrCat("the component is failed (EI-14): ",
                      ruling.has_value() ? ruling->feedback : std::string());
}

// What holds a learner up while nothing is concluded.
void DescribeOpen(const PlannerRecord& record, LearnerBlock& block) {
  const LearnerStanding& learner = block.learner;
  block.blocks = true;
  if (record.state == PlannerState::kDeclared || record.state == PlannerState::kSubmitted) {
    block.who = "quality";
    block.message = record.state == PlannerState::kDeclared
                        ? "what the centre declared is not concluded yet (EI-14)"
                        : "the planner is not judged yet (EI-11)";
    return;
  }
  block.who = "centre";
  block.due = record.declaration_deadline;
  block.message = learner.Met() ? "the centre has not declared the involvement (EI-13)"
                                : absl::StrCat("the requirement is ", View(NameOf(learner.outcome)),
                                               " (", learner.rule, "): ", learner.repair);
}

absl::StatusOr<LearnerBlock> BlockOf(const Work& work, const PlannerRecord& record,
                                     const std::string& enrolment) {
  LearnerBlock block;
  ASSIGN_OR_RETURN(block.learner,
                   PlannerStore().GetLearner(work.tx, work.reach.tenant, record, enrolment));
  ASSIGN_OR_RETURN(block.decisions,
                   PlannerHistoryStore().ListDecisions(work.tx, work.reach.tenant, record,
                                                       enrolment, kDecisionsShown));
  const bool failed = record.state == PlannerState::kFailed;
  if (!failed && record.state != PlannerState::kAccepted &&
      record.state != PlannerState::kRemoved) {
    DescribeOpen(record, block);
    return block;
  }
  // EI-14: of a failed component the tracker shows nothing; only an officer's decision does.
  const bool met = failed ? block.learner.decision == true
                          : record.state == PlannerState::kAccepted && block.learner.Met();
  block.final = true;
  block.blocks = !met;
  if (met) {
    block.message = "the requirement is met and the involvement is concluded";
  } else if (failed) {
    ASSIGN_OR_RETURN(block.message, WhyFailed(work, record, block.learner));
  } else {
    block.message = "the requirement is not met and the involvement is concluded (EI-14)";
  }
  return block;
}

}  // namespace

absl::StatusOr<PlannerRecord> DeclareInvolvement(const Work& work, const PlannerTarget& target,
                                                 const DeclarationBy& declaration) {
  ASSIGN_OR_RETURN(PlannerRecord record, FindPlanner(work, target));
  ASSIGN_OR_RETURN(const PlannerState to, StateAfter(record, PlannerStep::kDeclare));
  RETURN_IF_ERROR(CheckDeclaration(work, record, declaration));
  record.state = to;
  ++record.declarations;
  record.signed_by = declaration.signed_by;
  record.position = declaration.position;
  record.sign_time = work.call.now;
  record.declared_version = record.document_version;
  record.update_time = work.call.now;
  PlannerStore store;
  RETURN_IF_ERROR(store.Update(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(
      PlannerHistoryStore().InsertDeclaration(work.tx, work.reach.tenant, record,
                                              {.number = record.declarations,
                                               .document_version = record.document_version,
                                               .signed_by = record.signed_by,
                                               .position = record.position,
                                               .declared_by = std::string(work.call.subject()),
                                               .time = work.call.now}));
  // What was decided on the declaration before does not bind the next one.
  RETURN_IF_ERROR(store.ReopenDecisions(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(EmitPlannerChanged(work, record, PlannerStep::kDeclare, {}));
  return record;
}

absl::StatusOr<PlannerRecord> WaiveDeadline(const Work& work, const PlannerTarget& target,
                                            absl::CivilDay until, const std::string& reason) {
  ASSIGN_OR_RETURN(PlannerRecord record, FindPlanner(work, target));
  ASSIGN_OR_RETURN(record.state, StateAfter(record, PlannerStep::kWaive));
  if (until <= record.declaration_deadline || until <= Today(work)) {
    return Error(Code::kInvalidArgument, kDeadlineInvalid,
                 "a waiver ends after today and after the deadline that it waives")
        .With("day", absl::FormatCivilTime(until))
        .Field("until", "is not later");
  }
  RETURN_IF_ERROR(PlannerHistoryStore().InsertWaiver(work.tx, work.reach.tenant, record,
                                                     {.previous = record.declaration_deadline,
                                                      .until = until,
                                                      .reason = reason,
                                                      .officer = std::string(work.call.subject()),
                                                      .time = work.call.now}));
  record.declaration_deadline = until;
  record.update_time = work.call.now;
  RETURN_IF_ERROR(PlannerStore().Update(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(EmitPlannerChanged(work, record, PlannerStep::kWaive,
                                     {.feedback = reason, .deadline = until}));
  return record;
}

absl::StatusOr<PlannerRecord> ConcludeInvolvement(const Work& work, const PlannerTarget& target,
                                                  const RulingOn& ruling,
                                                  const std::vector<ReferredDecision>& decisions) {
  ASSIGN_OR_RETURN(PlannerRecord record, FindPlanner(work, target));
  ASSIGN_OR_RETURN(const PlannerState to, StateAfter(record, ruling.step));
  const bool returned = ruling.step == PlannerStep::kReturn;
  const bool accepted = ruling.step == PlannerStep::kAccept;
  RETURN_IF_ERROR(CheckRuling(work, ruling, !accepted, returned));
  RETURN_IF_ERROR(CheckTime(work, record, ruling.step));
  if (accepted) RETURN_IF_ERROR(CheckSampled(work, record));
  ASSIGN_OR_RETURN(std::vector<LearnerStanding> learners,
                   PlannerStore().ListLearners(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(DecideLearners(work, record, ruling.step, decisions, learners));
  if (!returned) RETURN_IF_ERROR(CheckReferred(record, learners));
  if (accepted) RETURN_IF_ERROR(CheckAllMet(record, learners));
  if (returned) {
    ++record.returns;
    record.declaration_deadline = std::max(record.declaration_deadline, *ruling.deadline);
  }
  RETURN_IF_ERROR(KeepRuling(work, record, to, ruling));
  return record;
}

absl::StatusOr<LearnerBlock> CheckLearner(const Work& work, const PlannerTarget& target,
                                          const std::string& enrolment) {
  ASSIGN_OR_RETURN(const PlannerRecord record, FindPlanner(work, target));
  return BlockOf(work, record, enrolment);
}

absl::StatusOr<LearnerBlock> DecideLearner(const Work& work, const PlannerTarget& target,
                                           const ReferredDecision& decision) {
  ASSIGN_OR_RETURN(PlannerRecord record, FindPlanner(work, target));
  ASSIGN_OR_RETURN(record.state, StateAfter(record, PlannerStep::kDecide));
  PlannerStore store;
  RETURN_IF_ERROR(
      store.GetLearner(work.tx, work.reach.tenant, record, decision.enrolment).status());
  RETURN_IF_ERROR(KeepDecision(work, record, decision));
  record.update_time = work.call.now;
  RETURN_IF_ERROR(store.Update(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(
      EmitPlannerChanged(work, record, PlannerStep::kDecide, {.feedback = decision.reason}));
  return BlockOf(work, record, decision.enrolment);
}

}  // namespace assay::approval
