// Answers kept for a while in Redis; bypassed when Redis is gone.
//
// A cache only saves work: a miss and an outage look the same to the caller.
// Calls may block for `timeout` (once more to connect and to get a connection),
// so they belong on the pool (rpc: Ask), never on a gRPC thread. After a failure
// the cache answers "miss" at once for `rest`, so an outage costs nothing.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "services/platform/core/clock.h"
#include "services/platform/queue/redis.h"

namespace assay::platform {

// Thread-safe. Keys carry the tenant: "approval:check:{tenant}:{centre}:…".
class Cache {
 public:
  virtual ~Cache() = default;
  virtual std::optional<std::string> Get(std::string_view key) = 0;
  virtual void Set(std::string_view key, std::string_view value, absl::Duration lifetime) = 0;
  virtual void Delete(std::string_view key) = 0;
};

struct CacheOptions {
  RedisOptions redis;  // Empty uri: every Get is a miss. Its timeouts give way to `timeout`.
  absl::Duration timeout = absl::Milliseconds(50);
  std::string prefix = "assay:cache:";
  int connections = 4;  // At most; each is opened when it is first needed.
  absl::Duration rest = absl::Seconds(1);
};
std::unique_ptr<Cache> MakeRedisCache(CacheOptions options, const Clock& clock);

}  // namespace assay::platform
