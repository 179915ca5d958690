// Removes content that no record names: what uploads leave behind that ended between
// the two writes.
#pragma once
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/evidence/blobs/blob_store.h"
#include "services/evidence/store.h"
#include "services/platform/storage/database.h"

namespace assay::evidence {

struct Swept {
  int blobs = 0;
  int abandoned = 0;  // Of writers that died.
};

// Blocks; for a background thread. Only what was last written before `before` goes.
absl::StatusOr<Swept> SweepBlobs(platform::Database& database, Store& store, BlobStore& blobs,
                                 absl::Time before);

}  // namespace assay::evidence
