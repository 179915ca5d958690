// Finds a file for a reader and puts the reading into the access log (EVD-6).
#pragma once
#include "absl/status/statusor.h"
#include "services/evidence/model.h"
#include "services/evidence/store.h"
#include "services/platform/core/id.h"
#include "services/platform/rpc/call.h"
#include "services/platform/storage/database.h"

namespace assay::evidence {

// The log entry commits before the first byte leaves. Returns NOT_FOUND
// (EVIDENCE_NOT_FOUND) outside of `reach`, and logs nothing then.
absl::StatusOr<Evidence> OpenEvidence(platform::Transaction& tx, const platform::Call& call,
                                      platform::IdSource& ids, Store& store, const Reach& reach,
                                      const EvidenceName& name);

}  // namespace assay::evidence
