#include "services/evidence/commands/open_evidence.h"

#include <string>

#include "services/platform/core/status_macros.h"

namespace assay::evidence {

absl::StatusOr<Evidence> OpenEvidence(platform::Transaction& tx, const platform::Call& call,
                                      platform::IdSource& ids, Store& store, const Reach& reach,
                                      const EvidenceName& name) {
  ASSIGN_OR_RETURN(Evidence evidence, store.Get(tx, reach, name));
  RETURN_IF_ERROR(store.InsertAccess(tx, reach.tenant,
                                     {.id = ids.NextId(call.now),
                                      .evidence_id = evidence.id,
                                      .reader = std::string(call.subject()),
                                      .time = call.now,
                                      .trace = call.trace}));
  return evidence;
}

}  // namespace assay::evidence
