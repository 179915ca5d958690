#include "services/platform/storage/migrate.h"

#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using testing::EngineTest;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

MATCHER_P2(Fails, code, part, "") {
  *result_listener << arg;
  return arg.code() == code && std::string(arg.message()).find(part) != std::string::npos;
}
constexpr auto kFailedPrecondition = absl::StatusCode::kFailedPrecondition;

constexpr std::string_view kFirst = "CREATE TABLE a (x BIGINT); INSERT INTO a VALUES (1);";
constexpr std::string_view kSecond = "ALTER TABLE a ADD COLUMN y BIGINT; UPDATE a SET y = x + 1;";
constexpr std::string_view kThird = "CREATE INDEX a_by_y ON a (y)";

MigrationSet Set(std::vector<std::string_view> texts) {
  MigrationSet set{"test", {}};
  int version = 0;
  for (std::string_view text : texts) set.migrations.push_back({++version, "step", text, text});
  return set;
}

class MigrateTest : public EngineTest {
 protected:
  std::int64_t Number(std::string_view sql) {
    std::int64_t number = -1;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
      return tx.Query(sql, {}, [&](const SqlRow& row) {
        number = row.Int(0);
        return absl::OkStatus();
      });
    }),
                IsOk());
    return number;
  }
};

TEST_P(MigrateTest, BringsAnEmptyDatabaseToTheLastVersion) {
  const MigrationSet set = Set({kFirst, kSecond});
  EXPECT_THAT(CheckSchema(db(), set), Fails(kFailedPrecondition, "--migrate"));
  ASSERT_THAT(Migrate(db(), set), IsOk());
  EXPECT_THAT(CheckSchema(db(), set), IsOk());
  EXPECT_EQ(Number("SELECT y FROM a"), 2);
}

TEST_P(MigrateTest, AppliesOnlyWhatIsMissing) {
  ASSERT_THAT(Migrate(db(), Set({kFirst})), IsOk());
  EXPECT_THAT(CheckSchema(db(), Set({kFirst, kSecond})), Fails(kFailedPrecondition, "version 1"));
  ASSERT_THAT(Migrate(db(), Set({kFirst, kSecond})), IsOk());
  ASSERT_THAT(Migrate(db(), Set({kFirst, kSecond})), IsOk());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM a"), 1);
  EXPECT_EQ(Number("SELECT y FROM a"), 2);
}

TEST_P(MigrateTest, RefusesAMigrationThatWasEditedAfterItWasApplied) {
  ASSERT_THAT(Migrate(db(), Set({kFirst})), IsOk());
  const MigrationSet edited = Set({"CREATE TABLE a (x TEXT)", kSecond});
  EXPECT_THAT(Migrate(db(), edited), Fails(kFailedPrecondition, "changed after it was applied"));
  EXPECT_THAT(CheckSchema(db(), edited), Fails(kFailedPrecondition, "changed"));
}

TEST_P(MigrateTest, RefusesADatabaseThatIsNewerThanTheProgram) {
  ASSERT_THAT(Migrate(db(), Set({kFirst, kSecond})), IsOk());
  EXPECT_THAT(Migrate(db(), Set({kFirst})), Fails(kFailedPrecondition, "newer program"));
  EXPECT_THAT(CheckSchema(db(), Set({kFirst})), Fails(kFailedPrecondition, "newer program"));
}

TEST_P(MigrateTest, RefusesGapsInTheNumbers) {
  MigrationSet set = Set({kFirst, kSecond});
  set.migrations[1].version = 3;
  EXPECT_THAT(Migrate(db(), set), Fails(absl::StatusCode::kInvalidArgument, "no gaps"));
}

TEST_P(MigrateTest, RefusesADatabaseThatLacksAVersionInBetween) {
  const MigrationSet set = Set({kFirst, kSecond, kThird});
  ASSERT_THAT(Migrate(db(), set), IsOk());
  ASSERT_THAT(db().WriteNow([](Transaction& tx) {
    return tx.Execute("DELETE FROM schema_versions WHERE version = 2", {}).status();
  }),
              IsOk());
  EXPECT_THAT(CheckSchema(db(), set), Fails(kFailedPrecondition, "not the one before"));
}

TEST_P(MigrateTest, AFailedMigrationLeavesNothingBehindAndTheOnesBeforeIt) {
  const MigrationSet set =
      Set({kFirst, "CREATE TABLE b (x BIGINT); INSERT INTO missing VALUES (1)"});
  EXPECT_THAT(Migrate(db(), set), Fails(absl::StatusCode::kInternal, "step"));
  EXPECT_THAT(CheckSchema(db(), Set({kFirst})), IsOk());
  EXPECT_THAT(Migrate(db(), Set({kFirst, "CREATE TABLE b (x BIGINT)"})), IsOk())
      << "table b of the failed attempt must be gone";
}

TEST_P(MigrateTest, ComponentsHaveTheirOwnVersions) {
  MigrationSet other = Set({"CREATE TABLE b (x BIGINT)"});
  other.component = "other";
  ASSERT_THAT(Migrate(db(), Set({kFirst, kSecond})), IsOk());
  ASSERT_THAT(Migrate(db(), other), IsOk());
  EXPECT_THAT(CheckSchema(db(), other), IsOk());
}

TEST_P(MigrateTest, ManyStartersAtOnceApplyEachStepOnce) {
  const MigrationSet set = Set({kFirst, kSecond, kThird});
  std::vector<std::thread> starters;
  for (int i = 0; i < 4; ++i) {
    starters.emplace_back([&] {
      auto mine = OpenAnother();
      EXPECT_THAT(Migrate(*mine, set), IsOk());
    });
  }
  for (auto& starter : starters) starter.join();
  EXPECT_THAT(CheckSchema(db(), set), IsOk());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM a"), 1);
}

TEST_P(MigrateTest, ThePlatformsOwnTablesCanBeMadeOnBothEngines) {
  ASSERT_THAT(Migrate(db(), Migrations()), IsOk());
  EXPECT_THAT(CheckSchema(db(), Migrations()), IsOk());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox"), 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, MigrateTest, testing::Engines(), testing::EngineName);

TEST(PlatformMigrationsTest, AreTheFilesInTheTree) {
  ASSERT_FALSE(Migrations().migrations.empty());
  for (const Migration& migration : Migrations().migrations) {
    for (const auto& [engine, text] :
         {std::pair("sqlite", migration.sqlite), std::pair("postgres", migration.postgres)}) {
      std::ifstream in(std::string(ASSAY_ROOT) + "/services/platform/storage/migrations/" + engine +
                       "/" + std::string(migration.name) + ".sql");
      std::stringstream file;
      file << in.rdbuf();
      EXPECT_EQ(file.str(), text) << engine << " " << migration.name;
    }
  }
}

}  // namespace
}  // namespace assay::platform
