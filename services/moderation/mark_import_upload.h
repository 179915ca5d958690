// Takes what is sent to an import of marks: bytes of a file from an offset on, or numbered batches
// of messages. What was answered for is durable.
#pragma once
#include <memory>

#include "absl/status/statusor.h"
#include "assay/moderation/v1/mark_import_service.pb.h"
#include "services/moderation/context.h"
#include "services/moderation/stores/mark_imports.h"
#include "services/platform/rpc/router.h"

namespace assay::moderation {

absl::StatusOr<std::unique_ptr<platform::UploadSink<v1::UploadMarksRequest, v1::MarkImport>>>
OpenMarksUpload(const Context& context, const platform::Call& call,
                const v1::UploadMarksRequest& first);

absl::StatusOr<std::unique_ptr<platform::UploadSink<v1::StreamMarksRequest, v1::MarkImport>>>
OpenMarksStream(const Context& context, const platform::Call& call,
                const v1::StreamMarksRequest& first);

// Every refused row as CSV.
absl::StatusOr<std::unique_ptr<platform::DownloadSource<google::api::HttpBody>>>
OpenMarkImportReport(const Context& context, const platform::Call& call,
                     const v1::DownloadMarkImportReportRequest& request);

absl::StatusOr<MarkImportName> MarkImportNameOf(std::string_view field, std::string_view name);
v1::MarkImport ToProto(const MarkImport& import);

}  // namespace assay::moderation
