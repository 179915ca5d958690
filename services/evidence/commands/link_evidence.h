// Links a file to one more thing that it proves (EVD-4).
#pragma once
#include <string_view>

#include "absl/status/statusor.h"
#include "services/evidence/model.h"
#include "services/evidence/store.h"
#include "services/platform/core/id.h"
#include "services/platform/rpc/call.h"
#include "services/platform/storage/database.h"

namespace assay::evidence {

// Returns NOT_FOUND (EVIDENCE_NOT_FOUND) outside of `reach`, INVALID_ARGUMENT
// (SUBJECT_INVALID) if there are too many links. Linking again changes nothing.
absl::StatusOr<Evidence> LinkEvidence(platform::Transaction& tx, const platform::Call& call,
                                      platform::IdSource& ids, Store& store, const Reach& reach,
                                      const EvidenceName& name, std::string_view subject);

}  // namespace assay::evidence
