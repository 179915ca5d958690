// Improvement actions of a centre: given with a deadline, answered with evidence, ruled on (EI-11,
// EI-14).
//
// All but the first return NOT_FOUND (ACTION_NOT_FOUND), ABORTED (ETAG_MISMATCH) and
// FAILED_PRECONDITION (ACTION_STATE_WRONG).
#pragma once
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/actions.h"

namespace assay::approval {

struct NewAction {
  std::string centre;  // Ids.
  std::string approval;
  std::string text;
  std::string source;
  absl::CivilDay due;
};

// NOT_FOUND (CENTRE_NOT_FOUND, APPROVAL_NOT_FOUND), INVALID_ARGUMENT (DEADLINE_INVALID),
// FAILED_PRECONDITION (CENTRE_STATE_WRONG) for a closed centre.
absl::StatusOr<ActionRecord> CreateAction(const Work& work, const NewAction& action);

struct ActionTarget {
  std::string centre;
  std::string id;
  std::string etag;
};

absl::StatusOr<ActionRecord> AnswerAction(const Work& work, const ActionTarget& target,
                                          const std::string& answer,
                                          const std::vector<std::string>& evidence);
absl::StatusOr<ActionRecord> AcceptAction(const Work& work, const ActionTarget& target,
                                          const std::string& feedback);
// INVALID_ARGUMENT (DEADLINE_INVALID) unless the new day is after today.
absl::StatusOr<ActionRecord> RejectAction(const Work& work, const ActionTarget& target,
                                          const std::string& feedback, absl::CivilDay due);
// INVALID_ARGUMENT (DEADLINE_INVALID) unless the new day is after today and after the old one.
absl::StatusOr<ActionRecord> ExtendAction(const Work& work, const ActionTarget& target,
                                          absl::CivilDay due, const std::string& reason);
absl::StatusOr<ActionRecord> CancelAction(const Work& work, const ActionTarget& target,
                                          const std::string& reason);

}  // namespace assay::approval
