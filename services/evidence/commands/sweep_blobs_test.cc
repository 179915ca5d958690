#include "services/evidence/commands/sweep_blobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "services/evidence/blobs/file_blob_store.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::evidence {

const platform::MigrationSet& Migrations();

namespace {

namespace fs = std::filesystem;
using ::assay::platform::testing::IsOk;

TEST(SweepBlobsTest, RemovesOldContentThatNoRecordNamesAndNothingElse) {
  platform::testing::TempDir dir;
  platform::testing::FakeEntropy entropy;
  auto database = platform::OpenDatabase(
      {.uri = "sqlite:" + (dir / "evidence.db"), .on_commit = {}, .on_broken = {}});
  ASSERT_THAT(database, IsOk());
  ASSERT_THAT(platform::Migrate(**database, platform::Migrations()), IsOk());
  ASSERT_THAT(platform::Migrate(**database, Migrations()), IsOk());
  auto blobs = OpenFileBlobStore({.root = dir / "blobs", .entropy = entropy});
  ASSERT_THAT(blobs, IsOk());
  Store store;

  const auto put = [&](const char* tenant, const char* bytes) {
    auto writer = (*blobs)->NewWriter(tenant, 100);
    EXPECT_THAT((*writer)->Write(bytes), IsOk());
    return (*writer)->Commit("")->sha256;
  };
  const std::string named = put("t", "named");
  const std::string orphan = put("t", "orphan");
  put("u", "named");  // Another tenant's record does not keep it.
  const std::string young = put("t", "young");
  ASSERT_THAT((*database)->WriteNow([&](platform::Transaction& tx) {
    return store.Insert(tx, "t", {.centre = "centres/a", .id = "1", .sha256 = named});
  }),
              IsOk());
  for (const auto& entry : fs::recursive_directory_iterator(dir / "blobs/cas")) {
    if (entry.is_regular_file() && entry.path().filename() != young) {
      fs::last_write_time(entry, fs::file_time_type::clock::now() - std::chrono::hours(48));
    }
  }

  const absl::Time before = absl::FromUnixSeconds(time(nullptr)) - absl::Hours(24);
  auto swept = SweepBlobs(**database, store, **blobs, before);
  ASSERT_THAT(swept, IsOk());
  EXPECT_EQ(swept->blobs, 2);
  EXPECT_THAT((*blobs)->NewReader("t", named, 5), IsOk());
  EXPECT_THAT((*blobs)->NewReader("t", young, 5), IsOk());
  EXPECT_FALSE((*blobs)->NewReader("t", orphan, 6).ok());
  EXPECT_FALSE((*blobs)->NewReader("u", named, 5).ok());
}

}  // namespace
}  // namespace assay::evidence
