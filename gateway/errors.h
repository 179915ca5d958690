// What a client sees of an error: google.rpc.Status as JSON, and the HTTP code.
//
// Errors of the gateway have the domain "gateway.assay.example"; those of a service
// pass through with their own reason, domain and details.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/schema.h"
#include "google/rpc/status.pb.h"

namespace assay::gateway {

inline constexpr std::string_view kErrorDomain = "gateway.assay.example";

// google/rpc/code.proto's table.
int HttpCodeOf(int grpc_code);
// The same, but for the gateway's own errors that HTTP has a closer code for:
// 405, 408, 413, 414, 415, 431.
int HttpCodeOf(const absl::Status& status);
std::string_view HttpReasonPhrase(int http_code);

// A status made here. One without a reason is our own fault: it becomes INTERNAL
// with `reference`, under which the log has the text.
google::rpc::Status RpcStatusOf(const absl::Status& status, std::string_view reference);

// How a call to a service ended.
struct UpstreamStatus {
  int code = 0;
  std::string message;  // grpc-message, decoded.
  std::string details;  // grpc-status-details-bin, decoded: a google.rpc.Status.
};
// Puts in an ErrorInfo if the service gave none (gRPC itself gives none).
google::rpc::Status RpcStatusOf(const UpstreamStatus& status, std::string_view reference);

// The reason of a google.rpc.Status, for the log.
std::string ReasonOf(const google::rpc::Status& status);
std::string MetadataOf(const google::rpc::Status& status, const std::string& key);

std::string ErrorJson(const Schema& schema, const google::rpc::Status& status);

}  // namespace assay::gateway
