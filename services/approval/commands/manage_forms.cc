#include "services/approval/commands/manage_forms.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/commands/register_learners.h"
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

constexpr int kOpenMost = 500;  // Proposed, or in use.
constexpr int kFormsMost = 10'000;

absl::Status Full(const std::string& parent, int count, int most) {
  return Error(Code::kResourceExhausted, kListFull,
               absl::StrCat("the centre has ", count, " forms, as many as can be kept (QUAL-8)"))
      .With("parent", parent)
      .With("most", absl::StrCat(most))
      .With("rule", "QUAL-8")
      .Field("parent", absl::StrCat("has ", count, " forms"));
}

}  // namespace

absl::StatusOr<RecordingFormRecord> ProposeForm(const Work& work, const FormDraft& draft) {
  ASSIGN_OR_RETURN(const Centre centre,
                   work.context.store.GetCentre(work.tx, work.reach, draft.centre));
  const std::string parent = "centres/" + centre.id;
  if (centre.state == CentreState::kWithdrawn || centre.state == CentreState::kClosed) {
    return Error(Code::kFailedPrecondition, kCentreStateWrong,
                 absl::StrCat(parent, " is ", View(NameOf(centre.state)),
                              "; it records nothing any more (QUAL-8)"))
        .With("centre", parent)
        .With("state", NameOf(centre.state))
        .With("rule", "QUAL-8")
        .Field("parent", absl::StrCat("is ", View(NameOf(centre.state))));
  }
  RETURN_IF_ERROR(FindQualification(work, draft.qualification).status());
  RecordingFormStore store;
  ASSIGN_OR_RETURN(const RecordingFormStore::Counts counts,
                   store.Count(work.tx, work.reach.tenant, draft.centre));
  if (counts.open >= kOpenMost) return Full(parent, counts.open, kOpenMost);
  if (counts.all >= kFormsMost) return Full(parent, counts.all, kFormsMost);
  RecordingFormRecord form;
  form.centre = draft.centre;
  form.id = work.context.ids.NextId(work.call.now);
  form.facts.qualification = draft.qualification;
  form.title = draft.title;
  form.changes = draft.changes;
  form.evidence = draft.evidence;
  form.create_time = work.call.now;
  form.update_time = work.call.now;
  RETURN_IF_ERROR(store.Insert(work.tx, work.reach.tenant, form));
  RETURN_IF_ERROR(EmitFormChanged(work, form));
  return form;
}

absl::StatusOr<RecordingFormRecord> DecideForm(const Work& work, const FormDecision& decision) {
  RecordingFormStore store;
  ASSIGN_OR_RETURN(RecordingFormRecord form,
                   store.Get(work.tx, work.reach, decision.centre, decision.id));
  RETURN_IF_ERROR(platform::CheckEtag(decision.etag, form.version, form.Name()));
  if (!MayChange(form.facts.state, decision.to)) {
    return Error(Code::kFailedPrecondition, kRecordingFormStateWrong,
                 absl::StrCat(form.Name(), " is ", View(NameOf(form.facts.state)),
                              " and cannot become ", View(NameOf(decision.to))))
        .With("recording_form", form.Name())
        .With("state", NameOf(form.facts.state))
        .With("step", NameOf(decision.to))
        .With("rule", "QUAL-8")
        .Field("name", absl::StrCat("is ", View(NameOf(form.facts.state))));
  }
  const absl::CivilDay today = Today(work);
  if (decision.to == FormState::kApproved) {
    form.facts.from = decision.from.value_or(today);
    // What was recorded on it before was recorded without approval.
    if (*form.facts.from < today) {
      return Error(Code::kInvalidArgument, kDaysInvalid,
                   "a form is approved before it is used (QUAL-8): from today on, or later")
          .With("day", absl::FormatCivilTime(*form.facts.from))
          .With("rule", "QUAL-8")
          .Field("from_day", "is before today");
    }
    form.approved_by = std::string(work.call.subject());
    form.approve_time = work.call.now;
  } else if (decision.to == FormState::kWithdrawn) {
    form.facts.until = std::max(today, *form.facts.from);
  }
  form.facts.state = decision.to;
  form.state_reason = decision.reason;
  form.officer = std::string(work.call.subject());
  form.update_time = work.call.now;
  RETURN_IF_ERROR(store.Update(work.tx, work.reach.tenant, form));
  RETURN_IF_ERROR(EmitFormChanged(work, form));
  return form;
}

}  // namespace assay::approval
