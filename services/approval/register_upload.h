// One streamed import of a national register, from its first bytes to its report.
#pragma once
#include <memory>

#include "absl/status/statusor.h"
#include "assay/approval/v1/register_service.pb.h"
#include "services/approval/context.h"
#include "services/approval/registers/register.h"
#include "services/platform/rpc/router.h"

namespace assay::approval {

// Rows are taken in batches, each committed before the next is read; sending a file again finds
// what was taken unchanged.
absl::StatusOr<
    std::unique_ptr<platform::UploadSink<v1::ImportRegisterRequest, v1::ImportRegisterResponse>>>
OpenRegisterImport(const Context& context, const platform::Call& call,
                   const v1::ImportRegisterRequest& first);

// "registers/pathways". NOT_FOUND (REGISTER_UNKNOWN), INVALID_ARGUMENT (FIELD_INVALID).
absl::StatusOr<const Register*> RegisterFrom(std::string_view field, const std::string& name);

}  // namespace assay::approval
