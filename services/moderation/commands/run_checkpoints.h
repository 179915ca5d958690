// Looks through a series for what is missing on the way to its dates, and tells (MOD-16, NOT-3).
//
// A checkpoint goes through the submissions in batches, each in a transaction of its own with its
// notices, their events and how far it came: whoever goes on after a stop, or at the same time,
// raises no notice twice.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/blockers/checkpoints.h"
#include "services/moderation/commands/find_blockers.h"
#include "services/moderation/context.h"
#include "services/moderation/stores/checkpoints.h"

namespace assay::moderation {

inline constexpr int kCheckpointBatch = 200;  // Submissions.

// The series' checkpoints by the policy in force today. SERIES_NOT_FOUND, POLICY_NOT_FOUND.
struct CheckpointPlan {
  Series series;
  std::vector<Checkpoint> checkpoints;
};
absl::StatusOr<CheckpointPlan> PlanCheckpoints(const Work& work, std::string_view series);

// A submission that misses something.
struct Found {
  Examined examined;
  Want want;
};
// What a checkpoint finds in a batch of unfinished submissions after `from` (null: the first).
struct FoundBatch {
  std::vector<Found> found;
  std::optional<SubmissionName> last;  // That was looked at; none if none is left.
  bool more = false;
};
absl::StatusOr<FoundBatch> FindWants(const Work& work, const std::string& series,
                                     const Checkpoint& checkpoint, const AwardFrom* from,
                                     int limit);

// Runs one batch of what is due in the series now. Nothing more is to do if `more` is false.
struct CheckpointProgress {
  std::int64_t notices = 0;
  bool more = false;
};
absl::StatusOr<CheckpointProgress> RunCheckpoints(const Work& work, const std::string& series);

// Runs all that is due, of every tenant. For the background; blocks.
absl::Status SweepCheckpoints(const Context& context, absl::Time now);

}  // namespace assay::moderation
