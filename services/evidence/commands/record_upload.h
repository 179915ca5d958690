// Makes the record of content that is safely stored, and announces it.
#pragma once
#include "absl/status/status.h"
#include "services/evidence/model.h"
#include "services/evidence/store.h"
#include "services/platform/core/id.h"
#include "services/platform/rpc/call.h"
#include "services/platform/storage/database.h"

namespace assay::evidence {

// The blob is durable before this runs, so that a record always names content (EVD-2).
absl::Status RecordUpload(platform::Transaction& tx, const platform::Call& call,
                          platform::IdSource& ids, Store& store, const Evidence& evidence);

}  // namespace assay::evidence
