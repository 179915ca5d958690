// Events leave with the state that caused them, and have one effect where they arrive.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/events/event.h"
#include "services/platform/storage/database.h"

namespace assay::platform {

// Puts the event into the outbox, in the caller's transaction.
absl::Status AppendEvent(Transaction& tx, const Event& event);

// True the first time `consumer` claims the event in a transaction that commits.
absl::StatusOr<bool> ClaimEvent(Transaction& tx, std::string_view consumer, const Event& event,
                                absl::Time now);

// What was tried too often, kept in the consumer's database for an operator.
struct DeadLetter {
  std::int64_t number = 0;  // Its position; for Replay.
  std::string consumer;
  Event event;
  std::string error;
  int attempts = 0;
  absl::Time time;
};
absl::Status InsertDeadLetter(Transaction& tx, const DeadLetter& letter);
absl::StatusOr<std::vector<DeadLetter>> ListDeadLetters(Transaction& tx, std::int64_t after,
                                                        int limit);
// Removes and returns it; NOT_FOUND (DEAD_LETTER_NOT_FOUND) if there is none.
absl::StatusOr<DeadLetter> TakeDeadLetter(Transaction& tx, std::int64_t number);

struct OutboxDepth {
  std::int64_t waiting = 0;  // Not yet published.
  absl::Time oldest;         // InfiniteFuture if none waits.
};
absl::StatusOr<OutboxDepth> DepthOfOutbox(Transaction& tx);

}  // namespace assay::platform
