// Serves the unary kinds: Read, Write, AskThenWrite and Ask. Internal to platform/rpc.
#pragma once
#include "services/platform/rpc/serving.h"

namespace grpc {
class ServerUnaryReactor;
}

namespace assay::platform::rpc_internal {

// Starts the call; the reactor's Finish ends it, perhaps before this returns.
grpc::ServerUnaryReactor* ServeUnary(Shared& shared, Method& method,
                                     grpc::CallbackServerContext& context,
                                     const grpc::ByteBuffer& request, grpc::ByteBuffer& response);

}  // namespace assay::platform::rpc_internal
