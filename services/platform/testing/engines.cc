#include "services/platform/testing/engines.h"

#include <utility>

#include "services/platform/testing/servers.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform::testing {

std::vector<EngineParam> EngineList() {
  return {
      {"Sqlite", Engine::kSqlite,
       [](const TempDir& dir) -> absl::StatusOr<std::string> {
         return "sqlite:" + dir / "test.db";
       }},
      {"Postgres", Engine::kPostgres, [](const TempDir&) { return FreshPostgresUri(); }},
  };
}

std::string EngineName(const ::testing::TestParamInfo<EngineParam>& info) {
  return info.param.name;
}

void EngineTest::SetUp() {
  absl::StatusOr<std::string> uri = GetParam().fresh_uri(dir_);
  if (absl::IsFailedPrecondition(uri.status())) GTEST_SKIP() << uri.status();
  ASSERT_THAT(uri, IsOk());
  uri_ = *std::move(uri);
  Reopen();
  for (const MigrationSet* set : sets_) ASSERT_THAT(Migrate(*database_, *set), IsOk());
}

void EngineTest::TearDown() { database_.reset(); }

void EngineTest::Reopen(DatabaseOptions options) {
  database_.reset();
  database_ = OpenAnother(std::move(options));
}

std::unique_ptr<Database> EngineTest::OpenAnother(DatabaseOptions options) {
  options.uri = uri_;
  absl::StatusOr<std::unique_ptr<Database>> database = OpenDatabase(std::move(options));
  if (!database.ok()) {
    ADD_FAILURE() << database.status();
    return nullptr;
  }
  return *std::move(database);
}

}  // namespace assay::platform::testing
