// Time and chance that tests decide, and folders that go away.
#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>

#include "absl/time/time.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/entropy.h"

namespace assay::platform::testing {

// Moves only on request. Starts at 2026-05-01 09:00 UTC.
class FakeClock final : public Clock {
 public:
  absl::Time Now() const override {
    std::lock_guard lock(mutex_);
    return now_;
  }
  void Advance(absl::Duration d) {
    std::lock_guard lock(mutex_);
    now_ += d;
  }
  void Set(absl::Time now) {
    std::lock_guard lock(mutex_);
    now_ = now;
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_ = absl::FromUnixSeconds(1'777'626'000);
};

// The same bytes in the same order, every run (splitmix64 from a fixed seed).
class FakeEntropy final : public Entropy {
 public:
  void Fill(std::span<std::uint8_t> bytes) override {
    for (auto& b : bytes) {
      std::uint64_t z = (state_.fetch_add(0x9e3779b97f4a7c15ull) + 0x9e3779b97f4a7c15ull);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
      b = static_cast<std::uint8_t>(z >> 56);
    }
  }

 private:
  std::atomic<std::uint64_t> state_{42};
};

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string path() const { return path_.string(); }
  std::string operator/(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace assay::platform::testing
