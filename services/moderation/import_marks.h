// Takes a file of marks in pieces (SubmissionService.ImportMarks).
#pragma once
#include <memory>

#include "absl/status/statusor.h"
#include "assay/moderation/v1/submission_service.pb.h"
#include "services/moderation/context.h"
#include "services/platform/rpc/router.h"

namespace assay::moderation {

absl::StatusOr<
    std::unique_ptr<platform::UploadSink<v1::ImportMarksRequest, v1::RecordMarksResponse>>>
OpenImport(const Context& context, const platform::Call& call, const v1::ImportMarksRequest& first);

}  // namespace assay::moderation
