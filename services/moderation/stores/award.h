// What is asked to say what a learner has and what blocks a result: pages of submissions that are
// not finished, and few indexed look-ups for each of them, so that a page costs the same in a
// series of a hundred submissions and of ten thousand.
//
// Submissions come without secret, feedback and times other than that of the hand-in. What a reach
// does not include answers like what does not exist.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/moderation/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

// Empty: any.
struct AwardFilter {
  std::string series;
  std::string component;
  std::string id;
  std::string centre;
  bool unfinished_only = false;  // Not released, or released without a mark of somebody.
};

// From which submission a page goes on.
struct AwardFrom {
  SubmissionName name;
  bool inclusive = false;
};

// Who is meant: by national number, or by number at a centre.
struct LearnerKey {
  std::string uln;
  std::string centre;
  std::string candidate;
};

// A component of a qualification.
struct ComponentKey {
  std::string series;
  std::string id;
  std::string title;
};

// A learner in a submission.
struct Entry {
  Submission submission;
  Candidate candidate;
};

class AwardStore {
 public:
  using Tx = platform::Transaction;

  // In the order of series, component and id; up to `limit`.
  absl::StatusOr<std::vector<Submission>> ListSubmissions(Tx& tx, const Caller& caller,
                                                          const AwardFilter& filter,
                                                          const AwardFrom* from, int limit);
  // Moderator's marks that are outstanding in the stage that is due, by the number of the
  // submission, of those that are allocated; those without are left out.
  absl::StatusOr<absl::flat_hash_map<std::int64_t, std::int64_t>> CountOutstanding(
      Tx& tx, std::string_view tenant, std::span<const Submission> submissions);
  // Candidates who have no mark and are neither absent nor withdrawn; the first `limit`.
  absl::StatusOr<std::vector<std::string>> ListMissing(Tx& tx, std::string_view tenant,
                                                       std::int64_t submission, int limit);
  // Candidates of the sample in force; the first `limit`.
  absl::StatusOr<std::vector<std::string>> ListDrawn(Tx& tx, std::string_view tenant,
                                                     const Submission& submission, int limit);
  // All that the learner is entered for, in the order of submissions; in `filter`'s series,
  // component and submission.
  absl::StatusOr<std::vector<Entry>> FindLearner(Tx& tx, const Caller& caller,
                                                 const AwardFilter& filter, const LearnerKey& key,
                                                 int limit);
  // In the order of series and id; of one series, or with "" of all.
  absl::StatusOr<std::vector<ComponentKey>> ComponentsOf(Tx& tx, std::string_view tenant,
                                                         std::string_view qualification,
                                                         std::string_view series, int limit);
  absl::StatusOr<std::optional<Result>> FindResult(Tx& tx, std::string_view tenant,
                                                   std::int64_t submission,
                                                   std::string_view candidate);
};

}  // namespace assay::moderation
