// One connection to Redis (hiredis 0.14), made safe to hold.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace assay::platform {

struct RedisOptions {
  std::string uri;  // "redis://[:password@]host:port[/db]", "unix:/path"
  absl::Duration connect_timeout = absl::Milliseconds(500);
  absl::Duration command_timeout = absl::Seconds(1);
};

struct RedisReply {
  enum class Kind { kNil, kInteger, kString, kStatus, kArray, kError };
  Kind kind = Kind::kNil;
  std::int64_t integer = 0;
  std::string text;
  std::vector<RedisReply> items;
};

// Not thread-safe. Reconnects by itself at the next call after a failure.
class RedisConnection {
 public:
  static std::unique_ptr<RedisConnection> Create(RedisOptions options);
  virtual ~RedisConnection() = default;
  // UNAVAILABLE if Redis is not there or does not answer in time; an error
  // reply is FAILED_PRECONDITION with its text (RESOURCE_EXHAUSTED for OOM).
  virtual absl::StatusOr<RedisReply> Run(std::span<const std::string_view> words,
                                         absl::Duration extra_wait = absl::ZeroDuration()) = 0;
  // All commands in one round trip; one reply each (kError replies are returned).
  virtual absl::StatusOr<std::vector<RedisReply>> Pipeline(
      std::span<const std::vector<std::string>> commands) = 0;
  absl::StatusOr<RedisReply> Run(std::initializer_list<std::string_view> words) {
    return Run(std::span<const std::string_view>(words.begin(), words.size()));
  }
};

}  // namespace assay::platform
