#include "services/evidence/commands/link_evidence.h"

#include <string>

#include "services/evidence/errors.h"
#include "services/evidence/events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::evidence {

absl::StatusOr<Evidence> LinkEvidence(platform::Transaction& tx, const platform::Call& call,
                                      platform::IdSource& ids, Store& store, const Reach& reach,
                                      const EvidenceName& name, std::string_view subject) {
  ASSIGN_OR_RETURN(Evidence evidence, store.Get(tx, reach, name));
  ASSIGN_OR_RETURN(const bool added, store.AddSubject(tx, reach.tenant, evidence.id, subject));
  if (!added) return evidence;
  if (static_cast<int>(evidence.subjects.size()) >= kSubjectsPerEvidenceMax) {
    return platform::Error(absl::StatusCode::kInvalidArgument, kSubjectInvalid,
                           "the file is linked to " + std::to_string(kSubjectsPerEvidenceMax) +
                               " subjects already; upload it again for more")
        .With("subject", subject);
  }
  RETURN_IF_ERROR(EmitLinked(tx, call, ids, evidence, subject));
  return store.Get(tx, reach, name);
}

}  // namespace assay::evidence
