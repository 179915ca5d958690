#include "services/approval/commands/write_planner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/find_qualification.h"
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

}  // namespace

absl::StatusOr<InvolvementFrame> FrameOf(const Work& work, const PlannerRecord& record) {
  ASSIGN_OR_RETURN(const Qualification qualification,
                   FindQualification(work, record.qualification));
  return InvolvementFrame{qualification.sectors, record.first_day, record.last_day, Today(work)};
}

absl::StatusOr<PlannerState> StateAfter(const PlannerRecord& record, PlannerStep step) {
  if (const PlannerEdge* edge = FindPlannerEdge(record.state, step)) return edge->to;
  return Error(absl::StatusCode::kFailedPrecondition, kPlannerStateWrong,
               absl::StrCat(record.Name(), " is ", View(NameOf(record.state)), "; the step \"",
                            View(NameOf(step)), "\" is not possible now"))
      .With("planner", record.Name())
      .With("state", NameOf(record.state))
      .With("step", NameOf(step));
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
  PlannerRecord record;
  record.centre = opening.centre;
  record.id = work.context.ids.NextId(work.call.now);
  record.approval = approval.id;
  record.qualification = approval.qualification;
  record.first_day = opening.first_day;
  record.last_day = opening.last_day;
  record.declaration_deadline = opening.declaration_deadline;
  record.create_time = work.call.now;
  record.update_time = work.call.now;
  RETURN_IF_ERROR(PlannerStore().Insert(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(CommitToDraw(work, record));
  RETURN_IF_ERROR(KeepVersion(work, record, draft, "opened", {}));
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
