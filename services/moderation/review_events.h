// What moderation tells others about reviews, appeals and evidence locks (MOD-13), in the
// transaction of what happened.
#pragma once
#include <string_view>

#include "absl/status/status.h"
#include "services/moderation/context.h"
#include "services/moderation/review/lock.h"
#include "services/moderation/review/records.h"

namespace assay::moderation {

absl::Status EmitReviewRequested(const Work& work, const Review& review);
// `previous`: the subject who had it before, or "".
absl::Status EmitReviewAccepted(const Work& work, const Review& review, std::string_view previous);
absl::Status EmitReviewRefused(const Work& work, const Review& review,
                               std::string_view appeal_last_day);
absl::Status EmitReviewWithdrawn(const Work& work, const Review& review);
absl::Status EmitReviewJudged(const Work& work, const Review& review);
absl::Status EmitReviewReleased(const Work& work, const Review& review,
                                std::string_view appeal_last_day);
absl::Status EmitReviewReasonsGiven(const Work& work, const Review& review,
                                    std::string_view appeal_last_day);

absl::Status EmitAppealLodged(const Work& work, const Appeal& appeal);
// To the centre, and to each member of the panel.
absl::Status EmitAppealInHearing(const Work& work, const Appeal& appeal);
absl::Status EmitAppealDecided(const Work& work, const Appeal& appeal);
absl::Status EmitAppealWithdrawn(const Work& work, const Appeal& appeal);

absl::Status EmitEvidenceLockChanged(const Work& work, const Submission& submission,
                                     const LockTerm& term);

}  // namespace assay::moderation
