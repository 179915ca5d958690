// What moderation keeps in its database, and what it promises about keeping it.
//
// Every promise below is tested by store_test.cc on both engines. Stateless: works on the
// caller's transaction, so a command writes state, outbox and request id at once. What a reach
// does not include answers like what does not exist.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

// What was judged, as it is kept.
struct RecordedJudgement {
  enum class Verdict { kCentreMarksStand, kAdjust, kLookFurther, kModeratorMarksStand };
  std::string sample;       // Id.
  std::int64_t number = 0;  // Of the sample's judgements, from 1.
  Verdict verdict = Verdict::kLookFurther;
  Stage stage = Stage::kSubSample;  // That is due if it looks further, else that decided.
  std::string finding;
  Mark tolerance = 0;
  std::int64_t judged = 0;
  std::int64_t inside = 0;
  std::int64_t outstanding = 0;
  Mark difference_sum = 0;  // Centre less moderator.
  std::optional<double> rank_correlation;
  std::string method;  // "least-squares"
  std::string line;    // The mapping's text (adjustment/mapping.h); empty if none was fitted.
  double intercept = 0;
  double slope = 0;
  double residual_spread = 0;
  std::string before;  // Distributions, if it decided: "count lowest highest mean deviation".
  std::string after;
  std::string judged_by;
  absl::Time judge_time;
};

struct Correction {
  std::string candidate;
  std::optional<Mark> before;
  Mark after = 0;
  std::string reason;
};

// A drawn candidate with both marks.
struct Marked {
  Pick pick;
  Mark centre_mark = 0;
};

// Which submissions a list is about; empty: any.
struct SubmissionFilter {
  std::string series;
  std::string component;
  std::string consortium;  // Id.
  std::optional<State> state;
};

class Store {
 public:
  using Tx = platform::Transaction;

  // ALREADY_EXISTS (SERIES_EXISTS).
  absl::Status InsertSeries(Tx& tx, std::string_view tenant, const Series& series);
  // NOT_FOUND (SERIES_NOT_FOUND).
  absl::StatusOr<Series> GetSeries(Tx& tx, std::string_view tenant, std::string_view id);
  // Replaces the series whose version is `series.version`, adds one to it there and here, and has
  // its checkpoints looked at anew. ABORTED (ETAG_MISMATCH) if it has another.
  absl::Status UpdateSeries(Tx& tx, std::string_view tenant, Series& series);
  // Up to `limit`, in the order of ids, after `after` (empty: from the first). So do all lists.
  absl::StatusOr<std::vector<Series>> ListSeries(Tx& tx, std::string_view tenant,
                                                 std::string_view after, int limit);

  // ALREADY_EXISTS (COMPONENT_EXISTS).
  absl::Status InsertComponent(Tx& tx, std::string_view tenant, const Component& component);
  // NOT_FOUND (COMPONENT_NOT_FOUND).
  absl::StatusOr<Component> GetComponent(Tx& tx, std::string_view tenant, std::string_view series,
                                         std::string_view id);
  absl::StatusOr<std::vector<Component>> ListComponents(Tx& tx, std::string_view tenant,
                                                        std::string_view series,
                                                        std::string_view after, int limit);

  // Sets the number. ALREADY_EXISTS (SUBMISSION_EXISTS).
  absl::Status InsertSubmission(Tx& tx, std::string_view tenant, Submission& submission);
  // NOT_FOUND (SUBMISSION_NOT_FOUND) if there is none within reach.
  absl::StatusOr<Submission> GetSubmission(Tx& tx, const Caller& caller,
                                           const SubmissionName& name);
  // Replaces the submission whose version is `submission.version`, and adds one to it there
  // and here. ABORTED (ETAG_MISMATCH) if it has another.
  absl::Status UpdateSubmission(Tx& tx, const Caller& caller, Submission& submission);
  // In the order of series, component and id, after those of `after` (null: from the first).
  absl::StatusOr<std::vector<Submission>> ListSubmissions(Tx& tx, const Caller& caller,
                                                          const SubmissionFilter& filter,
                                                          const SubmissionName* after, int limit);

  // The whole cohort, in the order of numbers.
  absl::StatusOr<std::vector<Candidate>> LoadCandidates(Tx& tx, std::string_view tenant,
                                                        std::int64_t submission);
  // NOT_FOUND, without a reason, if there is none.
  absl::StatusOr<Candidate> GetCandidate(Tx& tx, std::string_view tenant, std::int64_t submission,
                                         std::string_view number);
  absl::StatusOr<std::vector<Candidate>> ListCandidates(Tx& tx, std::string_view tenant,
                                                        std::int64_t submission,
                                                        std::string_view after, int limit,
                                                        bool missing_only);
  // None of them is recorded yet: the fast way, for many.
  absl::Status InsertCandidates(Tx& tx, std::string_view tenant, std::int64_t submission,
                                std::span<const Candidate> candidates);
  // Adds it or replaces what was recorded.
  absl::Status PutCandidate(Tx& tx, std::string_view tenant, std::int64_t submission,
                            const Candidate& candidate);
  absl::Status DeleteCandidates(Tx& tx, std::string_view tenant, std::int64_t submission);
  absl::Status InsertCorrection(Tx& tx, const Caller& caller, const Submission& submission,
                                const Correction& correction);

  // With its picks.
  absl::Status InsertSample(Tx& tx, std::string_view tenant, std::int64_t submission,
                            const Sample& sample);
  absl::Status InsertPicks(Tx& tx, std::string_view tenant, std::int64_t submission,
                           std::string_view sample, std::span<const Pick> picks);
  // With its picks. NOT_FOUND, without a reason, if there is none.
  absl::StatusOr<Sample> GetSample(Tx& tx, std::string_view tenant, std::int64_t submission,
                                   std::string_view id);
  absl::StatusOr<std::vector<Sample>> ListSamples(Tx& tx, std::string_view tenant,
                                                  std::int64_t submission, std::string_view after,
                                                  int limit);
  // Voids the sample and forgets the results that came of it.
  absl::Status VoidSample(Tx& tx, std::string_view tenant, std::int64_t submission,
                          std::string_view id);

  // Of the sample in force, up to `stage`, in the order of candidates.
  absl::StatusOr<std::vector<Marked>> ListMarked(Tx& tx, std::string_view tenant,
                                                 const Submission& submission, Stage stage,
                                                 std::string_view after, int limit);
  // Records the mark of a pick that has none; returns false if it has one or is not drawn.
  absl::StatusOr<bool> RecordMark(Tx& tx, const Caller& caller, const Submission& submission,
                                  std::string_view candidate, Mark mark);
  // Picks up to `stage` without a mark.
  absl::StatusOr<std::int64_t> CountOutstanding(Tx& tx, std::string_view tenant,
                                                const Submission& submission, Stage stage);

  // ALREADY_EXISTS (MODERATOR_EXISTS) if the subject is one already.
  absl::Status InsertModerator(Tx& tx, std::string_view tenant, const Moderator& moderator);
  // NOT_FOUND (MODERATOR_NOT_FOUND).
  absl::StatusOr<Moderator> GetModerator(Tx& tx, std::string_view tenant, std::string_view id);
  // Replaces the moderator whose version is `moderator.version`, and adds one to it there and here;
  // the subject stays. ABORTED (ETAG_MISMATCH) if it has another.
  absl::Status UpdateModerator(Tx& tx, std::string_view tenant, Moderator& moderator);
  absl::StatusOr<std::vector<Moderator>> ListModerators(Tx& tx, std::string_view tenant,
                                                        std::string_view after, int limit);

  // Sets the number.
  absl::Status InsertJudgement(Tx& tx, std::string_view tenant, std::int64_t submission,
                               RecordedJudgement& judgement);
  // The last one of the sample in force; none if it has not been judged.
  absl::StatusOr<std::optional<RecordedJudgement>> LatestJudgement(Tx& tx, std::string_view tenant,
                                                                   const Submission& submission);
  absl::Status InsertResults(Tx& tx, std::string_view tenant, std::int64_t submission,
                             std::span<const Result> results);
  absl::StatusOr<std::vector<Result>> ListResults(Tx& tx, std::string_view tenant,
                                                  std::int64_t submission, std::string_view after,
                                                  int limit);
};

}  // namespace assay::moderation
