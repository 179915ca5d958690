// One streamed return: found, checked row by row, and never held whole.
#pragma once
#include <memory>

#include "absl/status/statusor.h"
#include "assay/moderation/v1/return_service.pb.h"
#include "google/api/httpbody.pb.h"
#include "services/moderation/context.h"
#include "services/platform/rpc/router.h"

namespace assay::moderation {

absl::StatusOr<std::unique_ptr<platform::DownloadSource<google::api::HttpBody>>> OpenExport(
    const Context& context, const platform::Call& call, const v1::ExportResultsRequest& request);

}  // namespace assay::moderation
