// One call on its way: what every kind of method does before and after its handler.
//
// Internal to platform/rpc; see router.h for the order of the path.
#pragma once
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/platform/rpc/pool.h"
#include "services/platform/rpc/router.h"

namespace assay::platform::rpc_internal {

// What all calls share.
struct Shared {
  explicit Shared(RouterOptions o)
      : options(std::move(o)), pool(options.pool_threads, options.pool_queue_max) {}
  RouterOptions options;
  Pool pool;
};

// One method, complete before the server starts.
struct Method {
  Registration what;
  std::string path;                // "/assay.approval.v1.CentreService/GetCentre"
  std::vector<std::string> roles;  // As tokens name them.
  absl::Duration deadline_default;
  absl::Duration deadline_max;
  // The request's `request_id`, if what.kind writes and its message has one.
  const google::protobuf::FieldDescriptor* request_id = nullptr;
  Histogram* seconds = nullptr;
  // By grpc::StatusCode; looked up when a code first comes.
  std::array<std::atomic<Counter*>, 17> requests{};
};

// Neither copied nor moved: `call.cancelled` points here.
class Serving {
 public:
  Serving(Shared& shared, Method& method, grpc::CallbackServerContext& context);
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  // Everything before the handler. An error is the answer to the call.
  absl::Status Admit();
  // CANCELLED or DEADLINE_EXCEEDED if nobody waits for the answer any more. Asked
  // again wherever a call may have waited.
  absl::Status StillWanted() const;
  // Runs `handler`; what it throws becomes an INTERNAL status.
  absl::Status Guard(absl::FunctionRef<absl::Status()> handler) const;
  // Everything after the handler; once. The context must still be there.
  grpc::Status End(const absl::Status& status);

  Shared& shared() const { return shared_; }
  Method& method() const { return method_; }
  grpc::CallbackServerContext& context() const { return context_; }
  const Call& call() const { return call_; }
  Call& call() { return call_; }

 private:
  void TakeTrace(std::string_view wanted);
  void TakeDeadline();
  absl::Status Authenticate(std::string_view authorization);
  absl::Status Authorise() const;
  void Record(const absl::Status& status, const grpc::Status& sent);

  Shared& shared_;
  Method& method_;
  grpc::CallbackServerContext& context_;
  const std::chrono::steady_clock::time_point start_;
  Call call_;
};

// INVALID_ARGUMENT (FIELD_INVALID) if the bytes are not such a message.
absl::Status Parse(const grpc::ByteBuffer& bytes, Message& message);
void Serialise(const Message& message, grpc::ByteBuffer& bytes);

}  // namespace assay::platform::rpc_internal
