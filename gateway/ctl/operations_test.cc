#include "gateway/ctl/operations.h"

#include <gtest/gtest.h>

#include <fstream>

#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::gateway::ctl {
namespace {

using platform::RedisReply;
using platform::testing::IsError;
using platform::testing::TempDir;
using Kind = RedisReply::Kind;

RedisReply Word(std::string text) {
  RedisReply reply;
  reply.kind = Kind::kString;
  reply.text = std::move(text);
  return reply;
}

RedisReply Whole(std::int64_t n) {
  RedisReply reply;
  reply.kind = Kind::kInteger;
  reply.integer = n;
  return reply;
}

RedisReply List(std::vector<RedisReply> items) {
  RedisReply reply;
  reply.kind = Kind::kArray;
  reply.items = std::move(items);
  return reply;
}

absl::StatusOr<std::vector<ServiceAddress>> Services(std::vector<std::string> words) {
  const auto args = Args::Parse(ServiceFlags(), 0, 0, words);
  EXPECT_TRUE(args.ok()) << args.status();
  return ServicesFrom(*args);
}

TEST(OperationsTest, ReadsWhatRedisSaysOfTheReaders) {
  const RedisReply group =
      List({Word("name"), Word("notifications"), Word("consumers"), Whole(1), Word("pending"),
            Whole(3), Word("last-delivered-id"), Word("5-0"), Word("lag"), Whole(2)});
  const RedisReply unsure = List({Word("name"), Word("m"), Word("lag"), RedisReply()});
  const auto groups = GroupsOf(List({group, unsure}));
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].group, "notifications");
  EXPECT_EQ(groups[0].pending, 3);
  EXPECT_EQ(groups[0].lag, 2);
  EXPECT_EQ(groups[1].lag, -1);
}

TEST(OperationsTest, ServicesAreNamedOrFoundByTheirPortFiles) {
  TempDir dir;
  std::ofstream(dir / "moderation.port") << "7103\n";
  const auto found = Services({"--run-dir", dir.path()});
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->at(0).name, "moderation");
  EXPECT_EQ(found->at(0).address, "127.0.0.1:7103");

  const auto named = Services({"--service", "a=h:1", "--service=b=[::1]:2"});
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(named->at(1).name, "b");
  EXPECT_EQ(named->at(1).address, "[::1]:2");

  EXPECT_TRUE(IsUsageError(Services({"--service", "moderation"}).status()));
  TempDir empty;
  EXPECT_THAT(Services({"--run-dir", empty.path()}),
              IsError(absl::StatusCode::kNotFound, "NO_SERVICES"));
}

TEST(OperationsTest, AServiceThatIsNotThereIsAnErrorAndNotAWait) {
  OperationsClient client({"moderation", "127.0.0.1:1"}, "token");
  EXPECT_TRUE(absl::IsUnavailable(client.Queue().status()));
}

}  // namespace
}  // namespace assay::gateway::ctl
