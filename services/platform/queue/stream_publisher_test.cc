#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/platform/queue/entry.h"
#include "services/platform/queue/stream.h"
#include "services/platform/testing/servers.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using ::assay::platform::testing::IsOk;
using ::assay::platform::testing::RedisServer;
using ::testing::ElementsAre;
using ::testing::SizeIs;

Event EventNumber(int i) {
  Event event;
  event.id = absl::StrCat("e", i);
  event.type = "assay.test.v1.Happened";
  event.tenant = "tenant-a";
  event.subject = "things/1";
  event.actor = "users/1";
  event.trace = "trace-1";
  event.time = absl::FromUnixMicros(1'777'626'000'123'456 + i);
  event.payload = std::string("\x0a\x00\xff\r\n", 5);
  return event;
}

std::vector<Event> EventNumbers(int first, int last) {
  std::vector<Event> events;
  for (int i = first; i <= last; ++i) events.push_back(EventNumber(i));
  return events;
}

class StreamPublisherTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto started = RedisServer::Start();
    ASSERT_THAT(started, IsOk());
    server_ = started->release();
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override {
    redis_ = RedisConnection::Create({.uri = server_->uri()});
    ASSERT_THAT(Run({"FLUSHALL"}), IsOk());
    publisher_ = Make({});
  }

  std::unique_ptr<Publisher> Make(StreamLimits limits) {
    return MakeStreamPublisher({.uri = server_->uri()}, "test", limits);
  }
  absl::StatusOr<RedisReply> Run(std::initializer_list<std::string_view> words) {
    return redis_->Run(words);
  }
  std::int64_t Length() { return Run({"XLEN", kStream})->integer; }
  // What group `name` reads next; acknowledges all but the last `open`.
  void ReadAndAcknowledge(std::string_view group, int count, int open) {
    const auto read = Run({"XREADGROUP", "GROUP", group, "me", "COUNT", absl::StrCat(count),
                           "STREAMS", kStream, ">"});
    ASSERT_THAT(read, IsOk());
    ASSERT_EQ(read->kind, RedisReply::Kind::kArray) << "nothing to read";
    const auto& entries = read->items[0].items[1].items;
    for (std::size_t i = 0; i + open < entries.size(); ++i) {
      ASSERT_THAT(Run({"XACK", kStream, group, entries[i].items[0].text}), IsOk());
    }
  }
  void Group(std::string_view name) {
    ASSERT_THAT(Run({"XGROUP", "CREATE", kStream, name, "0", "MKSTREAM"}), IsOk());
  }

  static constexpr std::string_view kStream = "assay:events:v1:test";
  static RedisServer* server_;
  std::unique_ptr<RedisConnection> redis_;
  std::unique_ptr<Publisher> publisher_;
};
RedisServer* StreamPublisherTest::server_ = nullptr;

TEST_F(StreamPublisherTest, AppendsEveryFieldOfEveryEventInOrder) {
  const auto ids = publisher_->Publish(EventNumbers(1, 700));
  ASSERT_THAT(ids, IsOk());
  ASSERT_THAT(*ids, SizeIs(700));
  const auto range = Run({"XRANGE", kStream, "-", "+"});
  ASSERT_THAT(range->items, SizeIs(700));
  for (int i = 0; i < 700; ++i) {
    EXPECT_EQ(range->items[i].items[0].text, (*ids)[i]);
    const auto event = EventFrom(range->items[i].items[1]);
    ASSERT_THAT(event, IsOk());
    const Event expected = EventNumber(i + 1);
    EXPECT_EQ(event->id, expected.id);
    EXPECT_EQ(event->type, expected.type);
    EXPECT_EQ(event->tenant, expected.tenant);
    EXPECT_EQ(event->subject, expected.subject);
    EXPECT_EQ(event->actor, expected.actor);
    EXPECT_EQ(event->trace, expected.trace);
    EXPECT_EQ(event->time, expected.time);
    EXPECT_EQ(event->payload, expected.payload);
  }
}

TEST_F(StreamPublisherTest, AppendsLargePayloadsToo) {
  auto events = EventNumbers(1, 5);
  for (Event& event : events) event.payload.assign(3'000'000, 'x');
  ASSERT_THAT(publisher_->Publish(events), IsOk());
  EXPECT_EQ(Length(), 5);
}

TEST_F(StreamPublisherTest, TellsTheLastIdEverAppended) {
  EXPECT_EQ(*publisher_->LastId(), "0-0");
  const auto ids = publisher_->Publish(EventNumbers(1, 3));
  EXPECT_EQ(*publisher_->LastId(), ids->back());
  ASSERT_THAT(Run({"XTRIM", kStream, "MAXLEN", "0"}), IsOk());
  EXPECT_EQ(*publisher_->LastId(), ids->back()) << "trimming is no loss";
  Group("g");
  EXPECT_EQ(*publisher_->LastId(), ids->back());
}

TEST_F(StreamPublisherTest, RefusesWhatAFullStreamCannotTake) {
  publisher_ = Make({.length_max = 5});
  ASSERT_THAT(publisher_->Publish(EventNumbers(1, 4)), IsOk());
  EXPECT_EQ(publisher_->Publish(EventNumbers(5, 6)).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Length(), 4);
  EXPECT_THAT(publisher_->Publish(EventNumbers(5, 5)), IsOk());
}

TEST_F(StreamPublisherTest, SaysResourceExhaustedIfRedisIsOutOfMemory) {
  ASSERT_THAT(Run({"CONFIG", "SET", "maxmemory", "1"}), IsOk());
  EXPECT_EQ(publisher_->Publish(EventNumbers(1, 1)).status().code(),
            absl::StatusCode::kResourceExhausted);
  ASSERT_THAT(Run({"CONFIG", "SET", "maxmemory", "0"}), IsOk());
  EXPECT_THAT(publisher_->Publish(EventNumbers(1, 1)), IsOk());
}

TEST_F(StreamPublisherTest, AppendsNothingToAStreamThatLostEntries) {
  ASSERT_THAT(publisher_->Publish(EventNumbers(1, 3)), IsOk());
  ASSERT_THAT(Run({"FLUSHALL"}), IsOk());
  EXPECT_EQ(publisher_->Publish(EventNumbers(4, 4)).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Length(), 0);
  // Once it was asked where the stream ends, the caller knows.
  EXPECT_EQ(*publisher_->LastId(), "0-0");
  EXPECT_THAT(publisher_->Publish(EventNumbers(4, 4)), IsOk());
}

TEST_F(StreamPublisherTest, NoticesALossOfTheLastEntriesOnly) {
  const auto ids = publisher_->Publish(EventNumbers(1, 3));
  ASSERT_THAT(Run({"FLUSHALL"}), IsOk());
  for (int i = 0; i < 2; ++i) ASSERT_THAT(Run({"XADD", kStream, (*ids)[i], "f", "v"}), IsOk());
  EXPECT_EQ(publisher_->Publish(EventNumbers(4, 4)).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(*publisher_->LastId(), (*ids)[1]);
}

TEST_F(StreamPublisherTest, SaysUnavailableIfRedisIsGone) {
  auto started = RedisServer::Start();
  ASSERT_THAT(started, IsOk());
  const auto publisher = MakeStreamPublisher({.uri = (*started)->uri()}, "test");
  ASSERT_THAT(publisher->Publish(EventNumbers(1, 1)), IsOk());
  (*started)->Kill();
  EXPECT_EQ(publisher->Publish(EventNumbers(2, 2)).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(publisher->LastId().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(publisher->Trim().code(), absl::StatusCode::kUnavailable);
}

class StreamTrimTest : public StreamPublisherTest {
 protected:
  void SetUp() override {
    StreamPublisherTest::SetUp();
    publisher_ = Make({.keep = absl::ZeroDuration()});
  }
  std::vector<std::string> Left() {
    std::vector<std::string> ids;
    const auto range = Run({"XRANGE", kStream, "-", "+"});
    for (const RedisReply& entry : range->items) ids.push_back(EventFrom(entry.items[1])->id);
    return ids;
  }
  void Publish(int first, int last) {
    ASSERT_THAT(publisher_->Publish(EventNumbers(first, last)), IsOk());
  }
};

TEST_F(StreamTrimTest, KeepsEverythingWhileNobodyReads) {
  EXPECT_THAT(publisher_->Trim(), IsOk());
  Publish(1, 3);
  EXPECT_THAT(publisher_->Trim(), IsOk());
  EXPECT_EQ(Length(), 3);
}

TEST_F(StreamTrimTest, ForgetsWhatEveryGroupHasAcknowledged) {
  Publish(1, 6);
  Group("a");
  Group("b");
  ReadAndAcknowledge("a", 6, 0);
  EXPECT_THAT(publisher_->Trim(), IsOk());
  EXPECT_EQ(Length(), 6) << "b has read nothing";
  ReadAndAcknowledge("b", 4, 1);
  EXPECT_THAT(publisher_->Trim(), IsOk());
  EXPECT_THAT(Left(), ElementsAre("e4", "e5", "e6")) << "e4 is pending";
  ReadAndAcknowledge("b", 2, 0);
  EXPECT_THAT(publisher_->Trim(), IsOk());
  EXPECT_THAT(Left(), ElementsAre("e4", "e5", "e6")) << "e4 is pending still";
}

TEST_F(StreamTrimTest, KeepsWhatIsYoungUnlessTheStreamIsHalfFull) {
  publisher_ = Make({.length_max = 10, .keep = absl::Hours(1)});
  Publish(1, 5);
  Group("a");
  ReadAndAcknowledge("a", 5, 0);
  EXPECT_THAT(publisher_->Trim(), IsOk());
  EXPECT_EQ(Length(), 5);
  Publish(6, 6);
  EXPECT_THAT(publisher_->Trim(), IsOk());
  EXPECT_THAT(Left(), ElementsAre("e6"));
}

TEST_F(StreamTrimTest, WaitsForAGroupThatWentWithAWipedRedis) {
  Publish(1, 2);
  Group("a");
  Group("b");
  EXPECT_THAT(publisher_->Trim(), IsOk());
  ASSERT_THAT(Run({"FLUSHALL"}), IsOk());
  ASSERT_THAT(publisher_->LastId(), IsOk());
  Publish(1, 2);
  Group("a");  // Is back first; b's reader is still away.
  ReadAndAcknowledge("a", 2, 0);
  EXPECT_THAT(publisher_->Trim(), IsOk());
  EXPECT_EQ(Length(), 2);
  Group("b");
  ReadAndAcknowledge("b", 2, 0);
  EXPECT_THAT(publisher_->Trim(), IsOk());
  EXPECT_EQ(Length(), 0);
}

TEST(StreamIdTest, ComparesAsNumbers) {
  EXPECT_LT(*ParseStreamId("9-1"), *ParseStreamId("10-0"));
  EXPECT_LT(*ParseStreamId("10-9"), *ParseStreamId("10-10"));
  EXPECT_EQ(ParseStreamId("10-9")->Next().ToString(), "10-10");
  EXPECT_EQ(ParseStreamId("7-18446744073709551615")->Next().ToString(), "8-0");
  for (const char* text : {"", "7", "-", "7-", "-7", "a-1", "1-b"}) {
    EXPECT_EQ(ParseStreamId(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace assay::platform
