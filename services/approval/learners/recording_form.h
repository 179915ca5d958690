// Recording forms that a centre has made to its own needs: approved before they are used (QUAL-8).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"

namespace assay::approval {

enum class FormState { kProposed, kApproved, kRefused, kWithdrawn };
inline constexpr int kFormStates = 4;
std::string_view NameOf(FormState state);  // "proposed"
// proposed → approved → withdrawn, proposed → refused.
bool MayChange(FormState from, FormState to);

struct FormFacts {
  std::string qualification;  // Number.
  FormState state = FormState::kProposed;
  std::optional<absl::CivilDay> from;   // First day of use.
  std::optional<absl::CivilDay> until;  // First day of no more use.
};

// Whether work of the qualification may be recorded on it on the day. What was in use then stays
// good after it is withdrawn.
bool FormUsableOn(const FormFacts& form, std::string_view qualification, absl::CivilDay day);

}  // namespace assay::approval
