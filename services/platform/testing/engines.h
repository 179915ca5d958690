// The same test on every engine: SQLite in a file, and a real PostgreSQL.
//
// Example:
//   class CentreStoreTest : public platform::testing::EngineTest {
//     CentreStoreTest() : EngineTest({&platform::Migrations(), &approval::Migrations()}) {}
//   };
//   TEST_P(CentreStoreTest, FindsACentreByItsNumber) { … db() … }
//   INSTANTIATE_TEST_SUITE_P(Engines, CentreStoreTest, platform::testing::Engines(),
//                            platform::testing::EngineName);
//
// Where PostgreSQL is not installed its half is skipped, and says what to install.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/fakes.h"

namespace assay::platform::testing {

struct EngineParam {
  std::string name;  // "Sqlite", "Postgres"
  Engine engine;
  // The URI of a place without tables; `dir` is where a file may go. FAILED_PRECONDITION, saying
  // what to install, if the engine is not there.
  std::function<absl::StatusOr<std::string>(const TempDir& dir)> fresh_uri;
};

std::vector<EngineParam> EngineList();
inline auto Engines() { return ::testing::ValuesIn(EngineList()); }
std::string EngineName(const ::testing::TestParamInfo<EngineParam>& info);
inline void PrintTo(const EngineParam& param, std::ostream* out) { *out << param.name; }

// A new database for each test, migrated by the given sets in their order.
class EngineTest : public ::testing::TestWithParam<EngineParam> {
 protected:
  explicit EngineTest(std::vector<const MigrationSet*> sets = {}) : sets_(std::move(sets)) {}
  void SetUp() override;
  void TearDown() override;

  Database& db() { return *database_; }
  const std::string& uri() const { return uri_; }
  // Closes and opens it again; the data stay.
  void Reopen(DatabaseOptions options = {});
  // A second handle to the same data, as another replica or program has.
  std::unique_ptr<Database> OpenAnother(DatabaseOptions options = {});

 private:
  std::vector<const MigrationSet*> sets_;
  TempDir dir_;
  std::string uri_;
  std::unique_ptr<Database> database_;
};

}  // namespace assay::platform::testing
