// The only place where an absl::Status becomes a grpc::Status, and back.
#pragma once
#include <grpcpp/support/status.h>

#include <string_view>

#include "absl/status/status.h"

namespace assay::platform {

// Keeps ErrorInfo and BadRequest (as google.rpc.Status in the error details);
// `domain` becomes ErrorInfo.domain. A status without a reason is our own bug:
// the client sees INTERNAL, reason INTERNAL, with `reference` as metadata, and
// the caller logs the original text under the same reference.
// CANCELLED, DEADLINE_EXCEEDED and RESOURCE_EXHAUSTED keep their code.
grpc::Status ToGrpc(const absl::Status& status, std::string_view domain,
                    std::string_view reference);

// What another service answered, with its reason and metadata kept.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace assay::platform
