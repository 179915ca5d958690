#include "services/approval/commands/write_planner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/commands/involvement_policy.h"
#include "services/approval/commands/sample_declaration.h"
#include "services/approval/errors.h"
#include "services/approval/involvement/changes.h"
#include "services/approval/planner_document.h"
#include "services/approval/timeline.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;

constexpr std::size_t kViolationsMax = 100;

// What cannot be taken back later is refused now; what is merely worth no credit is kept and told.
absl::Status RefuseFaults(const InvolvementCheck& check) {
  std::vector<const InvolvementFinding*> faults;
  for (const InvolvementFinding& finding : check.findings) {
    if (finding.refused) faults.push_back(&finding);
  }
  if (faults.empty()) return absl::OkStatus();
  Error error(absl::StatusCode::kInvalidArgument, kPlannerRefused,
              absl::StrCat("the planner has ", faults.size(), " faults; nothing was kept"));
  error.With("refused_count", absl::StrCat(faults.size())).With("rule", faults[0]->rule);
  for (std::size_t i = 0; i < std::min(faults.size(), kViolationsMax); ++i) {
    error.Field("document." + faults[i]->place,
                absl::StrCat(faults[i]->kind, " (", faults[i]->rule, "): ", faults[i]->message));
  }
  return error;
}

std::vector<LearnerStanding> StandingsOf(const Planner& planner, const InvolvementCheck& check) {
  std::vector<LearnerStanding> standings;
  standings.reserve(check.learners.size());
  for (const LearnerCheck& learner : check.learners) {
    const Learner& who = planner.learners[learner.learner];
    standings.push_back({.enrolment = who.enrolment,
                         .name = who.name,
                         .outcome = learner.outcome,
                         .prospect = learner.prospect,
                         .rule = learner.rule,
                         .repair = learner.repair});
  }
  return standings;
}

// Checks the draft and keeps it as version record.document_version.
absl::Status KeepVersion(const Work& work, const PlannerRecord& record, const PlannerDraft& draft,
                         std::string_view note, std::vector<std::string> changes) {
  ASSIGN_OR_RETURN(const InvolvementFrame frame, FrameOf(work, record));
  const InvolvementCheck check = CheckInvolvement(draft.planner, frame);
  RETURN_IF_ERROR(RefuseFaults(check));
  PlannerStore store;
  const std::string& tenant = work.reach.tenant;
  RETURN_IF_ERROR(RecordDecision(
      work,
      {TimelineKind::kPlanner, record.centre, record.Name(),
       absl::StrCat("version ", record.document_version, " written"), std::string(note), "EI-12"}));
  RETURN_IF_ERROR(store.InsertVersion(work.tx, tenant, record,
                                      {.number = record.document_version,
                                       .change_note = std::string(note),
                                       .author = std::string(work.call.subject()),
                                       .changes = std::move(changes),
                                       .document = draft.bytes,
                                       .time = work.call.now}));
  return store.ReplaceLearners(work.tx, tenant, record, StandingsOf(draft.planner, check));
}

// An approval that has ended gets no more planners, and what it has do not share a day.
absl::Status CheckOpening(const Work& work, const QualificationApproval& approval,
                          const PlannerOpening& opening) {
  const std::string name =
      absl::StrCat("centres/", approval.centre, "/qualificationApprovals/", approval.id);
  if (approval.state == ApprovalState::kRefused || approval.state == ApprovalState::kWithdrawn ||
      approval.state == ApprovalState::kLapsed) {
    return Error(absl::StatusCode::kFailedPrecondition, kApprovalStateWrong,
                 absl::StrCat(name, " is ", View(NameOf(approval.state)),
                              "; apply again before you open a planner (EI-9)"))
        .With("approval", name)
        .With("state", NameOf(approval.state))
        .Field("planner.qualification_approval", "has ended");
  }
  ASSIGN_OR_RETURN(
      const std::vector<PlannerRecord> others,
      PlannerStore().OfApproval(work.tx, work.reach.tenant, approval.centre, approval.id));
  for (const PlannerRecord& other : others) {
    if (other.first_day > opening.last_day || other.last_day < opening.first_day) continue;
    return Error(absl::StatusCode::kAlreadyExists, kPlannerExists,
                 absl::StrCat(other.Name(), " is for the time from ",
                              absl::FormatCivilTime(other.first_day), " to ",
                              absl::FormatCivilTime(other.last_day),
                              "; planners of one approval share no day"))
        .With("approval", name)
        .With("planner", other.Name())
        .With("first_day", absl::FormatCivilTime(other.first_day))
        .Field("planner.first_day", "begins a period that shares days with another planner");
  }
  return absl::OkStatus();
}

// What was decided with the opening beside its document.
absl::Status RecordOpening(const Work& work, const PlannerRecord& record, bool own_deadline) {
  if (own_deadline) {
    RETURN_IF_ERROR(RecordDecision(
        work, {TimelineKind::kPlanner, record.centre, record.Name(),
               absl::StrCat("deadline set to ", absl::FormatCivilTime(record.declaration_deadline),
                            ", other than by involvementPolicies/", record.deadline_policy),
               "", "EI-13"}));
  }
  if (!record.met_time.has_value()) return absl::OkStatus();
  return RecordDecision(work, {TimelineKind::kPlanner, record.centre, record.Name(),
                               absl::StrCat("meets by judgement ", record.met_ruling,
                                            " of planner ", record.met_planner),
                               "", "EI-9"});
}

// EI-13: the policy gives the deadline, and only an officer another one. Whether it is another one.
absl::StatusOr<bool> SetDeadline(const Work& work, const PlannerOpening& opening,
                                 PlannerRecord& record) {
  ASSIGN_OR_RETURN(const InvolvementPolicyRecord found,
                   InvolvementPolicyFor(work, opening.last_day));
  const InvolvementPolicy& policy = found.policy;
  if (opening.last_day - opening.first_day >= policy.period_days_max) {
    const std::string what =
        absl::StrCat("is more than ", policy.period_days_max, " days from the first day");
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                 absl::StrCat("planner.last_day ", what, ", the most that involvementPolicies/",
                              policy.version, " allows"))
        .Field("planner.last_day", what);
  }
  record.deadline_policy = policy.version;
  record.declaration_deadline = DeadlineOf(policy, opening.first_day, opening.last_day);
  if (opening.declaration_deadline.value_or(record.declaration_deadline) ==
      record.declaration_deadline) {
    return false;
  }
  if (!work.call.principal->Has("quality")) {
    const std::string day = absl::FormatCivilTime(record.declaration_deadline);
    return Error(absl::StatusCode::kInvalidArgument, kDeadlineNotOfPolicy,
                 absl::StrCat("the involvement of this period is declared by ", day,
                              "; leave the deadline out, or ask the quality team for another "
                              "(EI-13)"))
        .With("deadline", day)
        .With("involvement_policy", absl::StrCat("involvementPolicies/", policy.version))
        .With("rule", "EI-13")
        .Field("planner.declaration_deadline", absl::StrCat("is not ", day));
  }
  record.declaration_deadline = *opening.declaration_deadline;
  return true;
}

}  // namespace

absl::StatusOr<std::optional<PlannerRecord>> MetBefore(const Work& work,
                                                       const PlannerRecord& record) {
  ASSIGN_OR_RETURN(
      const std::vector<PlannerRecord> all,
      PlannerStore().OfApproval(work.tx, work.reach.tenant, record.centre, record.approval));
  std::optional<PlannerRecord> first;
  for (const PlannerRecord& other : all) {
    if (other.id == record.id || !other.met_time.has_value()) continue;
    if (!first.has_value() || *other.met_time < *first->met_time) first = other;
  }
  return first;
}

absl::Status CarryOver(const PlannerRecord& met, PlannerRecord& record) {
  ASSIGN_OR_RETURN(record.state, StateAfter(record, PlannerStep::kCarryOver));
  record.met_planner = met.met_planner;
  record.met_ruling = met.met_ruling;
  record.met_time = met.met_time;
  return absl::OkStatus();
}

absl::StatusOr<InvolvementFrame> FrameOf(const Work& work, const PlannerRecord& record) {
  ASSIGN_OR_RETURN(const Qualification qualification,
                   FindQualification(work, record.qualification));
  return InvolvementFrame{qualification.sectors, record.first_day, record.last_day, Today(work)};
}

absl::StatusOr<PlannerState> StateAfter(const PlannerRecord& record, PlannerStep step) {
  if (const PlannerEdge* edge = FindPlannerEdge(record.state, step)) return edge->to;
  return Error(
             absl::StatusCode::kFailedPrecondition, kPlannerStateWrong,
             absl::StrCat(record.Name(), " is ", View(NameOf(record.state)), "; the step \"",
                          View(NameOf(step)), "\" is not possible now (", View(RuleOf(step)), ")"))
      .With("planner", record.Name())
      .With("state", NameOf(record.state))
      .With("step", NameOf(step))
      .With("rule", RuleOf(step))
      .Field("name", absl::StrCat("is ", View(NameOf(record.state))));
}

absl::StatusOr<Planner> LoadPlanner(const Work& work, const PlannerRecord& record) {
  PlannerStore store;
  ASSIGN_OR_RETURN(const PlannerVersion version,
                   store.GetVersion(work.tx, work.reach.tenant, record, record.document_version));
  return PlannerFromBytes(version.document);
}

absl::StatusOr<PlannerRecord> OpenPlanner(const Work& work, const PlannerOpening& opening,
                                          const PlannerDraft& draft) {
  Store& store = work.context.store;
  RETURN_IF_ERROR(store.GetCentre(work.tx, work.reach, opening.centre).status());
  ASSIGN_OR_RETURN(const QualificationApproval approval,
                   store.GetApproval(work.tx, work.reach, opening.centre, opening.approval));
  ASSIGN_OR_RETURN(const Qualification qualification,
                   FindQualification(work, approval.qualification));
  if (!qualification.employer_involvement) {
    return Error(absl::StatusCode::kFailedPrecondition, kInvolvementNotRequired,
                 absl::StrCat("qualifications/", qualification.number,
                              " asks for no employer involvement (EI-1)"))
        .With("qualification", "qualifications/" + qualification.number);
  }
  RETURN_IF_ERROR(CheckOpening(work, approval, opening));
  PlannerRecord record;
  record.centre = opening.centre;
  record.id = work.context.ids.NextId(work.call.now);
  record.approval = approval.id;
  record.qualification = approval.qualification;
  record.first_day = opening.first_day;
  record.last_day = opening.last_day;
  record.create_time = work.call.now;
  record.update_time = work.call.now;
  ASSIGN_OR_RETURN(const bool own_deadline, SetDeadline(work, opening, record));
  ASSIGN_OR_RETURN(const auto met, MetBefore(work, record));
  if (met.has_value()) RETURN_IF_ERROR(CarryOver(*met, record));
  RETURN_IF_ERROR(PlannerStore().Insert(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(CommitToDraw(work, record));
  RETURN_IF_ERROR(KeepVersion(work, record, draft, "opened", {}));
  RETURN_IF_ERROR(RecordOpening(work, record, own_deadline));
  return record;
}

absl::StatusOr<PlannerRecord> UpdatePlanner(const Work& work, const PlannerEdit& edit,
                                            const PlannerDraft& draft) {
  PlannerStore store;
  ASSIGN_OR_RETURN(PlannerRecord record, store.Get(work.tx, work.reach, edit.centre, edit.id));
  RETURN_IF_ERROR(platform::CheckEtag(edit.etag, record.version, record.Name()));
  ASSIGN_OR_RETURN(record.state, StateAfter(record, PlannerStep::kEdit));
  ASSIGN_OR_RETURN(const Planner before, LoadPlanner(work, record));
  ++record.document_version;
  record.update_time = work.call.now;
  RETURN_IF_ERROR(
      KeepVersion(work, record, draft, edit.change_note, ChangesBetween(before, draft.planner)));
  RETURN_IF_ERROR(store.Update(work.tx, work.reach.tenant, record));
  return record;
}

}  // namespace assay::approval
