#include "services/evidence/blobs/file_blob_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/evidence/blobs/content_type.h"
#include "services/evidence/blobs/fd.h"
#include "services/evidence/blobs/sha256.h"
#include "services/evidence/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/log/log.h"

namespace assay::evidence {
namespace {

using platform::Error;
using platform::Log;
using platform::Severity;
using platform::View;

// Written data is handed to the disk this often, so that the last sync is short.
constexpr std::int64_t kWritebackBytes = 8 * 1024 * 1024;
constexpr int kExitStorageFailed = 74;  // EX_IOERR

// The store's own trouble is for the log; the client learns that it may come again.
absl::Status FileError(int error, std::string_view what) {
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    Log(Severity::kError, "evidence.storage_full", {{"errno", error}});
  } else {
    Log(Severity::kError, "evidence.storage_failed", {{"errno", error}, {"what", what}});
  }
  return Error(absl::StatusCode::kUnavailable, kStorageUnavailable,
               "the evidence store cannot take or give content now; nothing was kept, try again");
}

absl::Status Damaged(std::string_view sha256, std::string_view how) {
  Log(Severity::kError, "evidence.blob_damaged", {{"sha256", sha256}, {"how", how}});
  return Error(absl::StatusCode::kDataLoss, kEvidenceCorrupt,
               "the stored content does not match its digest; the operator has been told")
      .With("sha256", sha256);
}

// Held shared around a rename and exclusively around a removal, by all processes
// that use the root: what a sweep decided on is then what it removes.
class RootLock {
 public:
  static absl::StatusOr<RootLock> Take(const std::string& root, int operation) {
    Fd fd(open(absl::StrCat(root, "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
    if (!fd.ok()) return FileError(errno, "evidence: open lock");
    int result;
    do {
      result = flock(fd.get(), operation);
    } while (result != 0 && errno == EINTR);
    if (result != 0) return FileError(errno, "evidence: lock");
    return RootLock(std::move(fd));
  }

 private:
  explicit RootLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

// What writers, readers and sweeps share.
struct Shared {
  FileBlobOptions options;

  std::string Tmp() const { return options.root + "/tmp"; }
  std::string Cas() const { return options.root + "/cas"; }
  std::string PathOf(std::string_view space, std::string_view sha256) const {
    return absl::StrCat(Cas(), "/", View(space), "/", View(sha256.substr(0, 2)), "/",
                        View(sha256.substr(2, 2)), "/", View(sha256));
  }
  void Step(BlobStep step) const {
    if (options.on_step) options.on_step(step);
  }
  // Ends the process if the file cannot be made durable for any reason but a full
  // disk: the kernel may have dropped the bytes and call the next sync a success.
  absl::Status Sync(int fd, bool data_only) const {
    int error = 0;
    if (options.sync) {
      error = options.sync(fd);
    } else if ((data_only ? fdatasync(fd) : fsync(fd)) != 0) {
      error = errno;
    }
    if (error == 0) return absl::OkStatus();
    if (error == ENOSPC || error == EDQUOT) return FileError(error, "evidence: sync");
    Log(Severity::kError, "evidence.sync_failed", {{"errno", error}});
    platform::FlushLogs();
    _exit(kExitStorageFailed);
  }
  absl::Status SyncDirectory(const std::string& path) const {
    Fd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.ok()) return FileError(errno, absl::StrCat("evidence: open ", path));
    return Sync(fd.get(), /*data_only=*/false);
  }
};

std::string SpaceName(std::string_view tenant) {
  return Sha256Hex(absl::StrCat("tenant:", View(tenant))).substr(0, 32);
}

absl::Status MakeDirectory(const std::string& path) {
  if (mkdir(path.c_str(), 0750) == 0 || errno == EEXIST) return absl::OkStatus();
  return FileError(errno, absl::StrCat("evidence: make ", path));
}

// A file that only its writer sees, locked for as long as the writer lives.
class TempFile {
 public:
  static absl::StatusOr<TempFile> Make(const Shared& shared) {
    if (shared.options.unnamed_files) {
      Fd fd(open(shared.Tmp().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0440));
      if (fd.ok()) return TempFile(std::move(fd), "");
      if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT) {
        return FileError(errno, "evidence: open temporary file");
      }
    }
    std::string path = NewName(shared);
    Fd fd(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0440));
    if (!fd.ok()) return FileError(errno, "evidence: open temporary file");
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return FileError(errno, "evidence: lock");
    return TempFile(std::move(fd), std::move(path));
  }
  ~TempFile() {
    if (!path_.empty()) unlink(path_.c_str());
  }
  TempFile(TempFile&& other) noexcept
      : fd_(std::move(other.fd_)), path_(std::exchange(other.path_, "")) {}
  TempFile& operator=(TempFile&&) = delete;

  int fd() const { return fd_.get(); }

  // Gives it a name in tmp/ if it has none: only a named file can replace another.
  absl::Status Name(const Shared& shared) {
    if (!path_.empty()) return absl::OkStatus();
    std::string path = NewName(shared);
    std::string self = absl::StrCat("/proc/self/fd/", fd_.get());
    if (linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      return FileError(errno, "evidence: name temporary file");
    }
    path_ = std::move(path);
    return absl::OkStatus();
  }
  absl::Status RenameTo(const std::string& target) {
    if (rename(path_.c_str(), target.c_str()) != 0) {
      return FileError(errno, absl::StrCat("evidence: rename to ", target));
    }
    path_.clear();
    return absl::OkStatus();
  }

 private:
  TempFile(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  static std::string NewName(const Shared& shared) {
    return absl::StrCat(shared.Tmp(), "/",
                        absl::BytesToHexString(shared.options.entropy.Bytes(16)));
  }
  Fd fd_;
  std::string path_;  // Empty: the file has no name.
};

class FileBlobWriter final : public BlobWriter {
 public:
  FileBlobWriter(const Shared& shared, std::string space, std::int64_t bytes_max, TempFile file)
      : shared_(shared), space_(std::move(space)), bytes_max_(bytes_max), file_(std::move(file)) {}

  absl::Status Write(std::string_view bytes) override {
    if (static_cast<std::int64_t>(bytes.size()) > bytes_max_ - size_) {
      return Error(absl::StatusCode::kResourceExhausted, kEvidenceTooLarge,
                   absl::StrCat("the content is larger than ", bytes_max_, " bytes"))
          .With("bytes_max", absl::StrCat(bytes_max_));
    }
    if (head_.size() < kContentTypeBytes) {
      head_.append(bytes.substr(0, kContentTypeBytes - head_.size()));
    }
    hash_.Update(bytes);
    size_ += static_cast<std::int64_t>(bytes.size());
    while (!bytes.empty()) {
      const ssize_t n = write(file_.fd(), bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return FileError(errno, "evidence: write");
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    if (size_ - handed_over_ >= kWritebackBytes) {
      // A hint only: what it cannot do, the sync at the end does and reports.
      (void)sync_file_range(file_.fd(), handed_over_, size_ - handed_over_, SYNC_FILE_RANGE_WRITE);
      handed_over_ = size_;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<StoredBlob> Commit(std::string_view expected) override {
    shared_.Step(BlobStep::kWritten);
    StoredBlob blob{.sha256 = hash_.Hex(), .size = size_, .content_type = ContentTypeOf(head_)};
    if (!expected.empty() && expected != blob.sha256) {
      return Error(absl::StatusCode::kInvalidArgument, kDigestMismatch,
                   "the content that arrived has another SHA-256 than the one given; send it again")
          .With("expected", expected)
          .With("actual", blob.sha256);
    }
    RETURN_IF_ERROR(shared_.Sync(file_.fd(), /*data_only=*/true));
    shared_.Step(BlobStep::kSynced);
    RETURN_IF_ERROR(Publish(blob.sha256));
    shared_.Step(BlobStep::kDirectoriesSynced);
    return blob;
  }

 private:
  absl::Status Publish(const std::string& sha256) {
    const std::string space = absl::StrCat(shared_.Cas(), "/", space_);
    const std::string outer = absl::StrCat(space, "/", sha256.substr(0, 2));
    const std::string inner = absl::StrCat(outer, "/", sha256.substr(2, 2));
    for (const std::string& path : {space, outer, inner}) RETURN_IF_ERROR(MakeDirectory(path));
    {
      ASSIGN_OR_RETURN(RootLock lock, RootLock::Take(shared_.options.root, LOCK_SH));
      RETURN_IF_ERROR(file_.Name(shared_));
      shared_.Step(BlobStep::kNamed);
      RETURN_IF_ERROR(file_.RenameTo(shared_.PathOf(space_, sha256)));
    }
    shared_.Step(BlobStep::kRenamed);
    // All of them each time: another writer may have made one and not synced it yet,
    // and a directory that did not change costs next to nothing.
    for (const std::string& path : {inner, outer, space, shared_.Cas()}) {
      RETURN_IF_ERROR(shared_.SyncDirectory(path));
    }
    return absl::OkStatus();
  }

  const Shared& shared_;
  const std::string space_;
  const std::int64_t bytes_max_;
  TempFile file_;
  Sha256 hash_;
  std::string head_;
  std::int64_t size_ = 0;
  std::int64_t handed_over_ = 0;  // For writeback, so far.
};

class FileBlobReader final : public BlobReader {
 public:
  FileBlobReader(const Shared& shared, std::string sha256, std::int64_t size, Fd fd)
      : sha256_(std::move(sha256)),
        size_(size),
        step_(shared.options.read_bytes),
        whole_first_(size <= static_cast<std::int64_t>(shared.options.verify_first_bytes_max)),
        fd_(std::move(fd)) {}

  absl::StatusOr<std::string_view> Next() override {
    if (whole_first_) return NextOfWhole();
    // One piece stays behind the reading, so that the last one leaves only after
    // the digest of all was right.
    if (!started_) {
      started_ = true;
      RETURN_IF_ERROR(Read(ahead_, step_));
    }
    std::swap(current_, ahead_);
    ahead_.clear();
    if (read_ < size_) RETURN_IF_ERROR(Read(ahead_, step_));
    return std::string_view(current_);
  }

 private:
  absl::StatusOr<std::string_view> NextOfWhole() {
    if (!started_) {
      started_ = true;
      RETURN_IF_ERROR(Read(ahead_, static_cast<std::size_t>(size_)));
    }
    std::string_view piece = std::string_view(ahead_).substr(given_, step_);
    given_ += piece.size();
    return piece;
  }

  // Reads up to `most` bytes; checks the digest when it comes to the end.
  absl::Status Read(std::string& out, std::size_t most) {
    out.resize(std::min(most, static_cast<std::size_t>(size_ - read_)));
    std::size_t have = 0;
    while (have < out.size()) {
      const ssize_t n = read(fd_.get(), out.data() + have, out.size() - have);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return Damaged(sha256_, std::generic_category().message(errno));
      if (n == 0) return Damaged(sha256_, "cut short");
      have += static_cast<std::size_t>(n);
    }
    hash_.Update(out);
    read_ += static_cast<std::int64_t>(have);
    if (read_ == size_ && hash_.Hex() != sha256_) return Damaged(sha256_, "other digest");
    return absl::OkStatus();
  }

  const std::string sha256_;
  const std::int64_t size_;
  const std::size_t step_;
  const bool whole_first_;
  Fd fd_;
  Sha256 hash_;
  std::string current_;
  std::string ahead_;
  std::size_t given_ = 0;
  std::int64_t read_ = 0;
  bool started_ = false;
};

class FileBlobStore final : public BlobStore {
 public:
  explicit FileBlobStore(FileBlobOptions options) : shared_{std::move(options)} {}

  absl::Status Prepare() {
    std::error_code error;
    std::filesystem::create_directories(shared_.options.root, error);
    if (error) return FileError(error.value(), absl::StrCat("evidence: ", shared_.options.root));
    RETURN_IF_ERROR(MakeDirectory(shared_.Tmp()));
    RETURN_IF_ERROR(MakeDirectory(shared_.Cas()));
    return shared_.SyncDirectory(shared_.options.root);
  }

  absl::StatusOr<std::unique_ptr<BlobWriter>> NewWriter(std::string_view tenant,
                                                        std::int64_t bytes_max) override {
    ASSIGN_OR_RETURN(TempFile file, TempFile::Make(shared_));
    shared_.Step(BlobStep::kOpened);
    return std::make_unique<FileBlobWriter>(shared_, SpaceName(tenant), bytes_max, std::move(file));
  }

  absl::StatusOr<std::unique_ptr<BlobReader>> NewReader(std::string_view tenant,
                                                        std::string_view sha256,
                                                        std::int64_t size) override {
    ASSAY_CHECK(IsSha256Hex(sha256));
    Fd fd(open(shared_.PathOf(SpaceName(tenant), sha256).c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.ok() && errno == ENOENT) return Damaged(sha256, "missing");
    if (!fd.ok()) return FileError(errno, "evidence: open blob");
    struct stat info {};
    if (fstat(fd.get(), &info) != 0) return FileError(errno, "evidence: stat blob");
    if (info.st_size != size) return Damaged(sha256, "other size");
    (void)posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    return std::make_unique<FileBlobReader>(shared_, std::string(sha256), size, std::move(fd));
  }

  std::string SpaceOf(std::string_view tenant) const override { return SpaceName(tenant); }

  absl::Status ListBlobs(absl::Time before,
                         absl::FunctionRef<absl::Status(const BlobRef&)> each) override {
    std::error_code error;
    for (auto it = std::filesystem::recursive_directory_iterator(shared_.Cas(), error);
         !error && it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
      if (it.depth() != 3) continue;
      BlobRef ref{.space = it->path().parent_path().parent_path().parent_path().filename().string(),
                  .sha256 = it->path().filename().string()};
      if (!IsSha256Hex(ref.sha256) || !WrittenBefore(it->path().string(), before)) continue;
      RETURN_IF_ERROR(each(ref));
    }
    if (error) return FileError(error.value(), "evidence: list blobs");
    return absl::OkStatus();
  }

  absl::StatusOr<bool> RemoveBlob(const BlobRef& ref, absl::Time before) override {
    const std::string path = shared_.PathOf(ref.space, ref.sha256);
    ASSIGN_OR_RETURN(RootLock lock, RootLock::Take(shared_.options.root, LOCK_EX));
    if (!WrittenBefore(path, before)) return false;
    if (unlink(path.c_str()) == 0) return true;
    if (errno == ENOENT) return false;
    return FileError(errno, "evidence: remove blob");
  }

  absl::StatusOr<int> RemoveAbandoned(absl::Time before) override {
    int removed = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(shared_.Tmp(), error)) {
      const std::string path = entry.path().string();
      if (!WrittenBefore(path, before)) continue;
      Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
      // Locked: its writer is alive, however slow.
      if (!fd.ok() || flock(fd.get(), LOCK_EX | LOCK_NB) != 0) continue;
      if (unlink(path.c_str()) == 0) ++removed;
    }
    if (error) return FileError(error.value(), "evidence: list temporary files");
    return removed;
  }

 private:
  static bool WrittenBefore(const std::string& path, absl::Time before) {
    struct stat info {};
    return stat(path.c_str(), &info) == 0 && absl::TimeFromTimespec(info.st_mtim) < before;
  }

  Shared shared_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BlobStore>> OpenFileBlobStore(FileBlobOptions options) {
  auto store = std::make_unique<FileBlobStore>(std::move(options));
  RETURN_IF_ERROR(store->Prepare());
  return store;
}

}  // namespace assay::evidence
