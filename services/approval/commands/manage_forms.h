// Recording forms of a centre's own: proposed by the centre, decided by an officer (QUAL-8). Each
// decision is told and stands in the centre's timeline.
#pragma once
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/recording_forms.h"

namespace assay::approval {

struct FormDraft {
  std::string centre;
  std::string qualification;  // Number.
  std::string title;
  std::string changes;
  std::string evidence;
};
// NOT_FOUND (CENTRE_NOT_FOUND, QUALIFICATION_NOT_FOUND), FAILED_PRECONDITION (CENTRE_STATE_WRONG)
// of a centre that is withdrawn or closed, RESOURCE_EXHAUSTED (LIST_FULL).
absl::StatusOr<RecordingFormRecord> ProposeForm(const Work& work, const FormDraft& draft);

struct FormDecision {
  std::string centre;
  std::string id;
  std::string etag;
  FormState to = FormState::kApproved;
  std::string reason;
  std::optional<absl::CivilDay> from;  // Of an approval; none: today.
};
// NOT_FOUND (RECORDING_FORM_NOT_FOUND), ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION
// (RECORDING_FORM_STATE_WRONG), INVALID_ARGUMENT (DAYS_INVALID).
absl::StatusOr<RecordingFormRecord> DecideForm(const Work& work, const FormDecision& decision);

}  // namespace assay::approval
