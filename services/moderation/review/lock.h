// How long the evidence of a submission must not be deleted (MOD-13): from the draw through the
// windows for a review and for appeals, and while anything is open.
#pragma once
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "services/moderation/model.h"

namespace assay::moderation {

struct LockFacts {
  State state = State::kOpen;
  bool sampled = false;                      // A sample is in force.
  bool open = false;                         // A review or appeal that somebody has to act on.
  std::vector<absl::Time> window_ends = {};  // Of those that have begun.
};

struct LockTerm {
  bool locked = false;
  std::optional<absl::Time> until;  // None: until told otherwise.

  friend bool operator==(const LockTerm&, const LockTerm&) = default;
};

LockTerm LockTermOf(const LockFacts& facts, absl::Time now);

}  // namespace assay::moderation
