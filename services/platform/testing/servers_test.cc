#include "services/platform/testing/servers.h"

#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform::testing {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(ChildTest, GivesExitCodeAndOutput) {
  TempDir dir;
  auto child = Child::Start({"sh", "-c", "echo $GREETING; exit 3"}, dir / "log", {"GREETING=hei"});
  ASSERT_THAT(child, IsOk());
  EXPECT_EQ((*child)->Wait(), 3);
  EXPECT_FALSE((*child)->Running());
  EXPECT_EQ(Contents(dir / "log"), "hei\n");
}

TEST(ChildTest, GivesTheSignalThatEndedIt) {
  auto child = Child::Start({"sleep", "1000"}, "");
  ASSERT_THAT(child, IsOk());
  EXPECT_TRUE((*child)->Running());
  (*child)->Signal(SIGTERM);
  EXPECT_EQ((*child)->Wait(), -SIGTERM);
}

TEST(ChildTest, IsKilledByItsDestructor) {
  auto child = Child::Start({"sleep", "1000"}, "");
  ASSERT_THAT(child, IsOk());
  const int pid = (*child)->pid();
  child->reset();
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(ChildTest, OutlivesTheThreadThatStartedIt) {
  std::unique_ptr<Child> child;
  std::thread([&] { child = *Child::Start({"sleep", "1000"}, ""); }).join();
  EXPECT_TRUE(child->Running());
}

TEST(ChildTest, SaysWithCode127ThatTheCommandIsMissing) {
  auto child = Child::Start({"no-such-command-here"}, "");
  ASSERT_THAT(child, IsOk());
  EXPECT_EQ((*child)->Wait(), 127);
}

// Run by the test below in a process of its own.
TEST(ChildTest, DISABLED_StartsAServerAndCrashes) {
  auto child = Child::Start({"sleep", "1000"}, "");
  ASSERT_THAT(child, IsOk());
  std::ofstream(getenv("PID_FILE")) << (*child)->pid() << std::flush;
  kill(getpid(), SIGKILL);
}

bool IsGone(const std::string& pid) {
  const std::string stat = Contents("/proc/" + pid + "/stat");
  return stat.empty() || stat.find(") Z ") != std::string::npos;
}

TEST(ChildTest, EndsWhenTheTestProcessIsKilled) {
  TempDir dir;
  auto crashing = Child::Start({"/proc/self/exe", "--gtest_also_run_disabled_tests",
                                "--gtest_filter=ChildTest.DISABLED_StartsAServerAndCrashes"},
                               dir / "log", {"PID_FILE=" + dir / "pid"});
  ASSERT_THAT(crashing, IsOk());
  ASSERT_EQ((*crashing)->Wait(), -SIGKILL) << Contents(dir / "log");
  const std::string pid = Contents(dir / "pid");
  ASSERT_FALSE(pid.empty());
  for (int i = 0; i < 2000 && !IsGone(pid); ++i) poll(nullptr, 0, 5);
  EXPECT_TRUE(IsGone(pid)) << "process " << pid << " outlived the test that started it";
}

TEST(FreePortTest, GivesAUsablePort) {
  EXPECT_GT(FreePort(), 1023);
  EXPECT_LT(FreePort(), 65536);
}

TEST(RedisServerTest, KeepsPortAcrossKillAndRestart) {
  auto redis = RedisServer::Start();
  if (absl::IsFailedPrecondition(redis.status())) GTEST_SKIP() << redis.status();
  ASSERT_THAT(redis, IsOk());
  const std::string uri = (*redis)->uri();
  (*redis)->Kill();
  ASSERT_THAT((*redis)->Restart(), IsOk());
  EXPECT_EQ((*redis)->uri(), uri);
}

TEST(FreshPostgresUriTest, GivesAnEmptyDatabaseEachTime) {
  auto first = FreshPostgresUri();
  if (absl::IsFailedPrecondition(first.status())) GTEST_SKIP() << first.status();
  ASSERT_THAT(first, IsOk());
  auto second = FreshPostgresUri();
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(*first, *second);
  for (const std::string& uri : {*first, *second}) {
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(uri.c_str()), &PQfinish);
    std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection.get(), "CREATE TABLE only_here (a bigint)"), &PQclear);
    EXPECT_EQ(PQresultStatus(result.get()), PGRES_COMMAND_OK) << PQerrorMessage(connection.get());
  }
}

}  // namespace
}  // namespace assay::platform::testing
