// Has the evidence of a submission kept for as long as it may be needed (MOD-13).
//
// What should be follows from the submission, its release, its reviews and appeals; these put it
// into practice and tell the evidence service by an event, in the same transaction as the cause.
#pragma once
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/context.h"

namespace assay::moderation {

// To be called after every change that the lock depends on; does nothing if nothing follows.
absl::Status RefreshEvidenceLock(const Work& work, const Submission& submission);

// Releases what has passed its last window. Blocks; for a background thread. Returns how many.
absl::StatusOr<int> SweepEvidenceLocks(const Context& context, absl::Time now);

}  // namespace assay::moderation
