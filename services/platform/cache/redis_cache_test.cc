#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/cache/cache.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/servers.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using ::assay::platform::testing::FakeClock;
using ::assay::platform::testing::IsOk;
using ::assay::platform::testing::RedisServer;

class RedisCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = RedisServer::Start();
    ASSERT_THAT(started, IsOk());
    server_ = *std::move(started);
    CacheOptions options;
    options.redis.uri = server_->uri();
    // A loaded machine may take longer than 50 ms to answer; what is measured is named so.
    options.timeout = absl::Seconds(5);
    cache_ = MakeRedisCache(options, clock_);
  }

  FakeClock clock_;
  std::unique_ptr<RedisServer> server_;
  std::unique_ptr<Cache> cache_;
};

TEST_F(RedisCacheTest, KeepsUntilDeleted) {
  EXPECT_EQ(cache_->Get("k"), std::nullopt);
  const std::string value("a\0b", 3);
  cache_->Set("k", value, absl::Minutes(1));
  EXPECT_EQ(cache_->Get("k"), value);
  EXPECT_EQ(cache_->Get("other"), std::nullopt);
  cache_->Delete("k");
  EXPECT_EQ(cache_->Get("k"), std::nullopt);
}

TEST_F(RedisCacheTest, GivesEveryValueItsLifetimeAndPrefix) {
  cache_->Set("k", "v", absl::Minutes(1));
  const auto redis = RedisConnection::Create({.uri = server_->uri()});
  const auto left = redis->Run({"PTTL", "assay:cache:k"});
  ASSERT_THAT(left, IsOk());
  EXPECT_GT(left->integer, 0);
  EXPECT_LE(left->integer, 60'000);
}

TEST_F(RedisCacheTest, ForgetsAValueSetWithoutALifetime) {
  cache_->Set("k", "v", absl::Minutes(1));
  cache_->Set("k", "w", absl::ZeroDuration());
  EXPECT_EQ(cache_->Get("k"), std::nullopt);
}

TEST_F(RedisCacheTest, ServesMoreThreadsThanConnections) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string key = absl::StrCat(t, ":", i);
        cache_->Set(key, key, absl::Minutes(1));
        if (cache_->Get(key) == key) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 16 * 50);
}

TEST_F(RedisCacheTest, RestsAfterAFailureAndThenFindsRedisAgain) {
  cache_->Set("k", "v", absl::Minutes(1));
  server_->Kill();
  EXPECT_EQ(cache_->Get("k"), std::nullopt);
  ASSERT_THAT(server_->Restart(), IsOk());
  const auto redis = RedisConnection::Create({.uri = server_->uri()});
  ASSERT_THAT(redis->Run({"SET", "assay:cache:k", "w"}), IsOk());
  EXPECT_EQ(cache_->Get("k"), std::nullopt) << "it rests";
  clock_.Advance(absl::Seconds(1));
  // Each connection of the pool that was open has to find out for itself; one was.
  EXPECT_EQ(cache_->Get("k"), "w");
}

TEST_F(RedisCacheTest, AnOutageCostsOneTimeoutAndThenNothing) {
  const auto redis = RedisConnection::Create({.uri = server_->uri()});
  ASSERT_THAT(redis->Run({"CLIENT", "PAUSE", "3600000", "ALL"}),
              IsOk());  // Connects, never answers.
  CacheOptions options;
  options.redis.uri = server_->uri();
  cache_ = MakeRedisCache(options, clock_);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 10'000; ++i) EXPECT_EQ(cache_->Get("k"), std::nullopt);
  // Were each call to wait its 50 ms, this would take more than eight minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(RedisCacheNoneTest, IsAlwaysAMissWithoutAUri) {
  FakeClock clock;
  const auto cache = MakeRedisCache({}, clock);
  cache->Set("k", "v", absl::Minutes(1));
  EXPECT_EQ(cache->Get("k"), std::nullopt);
  cache->Delete("k");
}

}  // namespace
}  // namespace assay::platform
