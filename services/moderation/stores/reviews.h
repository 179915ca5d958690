// What is kept of releases, reviews of moderation and appeals (MOD-13), and what this promises
// about keeping it. Every promise is tested by reviews_test.cc on both engines.
//
// Stateless, on the caller's transaction. What a reach does not include answers like what does
// not exist: reach.moderator reaches the reviews that were given to that subject.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/model.h"
#include "services/moderation/review/outcome.h"
#include "services/moderation/review/records.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

// What a list is about; empty: any.
struct ReviewFilter {
  SubmissionName submission;
  std::string review;  // Of appeals.
  std::optional<int> state;
};

class ReviewStore {
 public:
  using Tx = platform::Transaction;

  // Replaces what was kept of an earlier release of the submission.
  absl::Status PutRelease(Tx& tx, std::string_view tenant, std::int64_t submission,
                          const ReleaseRecord& release);
  absl::StatusOr<std::optional<ReleaseRecord>> FindRelease(Tx& tx, std::string_view tenant,
                                                           std::int64_t submission);

  absl::Status InsertReview(Tx& tx, std::string_view tenant, const Review& review);
  // NOT_FOUND (REVIEW_NOT_FOUND).
  absl::StatusOr<Review> GetReview(Tx& tx, const Caller& caller, const ReviewName& name);
  // Replaces the review whose version is `review.version`, and adds one to it there and here.
  // ABORTED (ETAG_MISMATCH) if it has another.
  absl::Status UpdateReview(Tx& tx, const Caller& caller, Review& review);
  // Oldest first, after the one with the id `after`.
  absl::StatusOr<std::vector<Review>> ListReviews(Tx& tx, const Caller& caller,
                                                  const ReviewFilter& filter,
                                                  std::string_view after, int limit);
  // Of one submission, whoever asks; oldest first.
  absl::StatusOr<std::vector<Review>> ReviewsOf(Tx& tx, std::string_view tenant,
                                                const Submission& submission);

  // The sample of the submission becomes the reviewer's work; marks that were given before are
  // forgotten. Returns how many there are.
  absl::StatusOr<std::int64_t> OpenWork(Tx& tx, std::string_view tenant,
                                        const Submission& submission, const Review& review);
  // In the order of candidates.
  absl::StatusOr<std::vector<ReviewMark>> ListWork(Tx& tx, std::string_view tenant,
                                                   const Review& review, std::string_view after,
                                                   int limit);
  // Records a mark where there is none; false if there is one or it is not of the sample.
  absl::StatusOr<bool> RecordMark(Tx& tx, const Caller& caller, const Review& review,
                                  std::string_view candidate, Mark mark);

  // The changes that a judged review makes.
  absl::Status InsertChanges(Tx& tx, std::string_view tenant, const Review& review,
                             std::span<const Reviewed> changes);
  absl::StatusOr<std::vector<Reviewed>> ListChanges(Tx& tx, std::string_view tenant,
                                                    const Review& review, std::string_view after,
                                                    int limit);
  // Puts them into the results of the submission.
  absl::Status ApplyChanges(Tx& tx, std::string_view tenant, const Review& review);

  absl::Status InsertAppeal(Tx& tx, std::string_view tenant, const Appeal& appeal);
  // NOT_FOUND (APPEAL_NOT_FOUND).
  absl::StatusOr<Appeal> GetAppeal(Tx& tx, const Caller& caller, const AppealName& name);
  absl::Status UpdateAppeal(Tx& tx, const Caller& caller, Appeal& appeal);
  absl::StatusOr<std::vector<Appeal>> ListAppeals(Tx& tx, const Caller& caller,
                                                  const ReviewFilter& filter,
                                                  std::string_view after, int limit);
  absl::StatusOr<std::vector<Appeal>> AppealsOf(Tx& tx, std::string_view tenant,
                                                const Submission& submission);

  // Whether the caller has a review of the submission that is not judged yet.
  absl::StatusOr<bool> IsReviewing(Tx& tx, const Caller& caller, const Submission& submission);

  // Everybody who marked, judged, released, reviewed or decided anything about the submission.
  absl::StatusOr<std::vector<std::string>> Involved(Tx& tx, std::string_view tenant,
                                                    const Submission& submission);
};

}  // namespace assay::moderation
