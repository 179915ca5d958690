// Events over Redis Streams: one stream per service, one consumer group per reader.
//
// Contract: at least once. A handler that fails is tried again after a backoff,
// `attempts_max` times in all, then the event rests in the dead letters of the
// consumer's own database. Entries another replica left unacknowledged are
// claimed after `stale_after`.
#pragma once
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
};
std::unique_ptr<Publisher> MakeStreamPublisher(RedisOptions redis, std::string_view service,
                                               StreamLimits limits = {});

struct ConsumerOptions {
  std::string group;                  // "notifications": the consuming service.
  std::string name;                   // This replica.
  std::vector<std::string> services;  // Whose streams to read.
  int batch_max = 64;
  int attempts_max = 8;
  absl::Duration block = absl::Milliseconds(500);
  absl::Duration stale_after = absl::Seconds(30);
  absl::Duration retry_min = absl::Milliseconds(200);
  absl::Duration retry_max = absl::Seconds(30);
};

class Consumer {
 public:
  // Reads in a thread of its own until destroyed. `database` keeps dead letters.
  static std::unique_ptr<Consumer> Start(RedisOptions redis, Database& database, const Clock& clock,
                                         ConsumerOptions options, EventHandler handler);
  virtual ~Consumer() = default;  // Stops after the event in hand.
  // Handles a dead letter again, in the caller's thread.
  virtual absl::Status Replay(const Event& event) = 0;
};

}  // namespace assay::platform
