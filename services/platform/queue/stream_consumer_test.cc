#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/outbox/outbox.h"
#include "services/platform/queue/stream.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/eventually.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/servers.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using ::assay::platform::testing::Eventually;
using ::assay::platform::testing::FakeClock;
using ::assay::platform::testing::IsOk;
using ::assay::platform::testing::RedisServer;
using ::assay::platform::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What a handler saw, and what it shall answer.
class Recorder {
 public:
  EventHandler Handler() {
    return [this](const Event& event) {
      std::lock_guard lock(mutex_);
      seen_.push_back(event.id);
      auto& answers = answers_[event.id];
      if (answers.empty()) return absl::OkStatus();
      const absl::Status answer = answers.front();
      if (answers.size() > 1) answers.erase(answers.begin());
      return answer;
    };
  }
  // The last answer is given for ever.
  void Answer(const std::string& id, std::vector<absl::Status> answers) {
    std::lock_guard lock(mutex_);
    answers_[id] = std::move(answers);
  }
  std::vector<std::string> Seen() {
    std::lock_guard lock(mutex_);
    return seen_;
  }
  int Count(std::string_view id) {
    const auto seen = Seen();
    return static_cast<int>(std::ranges::count(seen, id));
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> seen_;
  std::map<std::string, std::vector<absl::Status>> answers_;
};

class StreamConsumerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = RedisServer::Start();
    ASSERT_THAT(started, IsOk());
    server_ = *std::move(started);
    redis_ = RedisConnection::Create({.uri = server_->uri()});
    publisher_ = MakeStreamPublisher({.uri = server_->uri()}, "sender");
    DatabaseOptions database_options;
    database_options.uri = "sqlite:" + (dir_ / "consumer.db");
    auto database = OpenDatabase(std::move(database_options));
    ASSERT_THAT(database, IsOk());
    database_ = *std::move(database);
    ASSERT_THAT(Migrate(*database_, Migrations()), IsOk());
    options_.group = "reader";
    options_.name = "replica-1";
    options_.services = {"sender"};
    options_.retry_min = absl::Milliseconds(1);
    options_.retry_max = absl::Milliseconds(20);
    options_.block = absl::Milliseconds(50);
  }

  std::unique_ptr<Consumer> Start() { return Start(recorder_.Handler()); }
  std::unique_ptr<Consumer> Start(EventHandler handler) {
    return Consumer::Start({.uri = server_->uri()}, *database_, clock_, options_,
                           std::move(handler));
  }
  static Event MakeEvent(const std::string& id, const std::string& subject = "") {
    Event event;
    event.id = id;
    event.type = "assay.test.v1.Happened";
    event.tenant = "tenant-a";
    event.subject = subject.empty() ? "things/" + id : subject;
    event.time = absl::FromUnixSeconds(1'777'626'000);
    return event;
  }
  void Publish(const std::vector<std::string>& ids, const std::string& subject = "") {
    std::vector<Event> events;
    for (const std::string& id : ids) events.push_back(MakeEvent(id, subject));
    ASSERT_THAT(publisher_->Publish(events), IsOk());
  }
  std::int64_t Pending() {
    const auto reply = redis_->Run({"XPENDING", kStream, "reader"});
    return reply.ok() && !reply->items.empty() ? reply->items[0].integer : -1;
  }
  std::vector<DeadLetter> DeadLetters() {
    std::vector<DeadLetter> letters;
    EXPECT_THAT(database_->ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(letters, ListDeadLetters(tx, 0, 100));
      return absl::OkStatus();
    }),
                IsOk());
    return letters;
  }
  // Delivers everything new to another replica, which never answers.
  void DeliverToTheDead(int times) {
    ASSERT_THAT(redis_->Run({"XREADGROUP", "GROUP", "reader", "dead", "STREAMS", kStream, ">"}),
                IsOk());
    for (int i = 1; i < times; ++i) {
      ASSERT_THAT(redis_->Run({"XREADGROUP", "GROUP", "reader", "dead", "STREAMS", kStream, "0"}),
                  IsOk());
    }
  }
  void MakeGroup() {
    ASSERT_THAT(redis_->Run({"XGROUP", "CREATE", kStream, "reader", "0", "MKSTREAM"}), IsOk());
  }

  static constexpr std::string_view kStream = "assay:events:v1:sender";
  TempDir dir_;
  FakeClock clock_;
  std::unique_ptr<RedisServer> server_;
  std::unique_ptr<RedisConnection> redis_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Database> database_;
  ConsumerOptions options_;
  Recorder recorder_;
};

TEST_F(StreamConsumerTest, HandlesEachEventOnceAndAcknowledgesIt) {
  Publish({"e1", "e2"});
  const auto consumer = Start();
  EXPECT_TRUE(Eventually([&] { return recorder_.Seen().size() == 2; }));
  Publish({"e3"});
  EXPECT_TRUE(Eventually([&] { return recorder_.Seen().size() == 3 && Pending() == 0; }));
  EXPECT_EQ(consumer->stats().handled, 3);
  EXPECT_THAT(recorder_.Seen(), ::testing::UnorderedElementsAre("e1", "e2", "e3"));
}

TEST_F(StreamConsumerTest, ReadsTheStreamsOfSeveralServices) {
  options_.services = {"sender", "other"};
  const auto other = MakeStreamPublisher({.uri = server_->uri()}, "other");
  ASSERT_THAT(other->Publish(std::vector<Event>{MakeEvent("o1")}), IsOk());
  const auto consumer = Start();
  Publish({"e1"});
  EXPECT_TRUE(Eventually([&] { return recorder_.Seen().size() == 2; }));
}

TEST_F(StreamConsumerTest, GivesTheHandlerTheWholeEvent) {
  Event sent = MakeEvent("e1");
  sent.actor = "users/7";
  sent.trace = "trace";
  sent.payload = std::string("\0\xff", 2);
  std::mutex mutex;
  std::optional<Event> got;
  const auto consumer = Start([&](const Event& event) {
    std::lock_guard lock(mutex);
    got = event;
    return absl::OkStatus();
  });
  ASSERT_THAT(publisher_->Publish(std::vector<Event>{sent}), IsOk());
  ASSERT_TRUE(Eventually([&] {
    std::lock_guard lock(mutex);
    return got.has_value();
  }));
  std::lock_guard lock(mutex);
  EXPECT_EQ(got->type, sent.type);
  EXPECT_EQ(got->tenant, sent.tenant);
  EXPECT_EQ(got->subject, sent.subject);
  EXPECT_EQ(got->actor, sent.actor);
  EXPECT_EQ(got->trace, sent.trace);
  EXPECT_EQ(got->time, sent.time);
  EXPECT_EQ(got->payload, sent.payload);
}

TEST_F(StreamConsumerTest, KeepsTheOrderWithinASubject) {
  std::vector<std::string> ids;
  for (int i = 0; i < 300; ++i) ids.push_back(absl::StrCat("e", i));
  Publish(ids, "things/1");
  const auto consumer = Start();
  EXPECT_TRUE(Eventually([&] { return recorder_.Seen().size() == ids.size(); }));
  EXPECT_EQ(recorder_.Seen(), ids);
}

TEST_F(StreamConsumerTest, TriesAgainUntilItSucceeds) {
  recorder_.Answer("e1", {absl::InternalError("no"), absl::AbortedError("no"), absl::OkStatus()});
  Publish({"e1"});
  const auto consumer = Start();
  EXPECT_TRUE(Eventually([&] { return recorder_.Count("e1") == 3 && Pending() == 0; }));
  EXPECT_THAT(DeadLetters(), IsEmpty());
  EXPECT_EQ(consumer->stats().failed, 2);
}

TEST_F(StreamConsumerTest, BuriesWhatFailedTooOften) {
  options_.attempts_max = 3;
  recorder_.Answer("e1", {Error(absl::StatusCode::kInternal, "TEMPLATE_BROKEN", "cannot render")});
  Publish({"e1"});
  const auto consumer = Start();
  ASSERT_TRUE(Eventually([&] { return DeadLetters().size() == 1 && Pending() == 0; }));
  EXPECT_EQ(recorder_.Count("e1"), 3);
  const DeadLetter letter = DeadLetters()[0];
  EXPECT_EQ(letter.consumer, "reader");
  EXPECT_EQ(letter.event.id, "e1");
  EXPECT_EQ(letter.event.type, "assay.test.v1.Happened");
  EXPECT_EQ(letter.attempts, 3);
  EXPECT_EQ(letter.time, clock_.Now());
  EXPECT_THAT(letter.error, HasSubstr("INTERNAL TEMPLATE_BROKEN: cannot render"));
  EXPECT_EQ(consumer->stats().buried, 1);
}

TEST_F(StreamConsumerTest, BuriesAtOnceWhatTheHandlerRefusesForGood) {
  const absl::StatusCode codes[] = {
      absl::StatusCode::kInvalidArgument,    absl::StatusCode::kNotFound,
      absl::StatusCode::kPermissionDenied,   absl::StatusCode::kUnauthenticated,
      absl::StatusCode::kFailedPrecondition, absl::StatusCode::kUnimplemented};
  std::vector<std::string> ids;
  for (const absl::StatusCode code : codes) {
    ids.push_back(absl::StatusCodeToString(code));
    recorder_.Answer(ids.back(), {absl::Status(code, "never")});
  }
  Publish(ids);
  const auto consumer = Start();
  EXPECT_TRUE(Eventually([&] { return DeadLetters().size() == 6 && Pending() == 0; }));
  for (const std::string& id : ids) EXPECT_EQ(recorder_.Count(id), 1) << id;
}

TEST_F(StreamConsumerTest, DoesNotHoldTheFailingEventAgainstTheOthers) {
  options_.lanes = 1;
  options_.batch_max = 2;
  options_.attempts_max = 1'000'000;
  recorder_.Answer("poison", {absl::InternalError("always")});
  Publish({"poison"}, "things/1");
  const auto consumer = Start();
  EXPECT_TRUE(Eventually([&] { return recorder_.Count("poison") > 2; }));
  std::vector<std::string> ids;
  for (int i = 0; i < 50; ++i) ids.push_back(absl::StrCat("e", i));
  Publish(ids, "things/1");
  EXPECT_TRUE(Eventually([&] { return consumer->stats().handled == 50; }));
  EXPECT_EQ(Pending(), 1);
}

TEST_F(StreamConsumerTest, DoesNotCountUnavailableAgainstTheEvent) {
  options_.attempts_max = 2;
  std::vector<absl::Status> answers(10, absl::UnavailableError("approval is away"));
  answers.push_back(absl::OkStatus());
  recorder_.Answer("e1", answers);
  Publish({"e1"});
  const auto consumer = Start();
  EXPECT_TRUE(Eventually([&] { return recorder_.Count("e1") == 11 && Pending() == 0; }));
  EXPECT_THAT(DeadLetters(), IsEmpty());
}

TEST_F(StreamConsumerTest, LosesPatienceWithUnavailableInTheEnd) {
  options_.attempts_max = 2;
  options_.patience = absl::ZeroDuration();
  recorder_.Answer("e1", {absl::UnavailableError("approval is away")});
  Publish({"e1"});
  const auto consumer = Start();
  EXPECT_TRUE(Eventually([&] { return DeadLetters().size() == 1 && Pending() == 0; }));
  EXPECT_LE(recorder_.Count("e1"), 3);
}

TEST_F(StreamConsumerTest, BuriesEntriesThatAreNoEvents) {
  ASSERT_THAT(redis_->Run({"XADD", kStream, "*", "some", "thing"}), IsOk());
  Publish({"e1"});
  const auto consumer = Start();
  EXPECT_TRUE(Eventually(
      [&] { return DeadLetters().size() == 1 && recorder_.Count("e1") == 1 && Pending() == 0; }));
  EXPECT_THAT(DeadLetters()[0].error, HasSubstr("has no field id"));
}

TEST_F(StreamConsumerTest, KeepsTheEventIfItsDatabaseCannotTakeTheDeadLetter) {
  ASSERT_THAT(database_->WriteNow([](Transaction& tx) {
    return tx.Execute("ALTER TABLE dead_letters RENAME TO away", {}).status();
  }),
              IsOk());
  recorder_.Answer("e1", {absl::NotFoundError("never")});
  Publish({"e1"});
  const auto consumer = Start();
  EXPECT_TRUE(Eventually([&] { return recorder_.Count("e1") > 3; }));
  EXPECT_EQ(Pending(), 1);
  ASSERT_THAT(database_->WriteNow([](Transaction& tx) {
    return tx.Execute("ALTER TABLE away RENAME TO dead_letters", {}).status();
  }),
              IsOk());
  EXPECT_TRUE(Eventually([&] { return DeadLetters().size() == 1 && Pending() == 0; }));
}

TEST_F(StreamConsumerTest, TakesOverWhatADeadReplicaLeft) {
  MakeGroup();
  Publish({"e1", "e2"});
  DeliverToTheDead(1);
  options_.stale_after = absl::Milliseconds(50);
  const auto consumer = Start();
  EXPECT_TRUE(Eventually([&] { return consumer->stats().handled == 2 && Pending() == 0; }));
  EXPECT_EQ(consumer->stats().claimed, 2);
}

TEST_F(StreamConsumerTest, LeavesToOthersWhatTheyStillWorkOn) {
  options_.stale_after = absl::Milliseconds(200);
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  std::atomic<int> started = 0;
  const auto slow = [&](const Event&) {
    ++started;
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
    return absl::OkStatus();
  };
  const auto first = Start(slow);
  options_.name = "replica-2";
  const auto second = Start(slow);
  Publish({"e1"});
  ASSERT_TRUE(Eventually([&] { return started == 1; }));
  // Several times stale_after: whoever has it says so in between.
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(1200);
  Eventually([&] { return started > 1 || std::chrono::steady_clock::now() > until; });
  EXPECT_EQ(started, 1);
  {
    std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
  EXPECT_TRUE(Eventually([&] { return Pending() == 0; }));
  EXPECT_EQ(started, 1);
}

TEST_F(StreamConsumerTest, BuriesUntriedWhatEndedEveryReplicaThatHadIt) {
  MakeGroup();
  Publish({"killer"});
  options_.attempts_max = 3;
  DeliverToTheDead(3);
  options_.stale_after = absl::Milliseconds(20);
  const auto consumer = Start();
  EXPECT_TRUE(Eventually([&] { return DeadLetters().size() == 1 && Pending() == 0; }));
  EXPECT_EQ(recorder_.Count("killer"), 0);
  EXPECT_THAT(DeadLetters()[0].error, HasSubstr("without an answer"));
}

TEST_F(StreamConsumerTest, GoesOnWithItsOwnAfterARestart) {
  MakeGroup();
  Publish({"e1"});
  ASSERT_THAT(redis_->Run({"XREADGROUP", "GROUP", "reader", "replica-1", "STREAMS", kStream, ">"}),
              IsOk());
  const auto consumer = Start();  // Does not wait until its own entries are stale.
  EXPECT_TRUE(Eventually([&] { return recorder_.Count("e1") == 1 && Pending() == 0; }));
}

TEST_F(StreamConsumerTest, LetsOthersHaveAtOnceWhatItDidNotGetTo) {
  options_.lanes = 1;
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  std::atomic<int> started = 0;
  auto first = Start([&](const Event&) {
    ++started;
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
    return absl::OkStatus();
  });
  Publish({"e1", "e2", "e3"}, "things/1");
  ASSERT_TRUE(Eventually([&] { return started == 1 && Pending() == 3; }));
  std::thread stopper([&] { first.reset(); });
  // The stop has begun once the reader left; its event in hand then ends.
  {
    std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
  stopper.join();
  options_.name = "replica-2";
  options_.attempts_max = 1;  // What was never tried must not count as tried.
  const auto second = Start();
  EXPECT_TRUE(Eventually([&] { return Pending() == 0; }));
  EXPECT_EQ(static_cast<int>(recorder_.Seen().size()) + started, 3);
  EXPECT_THAT(DeadLetters(), IsEmpty());
}

TEST_F(StreamConsumerTest, CountsPendingEntriesWhoseBodyIsGone) {
  MakeGroup();
  Publish({"e1", "e2"});
  DeliverToTheDead(1);
  const auto range = redis_->Run({"XRANGE", kStream, "-", "+"});
  ASSERT_THAT(redis_->Run({"XDEL", kStream, range->items[0].items[0].text}), IsOk());
  options_.stale_after = absl::Milliseconds(20);
  const auto consumer = Start();
  EXPECT_TRUE(Eventually([&] { return Pending() == 0; }));
  EXPECT_EQ(consumer->stats().lost, 1);
  EXPECT_THAT(recorder_.Seen(), ElementsAre("e2"));
}

TEST_F(StreamConsumerTest, JoinsAgainAfterRedisWasWiped) {
  const auto consumer = Start();
  Publish({"e1"});
  EXPECT_TRUE(Eventually([&] { return recorder_.Count("e1") == 1; }));
  ASSERT_THAT(redis_->Run({"FLUSHALL"}), IsOk());
  ASSERT_THAT(publisher_->LastId(), IsOk());
  Publish({"e2"});
  EXPECT_TRUE(Eventually([&] { return recorder_.Count("e2") == 1 && Pending() == 0; }));
}

TEST_F(StreamConsumerTest, GoesOnAfterRedisWasKilledAndRestarted) {
  const auto consumer = Start();
  Publish({"e1"});
  EXPECT_TRUE(Eventually([&] { return recorder_.Count("e1") == 1; }));
  server_->Kill();
  ASSERT_THAT(server_->Restart(), IsOk());
  publisher_->LastId().IgnoreError();  // Its connection broke.
  Publish({"e2"});
  EXPECT_TRUE(Eventually([&] { return recorder_.Count("e2") == 1; }));
}

TEST_F(StreamConsumerTest, StartsAndStopsWithoutRedis) {
  server_->Kill();
  options_.retry_min = options_.retry_max = absl::Hours(1);
  auto consumer = Start();
  const auto start = std::chrono::steady_clock::now();
  consumer.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(StreamConsumerTest, ReadsNothingNewWhileTooMuchWaits) {
  options_.lanes = 1;
  options_.batch_max = 2;
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  std::atomic<int> started = 0;
  const auto consumer = Start([&](const Event&) {
    ++started;
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
    return absl::OkStatus();
  });
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(absl::StrCat("e", i));
  Publish(ids);
  ASSERT_TRUE(Eventually([&] { return started == 1 && Pending() >= 3; }));
  EXPECT_LE(Pending(), 5);  // One in hand, and less than two batches waiting.
  {
    std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
  EXPECT_TRUE(Eventually([&] { return started == 100 && Pending() == 0; }));
}

TEST_F(StreamConsumerTest, ReplaysADeadLetterInTheCallersThread) {
  options_.services = {};
  recorder_.Answer("e1", {absl::NotFoundError("still")});
  const auto consumer = Start();
  EXPECT_EQ(consumer->Replay(MakeEvent("e1")).code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(consumer->Replay(MakeEvent("e2")), IsOk());
  EXPECT_THAT(recorder_.Seen(), ElementsAre("e1", "e2"));
}

}  // namespace
}  // namespace assay::platform
