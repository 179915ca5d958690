// Deletes a file, unless somebody still needs it (EVD-5, MOD-13), and leaves a tombstone.
#pragma once
#include <string_view>

#include "absl/status/statusor.h"
#include "services/evidence/model.h"
#include "services/evidence/store.h"
#include "services/evidence/stores/locks.h"
#include "services/platform/core/id.h"
#include "services/platform/rpc/call.h"
#include "services/platform/storage/database.h"

namespace assay::evidence {

// `reason` and `note` as in Deletion. FAILED_PRECONDITION (EVIDENCE_LOCKED), NOT_FOUND
// (EVIDENCE_NOT_FOUND) outside of `reach`.
absl::StatusOr<Deletion> DeleteEvidence(platform::Transaction& tx, const platform::Call& call,
                                        platform::IdSource& ids, Store& store, const Reach& reach,
                                        const EvidenceName& name, std::string_view reason,
                                        std::string_view note);

}  // namespace assay::evidence
