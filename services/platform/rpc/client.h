// Calls to another service: always a deadline, a bounded retry, the caller's token.
#pragma once
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/rpc/call.h"
#include "services/platform/rpc/tls.h"

namespace assay::platform {

struct ClientOptions {
  std::string address;                         // "127.0.0.1:7101"; empty: never there.
  absl::Duration deadline = absl::Seconds(3);  // Per call, all attempts; never past the caller's.
  int attempts_max = 3;                        // UNAVAILABLE and RESOURCE_EXHAUSTED only.
  absl::Duration backoff_min = absl::Milliseconds(20);
  TlsFiles tls = {};
};

// Thread-safe. Blocks: for the pool (Router::Ask) and background threads only.
class Client {
 public:
  // UNAVAILABLE only if a certificate cannot be read; the service may come later.
  static absl::StatusOr<std::unique_ptr<Client>> Create(ClientOptions options);
  virtual ~Client() = default;

  // Passes on the caller's token, trace and deadline. Errors keep their reason.
  template <typename Resp>
  absl::StatusOr<Resp> Ask(const Call& call, std::string_view method,
                           const google::protobuf::Message& request) {
    Resp response;
    absl::Status status = CallMethod(call, method, request, response);
    if (!status.ok()) return status;
    return response;
  }

 protected:
  virtual absl::Status CallMethod(const Call& call, std::string_view method,
                                  const google::protobuf::Message& request,
                                  google::protobuf::Message& response) = 0;
};

}  // namespace assay::platform
