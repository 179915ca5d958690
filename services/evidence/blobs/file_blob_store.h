// Blobs on a file system.
//
// Layout: ROOT/tmp holds what is being written, ROOT/cas/<space>/ab/cd/<sha256> what is
// kept; both on one file system. The order of steps is what survives a power cut:
//   write and hash → sync the file → rename to its digest → sync the directories.
// A blob that is there already is replaced by the same bytes just synced, which
// heals a rotten copy and makes it young again for the sweep.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/evidence/blobs/blob_store.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/entropy.h"

namespace assay::evidence {

// The moments of a write after which a test may end the process, in their order.
enum class BlobStep { kOpened, kWritten, kSynced, kNamed, kRenamed, kDirectoriesSynced };

struct FileBlobOptions {
  std::string root;
  platform::Entropy& entropy;  // For the names of temporary files.
  std::size_t read_bytes = platform::KiB(256);
  std::size_t verify_first_bytes_max = platform::MiB(1);  // Checked before the first byte.
  bool unnamed_files = true;  // O_TMPFILE, where the file system has it.

  // For tests: called after each step; a stand-in for fsync (0, or an errno).
  std::function<void(BlobStep)> on_step;
  std::function<int(int fd)> sync;
};

// Makes ROOT and what is below if need be.
absl::StatusOr<std::unique_ptr<BlobStore>> OpenFileBlobStore(FileBlobOptions options);

}  // namespace assay::evidence
