// The issuer's key set, kept fresh by a thread of its own.
// Internal to platform/auth.
//
// One fetch at a time; an unknown key asks for one, at most every `cooldown`, so that
// made-up keys cannot turn us into a flood on the issuer. A fetch that fails, or
// gives no usable key, leaves the old keys in place for `stale_max`.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "services/platform/auth/authenticator.h"
#include "services/platform/auth/key.h"

namespace assay::platform::auth_internal {

class JwksSource {
 public:
  explicit JwksSource(AuthOptions options);
  ~JwksSource();
  JwksSource(const JwksSource&) = delete;
  JwksSource& operator=(const JwksSource&) = delete;

  // Fetches once, then starts the thread.
  absl::Status Start();

  struct Keys {
    std::shared_ptr<const KeySet> keys;
    std::uint64_t generation;  // Changes with every change of the keys.
  };
  Keys Current() const;
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  void WantNewer();  // Never blocks on a fetch.

 private:
  using Steady = std::chrono::steady_clock;

  void Run();
  absl::StatusOr<std::string> Load();
  absl::StatusOr<std::string> Discover();
  absl::Status FetchOnce();
  void DropIfStale();

  const AuthOptions options_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> generation_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<const KeySet> keys_;
  std::string text_;  // What keys_ was made from.
  bool wanted_ = false;
  Steady::time_point tried_;
  Steady::time_point succeeded_;
  bool failed_ = false;  // The last try.
  std::thread thread_;
};

}  // namespace assay::platform::auth_internal
