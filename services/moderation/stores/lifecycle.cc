#include "services/moderation/stores/lifecycle.h"

#include "services/platform/storage/database.h"

namespace assay::moderation {

absl::Status InsertLifecycleStep(platform::Transaction& tx, const Caller& caller,
                                 const Submission& submission, Step step, std::string_view reason) {
  return tx
      .Execute(
          "INSERT INTO lifecycle_steps (tenant, submission, version, step, reason, done_by, "
          "done_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
          {caller.tenant, submission.number, submission.version, NameOf(step), reason,
           caller.subject, absl::ToUnixMicros(caller.now)})
      .status();
}

}  // namespace assay::moderation
