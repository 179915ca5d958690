#include "services/moderation/review/lock.h"

#include <algorithm>

namespace assay::moderation {

LockTerm LockTermOf(const LockFacts& facts, absl::Time now) {
  if (facts.state != State::kReleased) return {.locked = facts.sampled, .until = std::nullopt};
  if (facts.open) return {.locked = true, .until = std::nullopt};
  absl::Time end = absl::InfinitePast();
  for (const absl::Time window_end : facts.window_ends) end = std::max(end, window_end);
  if (end <= now) return {};
  return {.locked = true, .until = end};
}

}  // namespace assay::moderation
