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
  // "redis://[[user]:password@]host[:port][/db]" (percent-encoded), "unix:/path".
  std::string uri;
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

// The status of an error reply's text: UNAVAILABLE if Redis will serve later
// (loading, read-only replica, disk trouble), RESOURCE_EXHAUSTED if it is out of
// memory, else FAILED_PRECONDITION. Never has a reason (platform/error).
absl::Status StatusOfReply(std::string_view error_text);

// Not thread-safe. Reconnects by itself at the next call after a failure.
class RedisConnection {
 public:
  static std::unique_ptr<RedisConnection> Create(RedisOptions options);
  virtual ~RedisConnection() = default;
  // UNAVAILABLE if Redis is not there or does not answer in time (then it is not
  // known whether the command ran); StatusOfReply for an error reply;
  // INVALID_ARGUMENT for a URI that is none. `extra_wait` is for commands that block.
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
