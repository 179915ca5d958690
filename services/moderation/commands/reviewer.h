// Whether a moderator may review what another one did (MOD-13).
#pragma once
#include <string_view>

#include "absl/status/status.h"
#include "services/moderation/context.h"
#include "services/moderation/review/records.h"
#include "services/moderation/review/rule.h"

namespace assay::moderation {

// Another and more senior moderator, who had no part in it and has no tie to the centre.
// FAILED_PRECONDITION (REVIEWER_UNFIT).
absl::Status CheckReviewer(const Work& work, const ReviewRule& rule, const Submission& submission,
                           const Review& review, const Moderator& moderator);

}  // namespace assay::moderation
