// The ways out of the straight road: withdrawing, reopening and voiding a submission (MOD-1).
#pragma once
#include <string_view>

#include "absl/status/statusor.h"
#include "services/moderation/context.h"

namespace assay::moderation {

// `step` is kWithdraw, kReopen or kVoid. Whatever was drawn or judged is void with it; the reason
// is kept and told to the centre, and to whoever moderated.
absl::StatusOr<Submission> EndOrReopen(const Work& work, const SubmissionName& name,
                                       std::string_view etag, Step step, std::string_view reason);

}  // namespace assay::moderation
