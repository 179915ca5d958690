#include "services/approval/learners/recording_form.h"

namespace assay::approval {

std::string_view NameOf(FormState state) {
  constexpr std::string_view kNames[kFormStates] = {"proposed", "approved", "refused", "withdrawn"};
  return kNames[static_cast<int>(state)];
}

bool MayChange(FormState from, FormState to) {
  if (from == FormState::kProposed) return to == FormState::kApproved || to == FormState::kRefused;
  return from == FormState::kApproved && to == FormState::kWithdrawn;
}

bool FormUsableOn(const FormFacts& form, std::string_view qualification, absl::CivilDay day) {
  if (form.state != FormState::kApproved && form.state != FormState::kWithdrawn) return false;
  if (form.qualification != qualification) return false;
  return form.from.has_value() && *form.from <= day &&
         (!form.until.has_value() || day < *form.until);
}

}  // namespace assay::approval
