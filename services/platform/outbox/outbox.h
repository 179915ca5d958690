// Events leave with the state that caused them, and have one effect where they arrive.
#pragma once
#include <cstdint>
#include <limits>
#include <span>
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

// Deletes at most `limit` claims made before `before`; returns how many. An event that comes
// again after its claim was forgotten has its effect again, so keep claims for longer than the
// senders' relays keep published rows.
absl::StatusOr<std::int64_t> ForgetClaims(Transaction& tx, absl::Time before, int limit);

struct OutboxDepth {
  std::int64_t waiting = 0;  // Not yet published.
  absl::Time oldest;         // InfiniteFuture if none waits.
};
absl::StatusOr<OutboxDepth> DepthOfOutbox(Transaction& tx);

// What the relay asks of the outbox. A stream id is Redis's "milliseconds-number"; ids compare
// as two numbers, as in Redis, and not as text. INVALID_ARGUMENT for any other text.

struct OutboxRow {
  std::int64_t seq = 0;  // The order of appending.
  Event event;
};
// The oldest `limit` rows that were not yet published, oldest first.
absl::StatusOr<std::vector<OutboxRow>> NextUnpublished(Transaction& tx, int limit);

struct Published {
  std::int64_t seq = 0;
  std::string stream_id;  // The id that the stream gave it.
};
// Also for rows that were published before: the newest stream id counts.
absl::Status MarkPublished(Transaction& tx, std::span<const Published> rows, absl::Time now);

// The highest stream id that was ever marked and is still kept; "0-0" if there is none. A stream
// whose last id is below it has lost rows.
absl::StatusOr<std::string> LastPublishedId(Transaction& tx);
// Published rows whose stream id is above `stream_id`: what a stream that ends there has lost.
// In the stream's order, at most `limit`; ask again after MarkPublished gave these new ids, or
// after UnmarkPublishedAfter to let NextUnpublished give them out in their old order.
absl::StatusOr<std::vector<OutboxRow>> PublishedAfter(Transaction& tx, std::string_view stream_id,
                                                      int limit);
// Makes at most `limit` of those rows unpublished again; returns how many.
absl::StatusOr<std::int64_t> UnmarkPublishedAfter(
    Transaction& tx, std::string_view stream_id,
    std::int64_t limit = std::numeric_limits<std::int64_t>::max());

// Deletes at most `limit` rows that were published before `before`, oldest first; returns how many.
absl::StatusOr<std::int64_t> ForgetPublished(Transaction& tx, absl::Time before, int limit);

// True if `owner` now holds the lease until now + ttl: it held it already, nobody did, or the
// holder's time was over.
absl::StatusOr<bool> AcquireLease(Transaction& tx, std::string_view owner, absl::Time now,
                                  absl::Duration ttl);
// Lets the next one in at once. No effect unless `owner` holds it.
absl::Status ReleaseLease(Transaction& tx, std::string_view owner);

}  // namespace assay::platform
