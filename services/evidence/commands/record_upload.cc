#include "services/evidence/commands/record_upload.h"

#include "services/evidence/events.h"
#include "services/platform/core/status_macros.h"

namespace assay::evidence {

absl::Status RecordUpload(platform::Transaction& tx, const platform::Call& call,
                          platform::IdSource& ids, Store& store, const Evidence& evidence) {
  RETURN_IF_ERROR(store.Insert(tx, call.tenant(), evidence));
  return EmitUploaded(tx, call, ids, evidence);
}

}  // namespace assay::evidence
