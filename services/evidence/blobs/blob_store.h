// Where the bytes of evidence rest, named by their SHA-256 (EVD-2).
//
// A blob that Commit returned is on stable storage under its digest; until then
// nobody sees it. Every read is checked against the digest. Blobs that no row of
// the database names are legal (a crash between the two leaves them) and go away
// with RemoveBlob once they are old enough.
//
// Tenants do not share blobs: whether another tenant has the same content cannot
// be told from outside.
//
// Example:
//   ASSIGN_OR_RETURN(auto writer, blobs.NewWriter(tenant, bytes_max));
//   RETURN_IF_ERROR(writer->Write(bytes));  // As often as bytes arrive.
//   ASSIGN_OR_RETURN(StoredBlob blob, writer->Commit(/*expected=*/""));
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace assay::evidence {

struct StoredBlob {
  std::string sha256;  // 64 lower-case hexadecimal digits.
  std::int64_t size = 0;
  std::string content_type;  // By content.
};

// One blob on its way in; not thread-safe. Destroyed without Commit: gone.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  // Returns RESOURCE_EXHAUSTED (EVIDENCE_TOO_LARGE) beyond the limit, before the
  // excess is stored; UNAVAILABLE (STORAGE_UNAVAILABLE) if the disk is full.
  virtual absl::Status Write(std::string_view bytes) = 0;
  // Makes the blob durable and visible. `expected`: what the client says the
  // digest is, or "". Returns INVALID_ARGUMENT (DIGEST_MISMATCH) if it is another.
  // A failed sync ends the process: the state of the disk is then unknown, and
  // only a restart reads it afresh.
  virtual absl::StatusOr<StoredBlob> Commit(std::string_view expected) = 0;
};

// One blob on its way out; not thread-safe.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  // The next bytes, valid until the next call; empty at the end. Returns DATA_LOSS
  // (EVIDENCE_CORRUPT) if the bytes are not those that the digest names: for a small
  // blob before the first byte, for others in the place of the last bytes, so that
  // damaged content never arrives as complete.
  virtual absl::StatusOr<std::string_view> Next() = 0;
};

// A blob as the store lists it: `space` is the store's own name for a tenant.
struct BlobRef {
  std::string space;
  std::string sha256;
};

// Thread-safe. All of it blocks.
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  virtual absl::StatusOr<std::unique_ptr<BlobWriter>> NewWriter(std::string_view tenant,
                                                                std::int64_t bytes_max) = 0;
  // Returns DATA_LOSS (EVIDENCE_CORRUPT) if there is no such blob or its size is another.
  virtual absl::StatusOr<std::unique_ptr<BlobReader>> NewReader(std::string_view tenant,
                                                                std::string_view sha256,
                                                                std::int64_t size) = 0;

  virtual std::string SpaceOf(std::string_view tenant) const = 0;
  // Calls `each` for blobs last written before `before`; stops at its first error.
  virtual absl::Status ListBlobs(absl::Time before,
                                 absl::FunctionRef<absl::Status(const BlobRef&)> each) = 0;
  // Removes the blob unless it was written again since `before`: an upload of the same
  // content that is about to name it keeps it. True if it was removed.
  virtual absl::StatusOr<bool> RemoveBlob(const BlobRef& ref, absl::Time before) = 0;
  // Removes what writers that died left behind; returns how many.
  virtual absl::StatusOr<int> RemoveAbandoned(absl::Time before) = 0;
};

}  // namespace assay::evidence
