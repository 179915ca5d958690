// Which checkpoints of a series ran, how far they came, and for which submissions they raised a
// notice (MOD-16).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

struct CheckpointRun {
  std::string id;
  absl::Time due;          // The date that it leads to: a date that moves makes other checkpoints.
  std::string component;   // Of the last submission that was looked at …
  std::string submission;  // … and its id; empty: none yet.
  std::int64_t notices = 0;
  absl::Time started;
  std::optional<absl::Time> finished;
};

struct SeriesToCheck {
  std::string tenant;
  std::string series;
};

class CheckpointStore {
 public:
  using Tx = platform::Transaction;

  // Of every tenant, those whose time has come, the longest due first; up to `limit`.
  absl::StatusOr<std::vector<SeriesToCheck>> ListDue(Tx& tx, absl::Time now, int limit);
  // When the series is to be looked at next; none: not again until its dates change.
  absl::Status SetNext(Tx& tx, std::string_view tenant, std::string_view series,
                       std::optional<absl::Time> next);

  // Of one series, the newest first; up to `limit`.
  absl::StatusOr<std::vector<CheckpointRun>> List(Tx& tx, std::string_view tenant,
                                                  std::string_view series, int limit);
  absl::StatusOr<std::optional<CheckpointRun>> Find(Tx& tx, std::string_view tenant,
                                                    std::string_view series, std::string_view id,
                                                    absl::Time due);
  // Adds it, or replaces what is known of it.
  absl::Status Put(Tx& tx, std::string_view tenant, std::string_view series,
                   const CheckpointRun& run);
  // True the first time for this checkpoint and submission.
  absl::StatusOr<bool> AddNotice(Tx& tx, std::string_view tenant, std::string_view series,
                                 const CheckpointRun& run, std::int64_t submission, absl::Time now);
};

}  // namespace assay::moderation
