// What only PostgreSQL has: conflicts, reruns, and connections that are lost.
#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/database.h"
#include "services/platform/testing/servers.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using testing::IsOk;
using ::testing::Not;

class PostgresDatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::string> uri = testing::FreshPostgresUri();
    if (absl::IsFailedPrecondition(uri.status())) GTEST_SKIP() << uri.status();
    ASSERT_THAT(uri, IsOk());
    uri_ = *uri;
    database_ = Open(4);
    ASSERT_THAT(db().WriteNow([](Transaction& tx) {
      return tx.ExecuteScript("CREATE TABLE marks (candidate BIGINT, mark BIGINT)");
    }),
                IsOk());
  }

  std::unique_ptr<Database> Open(int connections) {
    DatabaseOptions options;
    options.uri = uri_;
    options.connections_max = connections;
    auto opened = OpenDatabase(std::move(options));
    EXPECT_THAT(opened, IsOk());
    return *std::move(opened);
  }
  Database& db() { return *database_; }

  std::string uri_;
  std::unique_ptr<Database> database_;
};

absl::StatusOr<std::int64_t> Number(Transaction& tx, std::string_view sql) {
  std::int64_t number = -1;
  RETURN_IF_ERROR(tx.Query(sql, {}, [&](const SqlRow& row) {
    number = row.Int(0);
    return absl::OkStatus();
  }));
  return number;
}

// Two bodies both read that there is nothing, then both write: only a serial order, in which one
// of them sees the other's row, is allowed.
TEST_F(PostgresDatabaseTest, RerunsABodyThatConflictsUntilItSeesTheOthersChange) {
  std::latch both_have_read(2);
  std::atomic<int> runs = 0;
  const auto insert_if_none = [&](Transaction& tx) -> absl::Status {
    const int run = ++runs;
    ASSIGN_OR_RETURN(const std::int64_t count, Number(tx, "SELECT COUNT(*) FROM marks"));
    if (run <= 2) both_have_read.arrive_and_wait();
    if (count > 0) return absl::OkStatus();
    return tx.Execute("INSERT INTO marks VALUES ($1, 1)", {run}).status();
  };
  std::thread other([&] { EXPECT_THAT(db().WriteNow(insert_if_none), IsOk()); });
  EXPECT_THAT(db().WriteNow(insert_if_none), IsOk());
  other.join();
  EXPECT_GE(runs, 3) << "the first two runs must have met";
  EXPECT_THAT(db().ReadNow([](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t count, Number(tx, "SELECT COUNT(*) FROM marks"));
    EXPECT_EQ(count, 1);
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_F(PostgresDatabaseTest, RerunsAlsoIfTheBodyGaveTheConflictItsOwnWords) {
  std::latch both_have_read(2);
  std::atomic<int> runs = 0;
  const auto body = [&](Transaction& tx) -> absl::Status {
    const int run = ++runs;
    ASSIGN_OR_RETURN(const std::int64_t count, Number(tx, "SELECT COUNT(*) FROM marks"));
    if (run <= 2) both_have_read.arrive_and_wait();
    if (count > 0) return absl::OkStatus();
    if (!tx.Execute("INSERT INTO marks VALUES (1, 1)", {}).ok() ||
        !Number(tx, "SELECT COUNT(*) FROM marks").ok()) {
      return absl::InternalError("in the store's words");
    }
    return absl::OkStatus();
  };
  std::thread other([&] { EXPECT_THAT(db().WriteNow(body), IsOk()); });
  EXPECT_THAT(db().WriteNow(body), IsOk());
  other.join();
}

TEST_F(PostgresDatabaseTest, GivesUpAfterABoundedNumberOfConflicts) {
  int runs = 0;
  const absl::Status status = db().WriteNow([&](Transaction& tx) {
    ++runs;
    // A conflict that never ends.
    return tx.ExecuteScript(
        "DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$");
  });
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_GT(runs, 1);
  EXPECT_LT(runs, 100);
}

TEST_F(PostgresDatabaseTest, ALostConnectionFailsItsCallAndThePoolHeals) {
  auto one = Open(1);
  const absl::Status status = one->WriteNow([](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Execute("INSERT INTO marks VALUES (1, 1)", {}).status());
    return tx.Query("SELECT pg_terminate_backend(pg_backend_pid())", {},
                    [](const SqlRow&) { return absl::OkStatus(); });
  });
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(one->ReadNow([](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t count, Number(tx, "SELECT COUNT(*) FROM marks"));
    EXPECT_EQ(count, 0);
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_F(PostgresDatabaseTest, AConnectionThatWasLostWhileIdleFailsNoCall) {
  auto one = Open(1);
  std::int64_t backend = 0;
  ASSERT_THAT(one->ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(backend, Number(tx, "SELECT pg_backend_pid()"));
    return absl::OkStatus();
  }),
              IsOk());
  ASSERT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query("SELECT pg_terminate_backend($1, 5000)", {backend}, [](const SqlRow& row) {
      EXPECT_EQ(row.Int(0), 1) << "a true boolean counts as 1";
      return absl::OkStatus();
    });
  }),
              IsOk());
  EXPECT_THAT(one->CheckReady(), IsOk());
}

TEST_F(PostgresDatabaseTest, AServerThatIsNotThereIsUnavailableAndNotAHang) {
  DatabaseOptions options;
  options.uri = absl::StrCat("postgresql://postgres@127.0.0.1:", testing::FreePort(), "/x");
  auto nowhere = OpenDatabase(std::move(options));
  ASSERT_THAT(nowhere, IsOk()) << "it may come later";
  EXPECT_TRUE(absl::IsUnavailable((*nowhere)->CheckReady()));
  EXPECT_TRUE(absl::IsUnavailable((*nowhere)->CheckReady())) << "also while it is known to be down";
}

TEST_F(PostgresDatabaseTest, ReadsNumbersOfEveryWidth) {
  EXPECT_THAT(db().ReadNow([](Transaction& tx) {
    return tx.Query(
        "SELECT 7::smallint, 7::integer, 7::bigint, SUM(x), AVG(x), true, 2.5::real"
        " FROM (VALUES (3::bigint), (4::bigint)) AS v (x)",
        {}, [](const SqlRow& row) {
          for (int column = 0; column < 4; ++column) EXPECT_EQ(row.Int(column), 7) << column;
          EXPECT_EQ(row.Double(4), 3.5);
          EXPECT_EQ(row.Int(5), 1);
          EXPECT_EQ(row.Double(6), 2.5);
          return absl::OkStatus();
        });
  }),
              IsOk());
}

TEST_F(PostgresDatabaseTest, CommitsAreDurableWhateverTheRoleSays) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) {
    return tx.ExecuteScript("ALTER ROLE postgres SET synchronous_commit = off");
  }),
              IsOk());
  auto later = Open(1);
  std::string setting;
  EXPECT_THAT(later->ReadNow([&](Transaction& tx) {
    return tx.Query("SHOW synchronous_commit", {}, [&](const SqlRow& row) {
      setting = row.Text(0);
      return absl::OkStatus();
    });
  }),
              IsOk());
  EXPECT_EQ(setting, "on");
  EXPECT_THAT(db().WriteNow([](Transaction& tx) {
    return tx.ExecuteScript("ALTER ROLE postgres RESET synchronous_commit");
  }),
              IsOk());
}

}  // namespace
}  // namespace assay::platform
