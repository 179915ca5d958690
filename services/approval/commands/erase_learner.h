// Removes a learner's personal data wherever this service has them, and leaves a tombstone.
#pragma once
#include <string>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/learners.h"

namespace assay::approval {

struct ErasureOrder {
  std::string centre;  // Of any registration of the learner.
  std::string registration;
  int legal_basis = 1;  // A v1::LegalBasis.
  std::string reason;
};

// NOT_FOUND (REGISTRATION_NOT_FOUND), FAILED_PRECONDITION (ERASURE_BLOCKED,
// REGISTRATION_STATE_WRONG).
absl::StatusOr<ErasureRecord> EraseLearner(const Work& work, const ErasureOrder& order);

}  // namespace assay::approval
