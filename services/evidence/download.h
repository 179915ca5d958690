// One streamed download: found, logged, then read with its digest checked.
#pragma once
#include <memory>

#include "absl/status/statusor.h"
#include "assay/evidence/v1/evidence_service.pb.h"
#include "google/api/httpbody.pb.h"
#include "services/evidence/upload.h"
#include "services/platform/rpc/router.h"

namespace assay::evidence {

absl::StatusOr<std::unique_ptr<platform::DownloadSource<google::api::HttpBody>>> OpenDownload(
    const Context& context, const platform::Call& call, const v1::DownloadEvidenceRequest& request);

}  // namespace assay::evidence
