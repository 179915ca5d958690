#include "services/evidence/commands/delete_evidence.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/evidence/errors.h"
#include "services/evidence/events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::evidence {

absl::StatusOr<Deletion> DeleteEvidence(platform::Transaction& tx, const platform::Call& call,
                                        platform::IdSource& ids, Store& store, const Reach& reach,
                                        const EvidenceName& name, std::string_view reason,
                                        std::string_view note) {
  LockStore locks;
  ASSIGN_OR_RETURN(Evidence evidence, store.Get(tx, reach, name));
  ASSIGN_OR_RETURN(const std::optional<Lock> lock,
                   locks.Holding(tx, reach.tenant, evidence, call.now));
  if (lock.has_value()) {
    const std::string until =
        lock->until.has_value()
            ? absl::FormatTime(absl::RFC3339_sec, *lock->until, absl::UTCTimeZone())
            : "";
    return platform::Error(absl::StatusCode::kFailedPrecondition, kEvidenceLocked,
                           absl::StrCat("the file must be kept ",
                                        until.empty() ? "until it is released" : "until ", until,
                                        ": ", lock->reason))
        .With("evidence", NameOf(evidence))
        .With("subject", lock->subject)
        .With("holder", lock->holder)
        .With("until", until);
  }
  Deletion deletion{.evidence = std::move(evidence),
                    .reason = std::string(reason),
                    .note = std::string(note),
                    .deleted_by = std::string(call.subject()),
                    .delete_time = call.now};
  RETURN_IF_ERROR(locks.Delete(tx, reach.tenant, deletion));
  RETURN_IF_ERROR(EmitDeleted(tx, call, ids, deletion.evidence, deletion.reason));
  return deletion;
}

}  // namespace assay::evidence
