// Serves the streaming kinds: Upload and Download. Internal to platform/rpc.
#pragma once
#include <grpcpp/support/server_callback.h>

#include "services/platform/rpc/serving.h"

namespace assay::platform::rpc_internal {

grpc::ServerReadReactor<grpc::ByteBuffer>* ServeUpload(Shared& shared, Method& method,
                                                       grpc::CallbackServerContext& context,
                                                       grpc::ByteBuffer& response);

grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeDownload(Shared& shared, Method& method,
                                                          grpc::CallbackServerContext& context,
                                                          const grpc::ByteBuffer& request);

}  // namespace assay::platform::rpc_internal
