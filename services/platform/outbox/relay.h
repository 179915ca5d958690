// Publishes the outbox to the service's stream, and again after Redis lost it.
//
// The outbox is the truth. Rows are kept for `keep` after publishing, with the
// stream id they got. On every (re)connection, and every `sweep`, the relay asks the stream for its
// last id: if Redis came back with less than was published (killed, wiped,
// truncated), the missing rows are published again; consumers' ClaimEvent makes
// the repeat harmless. One relay per service is active (a lease in the database).
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/core/clock.h"
#include "services/platform/events/event.h"
#include "services/platform/storage/database.h"

namespace assay::platform {

// Where events go. platform/queue has the Redis one. Not thread-safe: one relay's alone.
class Publisher {
 public:
  virtual ~Publisher() = default;
  // Appends in order; returns one stream id per event. UNAVAILABLE: none or some
  // were appended, try all again. RESOURCE_EXHAUSTED: the stream is full. ABORTED:
  // the stream has lost entries since it was last asked; compare LastId first.
  virtual absl::StatusOr<std::vector<std::string>> Publish(std::span<const Event> events) = 0;
  // The id of the last entry ever added ("0-0" for an empty or lost stream).
  virtual absl::StatusOr<std::string> LastId() = 0;
  // Forgets what every consumer group has acknowledged.
  virtual absl::Status Trim() = 0;
};

struct RelayOptions {
  int batch_max = 512;
  absl::Duration sweep = absl::Seconds(1);    // Looks even if nobody called Wake().
  absl::Duration keep = absl::Hours(7 * 24);  // Published rows, for republishing.
  absl::Duration tidy = absl::Seconds(10);    // Trims the stream, forgets old rows.
  absl::Duration retry_min = absl::Milliseconds(50);
  absl::Duration retry_max = absl::Seconds(5);
};

class Relay {
 public:
  static std::unique_ptr<Relay> Start(Database& database, Publisher& publisher, const Clock& clock,
                                      RelayOptions options = {});
  virtual ~Relay() = default;  // Stops.
  virtual void Wake() = 0;     // Something was committed. Cheap, never blocks.
  // Returns once the outbox was empty after the call, or DEADLINE_EXCEEDED.
  virtual absl::Status Drain(absl::Duration limit) = 0;
};

}  // namespace assay::platform
