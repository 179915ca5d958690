#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/cache/cache.h"
#include "services/platform/core/view.h"
#include "services/platform/log/log.h"

namespace assay::platform {
namespace {

class NoCache final : public Cache {
 public:
  std::optional<std::string> Get(std::string_view) override { return std::nullopt; }
  void Set(std::string_view, std::string_view, absl::Duration) override {}
  void Delete(std::string_view) override {}
};

class RedisCache final : public Cache {
 public:
  RedisCache(CacheOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {
    options_.redis.connect_timeout = options_.timeout;
    options_.redis.command_timeout = options_.timeout;
    for (int i = 0; i < std::max(options_.connections, 1); ++i) {
      free_.push_back(RedisConnection::Create(options_.redis));
    }
  }

  std::optional<std::string> Get(std::string_view key) override {
    auto reply = Run({"GET", Key(key)});
    if (!reply.has_value() || reply->kind != RedisReply::Kind::kString) return std::nullopt;
    return std::move(reply->text);
  }

  void Set(std::string_view key, std::string_view value, absl::Duration lifetime) override {
    const std::int64_t millis = absl::ToInt64Milliseconds(lifetime);
    if (millis <= 0) {
      Delete(key);
    } else {
      Run({"SET", Key(key), value, "PX", absl::StrCat(millis)});
    }
  }

  void Delete(std::string_view key) override { Run({"DEL", Key(key)}); }

 private:
  std::string Key(std::string_view key) const { return absl::StrCat(options_.prefix, View(key)); }

  std::optional<RedisReply> Run(std::initializer_list<std::string_view> words) {
    std::unique_ptr<RedisConnection> redis = Take();
    if (redis == nullptr) return std::nullopt;
    auto reply = redis->Run(words);
    GiveBack(std::move(redis), reply.status());
    if (!reply.ok()) return std::nullopt;
    return *std::move(reply);
  }

  std::unique_ptr<RedisConnection> Take() {
    std::unique_lock lock(mutex_);
    if (clock_.Now() < rests_until_) return nullptr;
    if (!freed_.wait_for(lock, absl::ToChronoMilliseconds(options_.timeout),
                         [this] { return !free_.empty(); })) {
      return nullptr;
    }
    // Those who queued behind a call that found Redis gone need not find out themselves.
    if (clock_.Now() < rests_until_) return nullptr;
    auto redis = std::move(free_.back());
    free_.pop_back();
    return redis;
  }

  void GiveBack(std::unique_ptr<RedisConnection> redis, const absl::Status& status) {
    bool lost = false;
    bool found = false;
    {
      std::lock_guard lock(mutex_);
      free_.push_back(std::move(redis));
      if (!status.ok()) {
        rests_until_ = clock_.Now() + options_.rest;
        lost = !std::exchange(away_, true);
      } else {
        found = std::exchange(away_, false);
      }
    }
    freed_.notify_all();
    if (lost) Log(Severity::kWarning, "cache.lost", {{"error", status.ToString()}});
    if (found) Log(Severity::kInfo, "cache.found");
  }

  CacheOptions options_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<RedisConnection>> free_;
  absl::Time rests_until_ = absl::InfinitePast();
  bool away_ = false;
};

}  // namespace

std::unique_ptr<Cache> MakeRedisCache(CacheOptions options, const Clock& clock) {
  if (options.redis.uri.empty()) return std::make_unique<NoCache>();
  return std::make_unique<RedisCache>(std::move(options), clock);
}

}  // namespace assay::platform
