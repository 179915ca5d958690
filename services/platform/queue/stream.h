// Events over Redis Streams: one stream per service, one consumer group per reader.
//
// Contract: at least once. A handler that fails is tried again after a backoff,
// `attempts_max` times in all, then the event rests in the dead letters of the
// consumer's own database. So does, at once, an event that the handler refuses with
// INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED,
// FAILED_PRECONDITION or UNIMPLEMENTED. Entries that another replica left
// unacknowledged are claimed after `stale_after`.
//
// Events of one subject are handled one at a time and in the stream's order, except
// those that are tried again: one that fails does not hold up the others.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/platform/core/clock.h"
#include "services/platform/events/event.h"
#include "services/platform/outbox/relay.h"
#include "services/platform/queue/redis.h"
#include "services/platform/storage/database.h"

namespace assay::platform {

struct StreamLimits {
  std::int64_t length_max = 1'000'000;  // Publish answers RESOURCE_EXHAUSTED beyond it.
  // Trim leaves what is younger, for a reader whose group went with a wiped Redis and
  // that is not back yet. Not if the stream is more than half full.
  absl::Duration keep = absl::Minutes(10);
};
// Publish answers ABORTED, having appended nothing, if the stream's last id is below
// the one that the last Publish or LastId saw: Redis lost data.
std::unique_ptr<Publisher> MakeStreamPublisher(RedisOptions redis, std::string_view service,
                                               StreamLimits limits = {});

struct ConsumerOptions {
  std::string group;                  // "notifications": the consuming service.
  std::string name;                   // This replica.
  std::vector<std::string> services;  // Whose streams to read.
  int batch_max = 64;
  int lanes = 8;  // Handlers that run at once; the handler is called from as many threads.
  int attempts_max = 8;
  // UNAVAILABLE says nothing about the event: for this long it is not counted.
  absl::Duration patience = absl::Minutes(10);
  absl::Duration block = absl::Milliseconds(500);
  absl::Duration stale_after = absl::Seconds(30);
  absl::Duration retry_min = absl::Milliseconds(200);
  absl::Duration retry_max = absl::Seconds(30);
};

struct ConsumerStats {
  std::int64_t handled = 0;
  std::int64_t failed = 0;   // Attempts that failed.
  std::int64_t buried = 0;   // Put into the dead letters.
  std::int64_t claimed = 0;  // Taken over from a replica that left them.
  std::int64_t lost = 0;     // Pending entries whose body the stream no longer has.
};

class Consumer {
 public:
  // Reads in threads of its own until destroyed. `database` keeps dead letters.
  static std::unique_ptr<Consumer> Start(RedisOptions redis, Database& database, const Clock& clock,
                                         ConsumerOptions options, EventHandler handler);
  virtual ~Consumer() = default;  // Stops after the events in hand; others may have the rest.
  // Handles a dead letter again, in the caller's thread.
  virtual absl::Status Replay(const Event& event) = 0;
  virtual ConsumerStats stats() const = 0;
};

}  // namespace assay::platform
