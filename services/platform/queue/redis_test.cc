#include "services/platform/queue/redis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/platform/testing/servers.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using ::assay::platform::testing::FreePort;
using ::assay::platform::testing::IsOk;
using ::assay::platform::testing::RedisServer;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Kind = RedisReply::Kind;

class RedisTest : public ::testing::Test {
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
  static std::unique_ptr<RedisConnection> Connect() {
    return RedisConnection::Create({.uri = server_->uri()});
  }
  static absl::StatusOr<RedisReply> RunOnce(std::string uri) {
    return RedisConnection::Create({.uri = std::move(uri)})->Run({"PING"});
  }

  static RedisServer* server_;
};
RedisServer* RedisTest::server_ = nullptr;

TEST_F(RedisTest, ReturnsRepliesByKind) {
  const auto redis = Connect();
  EXPECT_EQ(redis->Run({"PING"})->kind, Kind::kStatus);
  EXPECT_EQ(redis->Run({"GET", "absent"})->kind, Kind::kNil);
  EXPECT_EQ(redis->Run({"INCRBY", "number", "41"})->integer, 41);
  const std::string binary("a\0\r\n\xff", 5);
  EXPECT_THAT(redis->Run({"SET", "text", binary}), IsOk());
  EXPECT_EQ(redis->Run({"GET", "text"})->text, binary);
  EXPECT_THAT(redis->Run({"RPUSH", "list", "x", ""}), IsOk());
  const auto list = redis->Run({"LRANGE", "list", "0", "-1"});
  ASSERT_EQ(list->kind, Kind::kArray);
  ASSERT_THAT(list->items, SizeIs(2));
  EXPECT_EQ(list->items[0].text, "x");
  EXPECT_EQ(list->items[1].text, "");
}

TEST_F(RedisTest, TurnsErrorRepliesIntoStatusesAndGoesOn) {
  const auto redis = Connect();
  const auto wrong = redis->Run({"NOSUCHCOMMAND"});
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("unknown command"));
  EXPECT_THAT(redis->Run({"PING"}), IsOk());
}

struct ReplyCase {
  std::string_view text;
  absl::StatusCode code;
};

TEST(StatusOfReplyTest, TellsLaterFromFullFromWrong) {
  const ReplyCase cases[] = {
      {"LOADING Redis is loading the dataset in memory", absl::StatusCode::kUnavailable},
      {"READONLY You can't write against a read only replica.", absl::StatusCode::kUnavailable},
      {"MISCONF Redis is configured to save", absl::StatusCode::kUnavailable},
      {"OOM command not allowed", absl::StatusCode::kResourceExhausted},
      {"WRONGTYPE Operation", absl::StatusCode::kFailedPrecondition},
      {"NOAUTH Authentication required.", absl::StatusCode::kFailedPrecondition},
      {"ERR LOADING is not the code here", absl::StatusCode::kFailedPrecondition},
  };
  for (const ReplyCase& c : cases) EXPECT_EQ(StatusOfReply(c.text).code(), c.code) << c.text;
}

TEST_F(RedisTest, PipelinesManyCommandsAndKeepsErrorsInPlace) {
  const auto redis = Connect();
  std::vector<std::vector<std::string>> commands;
  for (int i = 0; i < 1000; ++i) commands.push_back({"SET", absl::StrCat("k", i), "v"});
  commands.push_back({"INCR", "k0"});
  commands.push_back({"GET", "k999"});
  const auto replies = redis->Pipeline(commands);
  ASSERT_THAT(replies, IsOk());
  ASSERT_THAT(*replies, SizeIs(1002));
  EXPECT_EQ((*replies)[1000].kind, Kind::kError);
  EXPECT_EQ((*replies)[1001].text, "v");
  EXPECT_THAT(redis->Run({"PING"}), IsOk());
}

TEST_F(RedisTest, WaitsForBlockingCommandsAsLongAsTold) {
  const auto redis =
      RedisConnection::Create({.uri = server_->uri(), .command_timeout = absl::Milliseconds(100)});
  const std::string_view words[] = {"BLPOP", "never", "0.3"};
  EXPECT_THAT(redis->Run(words, absl::Seconds(2)), IsOk());
  EXPECT_EQ(redis->Run(words, absl::ZeroDuration()).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_THAT(redis->Run({"PING"}), IsOk()) << "a late answer must not be taken for this one's";
}

TEST_F(RedisTest, ReconnectsAfterTheServerCameBack) {
  auto started = RedisServer::Start();
  ASSERT_THAT(started, IsOk());
  RedisServer& server = **started;
  const auto redis = RedisConnection::Create({.uri = server.uri()});
  ASSERT_THAT(redis->Run({"PING"}), IsOk());
  server.Kill();
  EXPECT_EQ(redis->Run({"PING"}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(redis->Run({"PING"}).status().code(), absl::StatusCode::kUnavailable);
  ASSERT_THAT(server.Restart(), IsOk());
  EXPECT_THAT(redis->Run({"PING"}), IsOk());
}

TEST_F(RedisTest, SelectsTheDatabaseOfTheUri) {
  const auto first = RedisConnection::Create({.uri = server_->uri() + "/1"});
  const auto second = RedisConnection::Create({.uri = server_->uri() + "/2"});
  ASSERT_THAT(first->Run({"SET", "where", "one"}), IsOk());
  EXPECT_EQ(second->Run({"GET", "where"})->kind, Kind::kNil);
}

TEST_F(RedisTest, LogsInWithThePasswordOfTheUri) {
  const auto admin = Connect();
  ASSERT_THAT(admin->Run({"ACL", "SETUSER", "portal", "on", ">p@ss:w/rd", "+@all", "~*"}), IsOk());
  const std::string place = absl::StrCat("127.0.0.1:", server_->port());
  EXPECT_THAT(RunOnce("redis://portal:p%40ss%3Aw%2Frd@" + place), IsOk());
  const auto refused = RunOnce("redis://portal:hunter2@" + place);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(refused.status().ToString(), Not(HasSubstr("hunter2")));
}

TEST_F(RedisTest, RefusesUrisThatAreNone) {
  for (const char* uri :
       {"", "127.0.0.1:6379", "redis://", "redis://host:port", "redis://h:0", "redis://h:70000",
        "redis://h/x", "redis://hunter2@h", "unix:relative", "http://h"}) {
    SCOPED_TRACE(uri);
    const auto result = RunOnce(uri);
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(result.status().ToString(), Not(HasSubstr("hunter2")));
  }
}

TEST_F(RedisTest, SaysUnavailableIfNobodyListens) {
  EXPECT_EQ(RunOnce(absl::StrCat("redis://127.0.0.1:", FreePort())).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(RunOnce("unix:/nowhere/redis.sock").status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace assay::platform
