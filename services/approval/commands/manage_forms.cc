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

constexpr int kFormsMost = 500;

}  // namespace

absl::StatusOr<RecordingFormRecord> ProposeForm(const Work& work, const FormDraft& draft) {
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, draft.centre).status());
  RETURN_IF_ERROR(FindQualification(work, draft.qualification).status());
  RecordingFormStore store;
  ASSIGN_OR_RETURN(const int count, store.Count(work.tx, work.reach.tenant, draft.centre));
  if (count >= kFormsMost) {
    return Error(Code::kResourceExhausted, kListFull,
                 absl::StrCat("the centre has ", count, " forms, as many as can be kept"))
        .With("parent", "centres/" + draft.centre)
        .With("most", absl::StrCat(kFormsMost));
  }
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
        .With("step", NameOf(decision.to));
  }
  const absl::CivilDay today = Today(work);
  if (decision.to == FormState::kApproved) {
    form.facts.from = decision.from.value_or(today);
    // What was recorded on it before was recorded without approval.
    if (*form.facts.from < today) {
      return Error(Code::kInvalidArgument, kDaysInvalid,
                   "a form is approved before it is used (QUAL-8): from today on, or later")
          .Field("from_day", "is before today");
    }
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
