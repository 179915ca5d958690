// From commit to effect, with a real Redis that is killed, wiped and cut short on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/outbox/outbox.h"
#include "services/platform/outbox/relay.h"
#include "services/platform/queue/stream.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/eventually.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/servers.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using ::assay::platform::testing::Eventually;
using ::assay::platform::testing::IsOk;
using ::assay::platform::testing::RedisServer;
using ::assay::platform::testing::TempDir;

// A sending service and a receiving one, each with its database; the receiver in two replicas.
class EventPathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = RedisServer::Start();
    ASSERT_THAT(started, IsOk());
    server_ = *std::move(started);
    sender_ = Open("sender.db", [this] {
      if (Relay* relay = relay_now_.load()) relay->Wake();
    });
    receiver_ = Open("receiver.db", nullptr);
    ASSERT_THAT(receiver_->WriteNow([](Transaction& tx) {
      return tx.Execute("CREATE TABLE effects (event_id TEXT NOT NULL)", {}).status();
    }),
                IsOk());
    publisher_ = MakeStreamPublisher({.uri = server_->uri()}, "sender");
    StartRelay();
    for (int replica = 1; replica <= 2; ++replica) {
      consumers_.push_back(StartConsumer(absl::StrCat("replica-", replica)));
    }
  }
  void TearDown() override {
    StopRelay();
    consumers_.clear();
  }

  std::unique_ptr<Database> Open(std::string_view name,
                                 absl::AnyInvocable<void() const> on_commit) {
    DatabaseOptions options;
    options.uri = "sqlite:" + (dir_ / name);
    options.on_commit = std::move(on_commit);
    auto database = OpenDatabase(std::move(options));
    EXPECT_THAT(database, IsOk());
    EXPECT_THAT(Migrate(**database, Migrations()), IsOk());
    return *std::move(database);
  }
  void StartRelay() {
    RelayOptions options;
    options.sweep = absl::Milliseconds(50);
    options.tidy = absl::Milliseconds(50);
    options.retry_max = absl::Milliseconds(50);
    relay_ = Relay::Start(*sender_, *publisher_, SystemClock(), options);
    relay_now_ = relay_.get();
  }
  void StopRelay() {
    relay_now_ = nullptr;
    relay_.reset();
  }
  std::unique_ptr<Consumer> StartConsumer(std::string name) {
    ConsumerOptions options;
    options.group = "receiver";
    options.name = std::move(name);
    options.services = {"sender"};
    options.retry_min = absl::Milliseconds(5);
    options.retry_max = absl::Milliseconds(50);
    options.block = absl::Milliseconds(50);
    options.stale_after = absl::Milliseconds(500);
    return Consumer::Start({.uri = server_->uri()}, *receiver_, SystemClock(), options,
                           [this](const Event& event) { return Effect(event); });
  }
  absl::Status Effect(const Event& event) {
    return receiver_->WriteNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const bool first, ClaimEvent(tx, "receiver", event, SystemClock().Now()));
      if (!first) {
        ++repeats_;
        return absl::OkStatus();
      }
      return tx.Execute("INSERT INTO effects (event_id) VALUES ($1)", {event.id}).status();
    });
  }
  void Append(int first, int last) {
    for (int i = first; i <= last; ++i) {
      Event event;
      event.id = absl::StrCat("e", i);
      event.type = "assay.test.v1.Happened";
      event.subject = absl::StrCat("things/", i % 17);
      event.time = SystemClock().Now();
      ASSERT_THAT(sender_->WriteNow([&](Transaction& tx) { return AppendEvent(tx, event); }),
                  IsOk());
      ++appended_;
    }
  }
  std::int64_t Effects(std::string_view what = "*") {
    std::int64_t count = -1;
    EXPECT_THAT(receiver_->ReadNow([&](Transaction& tx) {
      return tx.Query(absl::StrCat("SELECT COUNT(", std::string(what), ") FROM effects"), {},
                      [&](const SqlRow& row) {
                        count = row.Int(0);
                        return absl::OkStatus();
                      });
    }),
                IsOk());
    return count;
  }
  void ExpectEachEffectOnce(std::int64_t events) {
    EXPECT_TRUE(
        Eventually([&] { return Effects("DISTINCT event_id") == events; }, absl::Seconds(60)));
    EXPECT_EQ(Effects("DISTINCT event_id"), events);
    EXPECT_THAT(relay_->Drain(absl::Seconds(30)), IsOk());
    EXPECT_EQ(Effects(), events);
  }
  std::string LastId() {
    // Not the relay's publisher, which is the relay's alone.
    return *MakeStreamPublisher({.uri = server_->uri()}, "sender")->LastId();
  }
  void Wipe() {
    const auto redis = RedisConnection::Create({.uri = server_->uri()});
    ASSERT_THAT(redis->Run({"FLUSHALL"}), IsOk());
  }
  // Kills Redis and cuts `bytes` from the end of its log, as a crash of the machine may.
  void KillAndCut(std::uintmax_t bytes) {
    const auto redis = RedisConnection::Create({.uri = server_->uri()});
    const auto dir = redis->Run({"CONFIG", "GET", "dir"});
    ASSERT_THAT(dir, IsOk());
    server_->Kill();
    for (const auto& file :
         std::filesystem::directory_iterator(dir->items[1].text + "/appendonlydir")) {
      if (file.path().string().find(".incr.aof") == std::string::npos) continue;
      const auto size = std::filesystem::file_size(file);
      std::filesystem::resize_file(file, size > bytes ? size - bytes : 0);
    }
  }

  TempDir dir_;
  std::unique_ptr<RedisServer> server_;
  std::atomic<Relay*> relay_now_{nullptr};
  std::atomic<std::int64_t> repeats_{0};
  std::atomic<int> appended_{0};
  std::unique_ptr<Database> sender_;
  std::unique_ptr<Database> receiver_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Relay> relay_;
  std::vector<std::unique_ptr<Consumer>> consumers_;
};

TEST_F(EventPathTest, EveryEventHasItsEffectOnce) {
  Append(1, 200);
  ExpectEachEffectOnce(200);
  EXPECT_EQ(repeats_, 0) << "in peace nothing is delivered twice";
}

TEST_F(EventPathTest, WritesGoOnWithoutRedisAndEventsArriveWhenItIsBack) {
  server_->Kill();
  Append(1, 100);
  EXPECT_EQ(Effects(), 0);
  ASSERT_THAT(server_->Restart(), IsOk());
  ExpectEachEffectOnce(100);
}

TEST_F(EventPathTest, SurvivesAWipeInTheMiddle) {
  std::thread writer([&] { Append(1, 600); });
  ASSERT_TRUE(Eventually([&] { return appended_ > 200; }));
  Wipe();
  ASSERT_TRUE(Eventually([&] { return appended_ > 400; }));
  Wipe();
  writer.join();
  ExpectEachEffectOnce(600);
}

TEST_F(EventPathTest, SurvivesAWipeBeforeAnythingWasRead) {
  consumers_.clear();
  Append(1, 100);
  ASSERT_THAT(relay_->Drain(absl::Seconds(30)), IsOk());
  Wipe();
  Append(101, 110);
  consumers_.push_back(StartConsumer("replica-3"));
  ExpectEachEffectOnce(110);
}

TEST_F(EventPathTest, SurvivesALogCutShort) {
  consumers_.clear();
  Append(1, 100);
  ASSERT_THAT(relay_->Drain(absl::Seconds(30)), IsOk());
  const std::string before = LastId();
  KillAndCut(5000);
  ASSERT_THAT(server_->Restart(), IsOk());
  consumers_.push_back(StartConsumer("replica-3"));
  ExpectEachEffectOnce(100);
  EXPECT_NE(LastId(), before) << "the cut must have cost entries, or this tests nothing";
}

TEST_F(EventPathTest, SurvivesEverythingAtOnce) {
  constexpr int kEvents = 1500;
  std::thread writer([&] { Append(1, kEvents); });
  for (int round = 1; round <= 6; ++round) {
    ASSERT_TRUE(Eventually([&] { return appended_ >= kEvents * round / 7; }));
    switch (round % 3) {
      case 0:
        Wipe();
        break;
      case 1:
        server_->Kill();
        ASSERT_THAT(server_->Restart(), IsOk());
        break;
      case 2:
        KillAndCut(4000);
        ASSERT_THAT(server_->Restart(), IsOk());
        break;
    }
    if (round == 3) consumers_.front() = StartConsumer("replica-4");
    if (round == 4) {
      StopRelay();
      StartRelay();
    }
  }
  writer.join();
  ExpectEachEffectOnce(kEvents);
  EXPECT_GT(repeats_, 0) << "events must have come twice, or this tests nothing";
}

}  // namespace
}  // namespace assay::platform
