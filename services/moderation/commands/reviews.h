// A review of moderation, from the centre's wish to its outcome in the results (MOD-13).
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/commands/moderate.h"
#include "services/moderation/context.h"
#include "services/moderation/review/records.h"

namespace assay::moderation {

// Notes what became final, by which policy, and until when a review can be asked for. Part of the
// release of a submission.
absl::Status RecordRelease(const Work& work, const Submission& submission);

// FAILED_PRECONDITION (REVIEW_NOT_DUE, REVIEW_WINDOW_CLOSED), ALREADY_EXISTS (REVIEW_EXISTS).
absl::StatusOr<Review> CreateReview(const Work& work, const SubmissionName& submission,
                                    std::string_view grounds);
// Because an appeal was upheld: whatever the window says.
absl::StatusOr<Review> OrderReview(const Work& work, const Review& before, const Appeal& appeal);

// `moderator`: the id of who reviews. FAILED_PRECONDITION (REVIEWER_UNFIT).
absl::StatusOr<Review> AcceptReview(const Work& work, const ReviewName& name, std::string_view etag,
                                    std::string_view moderator);
absl::StatusOr<Review> RefuseReview(const Work& work, const ReviewName& name, std::string_view etag,
                                    std::string_view reasons);
absl::StatusOr<Review> WithdrawReview(const Work& work, const ReviewName& name,
                                      std::string_view etag);

// INVALID_ARGUMENT (MARKS_REFUSED) with a violation for each bad mark.
absl::StatusOr<Recorded> RecordReviewMarks(const Work& work, const ReviewName& name,
                                           std::span<const OwnMark> marks);
// FAILED_PRECONDITION (MARKS_OUTSTANDING).
absl::StatusOr<Review> JudgeReview(const Work& work, const ReviewName& name, std::string_view etag);

// Puts the outcome into the results. `reasons` may be empty: they come later then.
absl::StatusOr<Review> ReleaseReview(const Work& work, const ReviewName& name,
                                     std::string_view etag, std::string_view reasons);
absl::StatusOr<Review> GiveReviewReasons(const Work& work, const ReviewName& name,
                                         std::string_view etag, std::string_view reasons);

// MOD-9: whoever reviews a submission reads its marks in the review's work only, until it is
// judged. PERMISSION_DENIED (ROLE_NOT_ALLOWED).
absl::Status CheckNotReviewing(const Work& work, const Submission& submission);

// The rule that governs a review.
absl::StatusOr<ReviewRule> RuleOf(const Work& work, const Review& review);

}  // namespace assay::moderation
