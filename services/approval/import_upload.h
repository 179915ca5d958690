// One streamed import of centres, from its first bytes to its report.
#pragma once
#include <memory>

#include "absl/status/statusor.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "services/approval/context.h"
#include "services/platform/rpc/router.h"

namespace assay::approval {

// Rows are taken in batches, each committed before the next is read, so that memory and
// the time the writer is held stay bounded. Nothing is reported until the file has ended:
// if the call ends early, sending the file again finds the first rows unchanged.
absl::StatusOr<
    std::unique_ptr<platform::UploadSink<v1::ImportCentresRequest, v1::ImportCentresResponse>>>
OpenImport(const Context& context, const platform::Call& call,
           const v1::ImportCentresRequest& first);

}  // namespace assay::approval
