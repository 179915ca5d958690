#include "services/evidence/blobs/file_blob_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/evidence/blobs/sha256.h"
#include "services/evidence/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::evidence {
namespace {

namespace fs = std::filesystem;
using ::assay::platform::KiB;
using ::assay::platform::MiB;
using ::assay::platform::testing::IsError;
using ::assay::platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kMany = std::int64_t{1} << 30;

// Not a repetition of a short pattern, so that a piece in the wrong place shows.
std::string SomeBytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 7;
  for (char& c : bytes) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return bytes;
}

std::vector<fs::path> FilesUnder(const fs::path& root) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

std::string ContentOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Overwrite(const fs::path& path, const std::string& bytes) {
  fs::permissions(path, fs::perms::owner_all);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class FileBlobStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<BlobStore> Open() { return Open(FileBlobOptions{.entropy = entropy_}); }
  std::unique_ptr<BlobStore> Open(FileBlobOptions options) {
    options.root = dir_ / "blobs";
    auto store = OpenFileBlobStore(std::move(options));
    EXPECT_THAT(store, IsOk());
    return *std::move(store);
  }
  static absl::StatusOr<StoredBlob> Put(BlobStore& store, std::string_view tenant,
                                        std::string_view bytes, std::string_view expected = "") {
    ASSIGN_OR_RETURN(auto writer, store.NewWriter(tenant, kMany));
    while (!bytes.empty()) {
      RETURN_IF_ERROR(writer->Write(bytes.substr(0, 10'007)));
      bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 10'007));
    }
    return writer->Commit(expected);
  }
  // What came before the end or the error, and that error.
  static std::pair<std::string, absl::Status> Get(BlobStore& store, std::string_view tenant,
                                                  std::string_view sha256, std::int64_t size) {
    auto reader = store.NewReader(tenant, sha256, size);
    if (!reader.ok()) return {"", reader.status()};
    std::string all;
    for (;;) {
      auto piece = (*reader)->Next();
      if (!piece.ok()) return {all, piece.status()};
      if (piece->empty()) return {all, absl::OkStatus()};
      all += *piece;
    }
  }
  fs::path cas() const { return fs::path(dir_ / "blobs") / "cas"; }
  fs::path tmp() const { return fs::path(dir_ / "blobs") / "tmp"; }

  platform::testing::TempDir dir_;
  platform::testing::FakeEntropy entropy_;
};

TEST(Sha256Test, AgreesWithThePublishedExample) {
  // FIPS 180-2, B.1.
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(FileBlobStoreTest, GivesBackWhatItTookForEverySizeAroundAPiece) {
  auto store = Open(FileBlobOptions{
      .entropy = entropy_, .read_bytes = KiB(4), .verify_first_bytes_max = KiB(16)});
  for (std::size_t size : {std::size_t{1}, KiB(4) - 1, KiB(4), KiB(4) + 1, KiB(16), KiB(16) + 1,
                           KiB(20), KiB(20) + 1, MiB(9)}) {
    SCOPED_TRACE(size);
    const std::string bytes = SomeBytes(size);
    auto blob = Put(*store, "tenant-a", bytes);
    ASSERT_THAT(blob, IsOk());
    EXPECT_EQ(blob->sha256, Sha256Hex(bytes));
    EXPECT_EQ(blob->size, static_cast<std::int64_t>(size));
    auto [got, status] = Get(*store, "tenant-a", blob->sha256, blob->size);
    EXPECT_THAT(status, IsOk());
    EXPECT_TRUE(got == bytes);
  }
}

TEST_F(FileBlobStoreTest, WorksWithoutUnnamedFiles) {
  auto store = Open(FileBlobOptions{.entropy = entropy_, .unnamed_files = false});
  auto blob = Put(*store, "tenant-a", "hello");
  ASSERT_THAT(blob, IsOk());
  EXPECT_EQ(Get(*store, "tenant-a", blob->sha256, 5).first, "hello");
  EXPECT_THAT(FilesUnder(tmp()), IsEmpty());
}

TEST_F(FileBlobStoreTest, KeepsTheSameContentOncePerTenantEVD2) {
  auto store = Open();
  ASSERT_THAT(Put(*store, "tenant-a", "hello"), IsOk());
  ASSERT_THAT(Put(*store, "tenant-a", "hello"), IsOk());
  EXPECT_THAT(FilesUnder(cas()), SizeIs(1));
  ASSERT_THAT(Put(*store, "tenant-b", "hello"), IsOk());
  EXPECT_THAT(FilesUnder(cas()), SizeIs(2));
}

TEST_F(FileBlobStoreTest, DoesNotGiveOneTenantsBlobToAnother) {
  auto store = Open();
  auto blob = Put(*store, "tenant-a", "hello");
  ASSERT_THAT(blob, IsOk());
  EXPECT_THAT(Get(*store, "tenant-b", blob->sha256, 5).second,
              IsError(absl::StatusCode::kDataLoss, kEvidenceCorrupt));
}

TEST_F(FileBlobStoreTest, RefusesBeyondTheLimitAndKeepsNothingEVD1) {
  for (bool unnamed : {true, false}) {
    auto store = Open(FileBlobOptions{.entropy = entropy_, .unnamed_files = unnamed});
    {
      auto writer = store->NewWriter("tenant-a", 10);
      ASSERT_THAT(writer, IsOk());
      EXPECT_THAT((*writer)->Write("0123456789"), IsOk());
      EXPECT_THAT((*writer)->Write("x"),
                  IsError(absl::StatusCode::kResourceExhausted, kEvidenceTooLarge));
    }
    EXPECT_THAT(FilesUnder(cas()), IsEmpty());
    EXPECT_THAT(FilesUnder(tmp()), IsEmpty());
  }
}

TEST_F(FileBlobStoreTest, RefusesAnotherDigestThanTheClientNamed) {
  auto store = Open();
  EXPECT_THAT(Put(*store, "tenant-a", "hello", Sha256Hex("hello")), IsOk());
  EXPECT_THAT(Put(*store, "tenant-a", "hallo", Sha256Hex("hello")),
              IsError(absl::StatusCode::kInvalidArgument, kDigestMismatch));
  EXPECT_THAT(FilesUnder(cas()), SizeIs(1));
}

TEST_F(FileBlobStoreTest, TellsTheContentTypeFromTheBytesEVD1) {
  auto store = Open();
  struct Case {
    std::string bytes;
    std::string type;
  } cases[] = {
      {"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "application/pdf"},
      {std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0", 29), "image/png"},
      {"plain words, and nothing else\n", "text/plain; charset=utf-8"},
      {std::string("\0\1\2\3\xfe\xdc", 6), "application/octet-stream"},
  };
  for (const Case& c : cases) {
    auto blob = Put(*store, "tenant-a", c.bytes);
    ASSERT_THAT(blob, IsOk());
    EXPECT_EQ(blob->content_type, c.type);
  }
}

TEST_F(FileBlobStoreTest, GivesNoByteOfASmallDamagedBlobEVD2) {
  auto store = Open();
  const std::string bytes = SomeBytes(KiB(600));
  auto blob = Put(*store, "tenant-a", bytes);
  ASSERT_THAT(blob, IsOk());
  std::string flipped = bytes;
  flipped.back() ^= 1;
  Overwrite(FilesUnder(cas()).at(0), flipped);
  auto [got, status] = Get(*store, "tenant-a", blob->sha256, blob->size);
  EXPECT_THAT(status, IsError(absl::StatusCode::kDataLoss, kEvidenceCorrupt));
  EXPECT_THAT(got, IsEmpty());
}

TEST_F(FileBlobStoreTest, NeverGivesTheLastBytesOfALargeDamagedBlobEVD2) {
  auto store = Open();
  const std::string bytes = SomeBytes(MiB(3));
  auto blob = Put(*store, "tenant-a", bytes);
  ASSERT_THAT(blob, IsOk());
  for (std::size_t flip : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
    std::string flipped = bytes;
    flipped[flip] ^= 0x40;
    Overwrite(FilesUnder(cas()).at(0), flipped);
    auto [got, status] = Get(*store, "tenant-a", blob->sha256, blob->size);
    EXPECT_THAT(status, IsError(absl::StatusCode::kDataLoss, kEvidenceCorrupt));
    EXPECT_LE(got.size(), bytes.size() - KiB(256)) << "flipped at " << flip;
  }
}

TEST_F(FileBlobStoreTest, TellsACutOrMissingBlob) {
  auto store = Open();
  auto blob = Put(*store, "tenant-a", "hello");
  ASSERT_THAT(blob, IsOk());
  Overwrite(FilesUnder(cas()).at(0), "hell");
  EXPECT_THAT(Get(*store, "tenant-a", blob->sha256, 5).second,
              IsError(absl::StatusCode::kDataLoss, kEvidenceCorrupt));
  fs::remove(FilesUnder(cas()).at(0));
  EXPECT_THAT(Get(*store, "tenant-a", blob->sha256, 5).second,
              IsError(absl::StatusCode::kDataLoss, kEvidenceCorrupt));
}

TEST_F(FileBlobStoreTest, AnUploadOfTheSameContentHealsARottenCopy) {
  auto store = Open();
  auto blob = Put(*store, "tenant-a", "hello");
  ASSERT_THAT(blob, IsOk());
  Overwrite(FilesUnder(cas()).at(0), "hallo");
  ASSERT_THAT(Put(*store, "tenant-a", "hello"), IsOk());
  EXPECT_EQ(Get(*store, "tenant-a", blob->sha256, 5).first, "hello");
}

TEST_F(FileBlobStoreTest, SyncsTheFileBeforeItsNameAndTheDirectoriesAfter) {
  std::vector<std::string> order;
  FileBlobOptions options{.entropy = entropy_};
  options.on_step = [&](BlobStep step) {
    if (step == BlobStep::kRenamed) order.push_back("rename");
  };
  options.sync = [&](int fd) {
    const fs::path path = fs::read_symlink(absl::StrCat("/proc/self/fd/", fd));
    order.push_back(fs::is_directory(path) ? path.filename().string() : "file");
    return 0;
  };
  auto store = Open(std::move(options));
  order.clear();
  auto blob = Put(*store, "tenant-a", "abc");
  ASSERT_THAT(blob, IsOk());
  EXPECT_THAT(order, ElementsAre("file", "rename", "78", "ba", store->SpaceOf("tenant-a"), "cas"));
}

TEST_F(FileBlobStoreTest, AFullDiskAtTheSyncIsAnErrorThatKeepsNothing) {
  FileBlobOptions options{.entropy = entropy_};
  bool full = false;
  options.sync = [&](int) { return full ? ENOSPC : 0; };
  auto store = Open(std::move(options));
  full = true;
  EXPECT_THAT(Put(*store, "tenant-a", "hello"),
              IsError(absl::StatusCode::kUnavailable, kStorageUnavailable));
  EXPECT_THAT(FilesUnder(cas()), IsEmpty());
  EXPECT_THAT(FilesUnder(tmp()), IsEmpty());
}

TEST_F(FileBlobStoreTest, AFailedSyncEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "fast");
  FileBlobOptions options{.entropy = entropy_};
  bool broken = false;
  options.sync = [&](int) { return broken ? EIO : 0; };
  auto store = Open(std::move(options));
  broken = true;
  EXPECT_EXIT((void)Put(*store, "tenant-a", "hello"), ::testing::ExitedWithCode(74), "");
}

TEST_F(FileBlobStoreTest, AWriterThatGoesAwayLeavesNothing) {
  auto store = Open(FileBlobOptions{.entropy = entropy_, .unnamed_files = false});
  {
    auto writer = store->NewWriter("tenant-a", kMany);
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->Write("half of it"), IsOk());
    EXPECT_THAT(FilesUnder(tmp()), SizeIs(1));
  }
  EXPECT_THAT(FilesUnder(tmp()), IsEmpty());
}

// The crash invariant: whatever the step, a row that was written names a whole blob
// with the right digest, and whatever lies in cas/ is whole. The "row" here is a file
// that the child makes after Commit, as the service makes its row.
class CrashTest : public FileBlobStoreTest,
                  public ::testing::WithParamInterface<std::tuple<BlobStep, bool, bool>> {};

TEST_P(CrashTest, ARowNamesAWholeBlobWhereverTheProcessEnds) {
  const auto [crash_at, unnamed, already_there] = GetParam();
  const std::string bytes = SomeBytes(KiB(300));
  const std::string sha256 = Sha256Hex(bytes);
  if (already_there) {
    auto store = Open();
    ASSERT_THAT(Put(*store, "tenant-a", bytes), IsOk());
  }
  const std::string row = dir_ / "row";

  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    FileBlobOptions options{.entropy = entropy_, .unnamed_files = unnamed};
    options.on_step = [crash_at = crash_at](BlobStep step) {
      if (step == crash_at) _exit(9);
    };
    auto store = Open(std::move(options));
    auto blob = Put(*store, "tenant-a", bytes);
    if (!blob.ok()) _exit(1);
    std::ofstream(row) << blob->sha256;
    _exit(0);
  }
  int wait_status = 0;
  ASSERT_EQ(waitpid(child, &wait_status, 0), child);
  ASSERT_TRUE(WIFEXITED(wait_status));
  ASSERT_EQ(WEXITSTATUS(wait_status), 9) << "the crash point was not reached";

  auto store = Open();
  for (const fs::path& blob : FilesUnder(cas())) {
    EXPECT_EQ(Sha256Hex(ContentOf(blob)), blob.filename().string());
  }
  EXPECT_FALSE(fs::exists(row));
  const bool there = crash_at >= BlobStep::kRenamed || already_there;
  EXPECT_THAT(FilesUnder(cas()), SizeIs(there ? 1 : 0));
  // The dead writer's leftovers are nobody's, and the upload works when repeated.
  ASSERT_THAT(store->RemoveAbandoned(absl::InfiniteFuture()), IsOk());
  EXPECT_THAT(FilesUnder(tmp()), IsEmpty());
  ASSERT_THAT(Put(*store, "tenant-a", bytes), IsOk());
  EXPECT_THAT(FilesUnder(cas()), SizeIs(1));
  EXPECT_TRUE(Get(*store, "tenant-a", sha256, KiB(300)).first == bytes);
}

INSTANTIATE_TEST_SUITE_P(EveryStep, CrashTest,
                         ::testing::Combine(::testing::Values(BlobStep::kOpened, BlobStep::kWritten,
                                                              BlobStep::kSynced, BlobStep::kNamed,
                                                              BlobStep::kRenamed,
                                                              BlobStep::kDirectoriesSynced),
                                            ::testing::Bool(), ::testing::Bool()));

TEST_F(FileBlobStoreTest, SweepsOldBlobsAndSparesThoseWrittenAgain) {
  auto store = Open();
  auto blob = Put(*store, "tenant-a", "hello");
  ASSERT_THAT(blob, IsOk());
  const fs::path file = FilesUnder(cas()).at(0);
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(48));
  const absl::Time before = absl::FromUnixSeconds(time(nullptr)) - absl::Hours(24);

  std::vector<BlobRef> old;
  ASSERT_THAT(store->ListBlobs(before,
                               [&](const BlobRef& ref) {
                                 old.push_back(ref);
                                 return absl::OkStatus();
                               }),
              IsOk());
  ASSERT_THAT(old, SizeIs(1));
  EXPECT_EQ(old[0].sha256, blob->sha256);
  EXPECT_EQ(old[0].space, store->SpaceOf("tenant-a"));

  // Between the listing and the removal somebody uploads the same content.
  ASSERT_THAT(Put(*store, "tenant-a", "hello"), IsOk());
  auto removed = store->RemoveBlob(old[0], before);
  ASSERT_THAT(removed, IsOk());
  EXPECT_FALSE(*removed);
  EXPECT_TRUE(fs::exists(file));

  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(48));
  removed = store->RemoveBlob(old[0], before);
  ASSERT_THAT(removed, IsOk());
  EXPECT_TRUE(*removed);
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(FileBlobStoreTest, SparesTheTemporaryFileOfALivingWriter) {
  auto store = Open(FileBlobOptions{.entropy = entropy_, .unnamed_files = false});
  auto writer = store->NewWriter("tenant-a", kMany);
  ASSERT_THAT(writer, IsOk());
  std::ofstream(tmp() / "dead") << "left behind";
  auto removed = store->RemoveAbandoned(absl::InfiniteFuture());
  ASSERT_THAT(removed, IsOk());
  EXPECT_EQ(*removed, 1);
  EXPECT_THAT(FilesUnder(tmp()), SizeIs(1));
  EXPECT_FALSE(fs::exists(tmp() / "dead"));
}

}  // namespace
}  // namespace assay::evidence
