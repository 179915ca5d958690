// One streamed upload, from its first message to its receipt.
#pragma once
#include <memory>

#include "absl/status/statusor.h"
#include "assay/evidence/v1/evidence_service.pb.h"
#include "services/evidence/blobs/blob_store.h"
#include "services/evidence/store.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/id.h"
#include "services/platform/rpc/router.h"
#include "services/platform/storage/database.h"

namespace assay::evidence {

// What every RPC of this service works with. All outlive it.
struct Context {
  platform::Database& database;
  const platform::Clock& clock;
  platform::IdSource& ids;
  Store& store;
  BlobStore& blobs;
  std::int64_t upload_bytes_max;
};

// The bytes go to the blob store as they come; after the last one the blob is made
// durable, then record, event and request id commit together, then the receipt leaves.
absl::StatusOr<std::unique_ptr<platform::UploadSink<v1::UploadEvidenceRequest, v1::Evidence>>>
OpenUpload(const Context& context, const platform::Call& call,
           const v1::UploadEvidenceRequest& first);

}  // namespace assay::evidence
