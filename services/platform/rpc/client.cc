#include "services/platform/rpc/client.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/entropy.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/error/to_grpc.h"

namespace assay::platform {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageLite;

// Lets at most one call in ten be a repeat, so that a service in trouble is not
// pushed further down by those who wait for it.
class RetryBudget {
 public:
  void Earn() {
    std::lock_guard lock(mutex_);
    tokens_ = std::min(kTokensMax, tokens_ + kPerCall);
  }
  bool Spend() {
    std::lock_guard lock(mutex_);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  static constexpr double kTokensMax = 10;  // For the calls of a quiet hour.
  static constexpr double kPerCall = 0.1;
  std::mutex mutex_;
  double tokens_ = kTokensMax;
};

bool IsRetryable(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
}

// Between half of `full` and `full`, so that callers who failed together do not come
// back together.
absl::Duration Jittered(absl::Duration full) {
  std::uint8_t byte[1];
  SystemEntropy().Fill(byte);
  return full * (0.5 + byte[0] / 512.0);
}

std::shared_ptr<grpc::Channel> Connect(
    const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  // A service that comes back is found at once; the default waits for seconds.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 500);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // A peer that is gone without a word is noticed within half a minute.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

class GrpcClient final : public Client {
 public:
  GrpcClient(ClientOptions options, const std::shared_ptr<grpc::ChannelCredentials>& credentials)
      : options_(std::move(options)),
        channel_(options_.address.empty() ? nullptr : Connect(options_.address, credentials)) {}

 protected:
  absl::Status CallMethod(const Call& call, std::string_view method, const Message& request,
                          Message& response) override {
    if (channel_ == nullptr) return Ended(absl::StatusCode::kUnavailable, method);
    const Clock& clock = SystemClock();
    absl::Time deadline = clock.Now() + options_.deadline;
    // Work that no call caused has no deadline of its own.
    if (call.deadline != absl::Time()) deadline = std::min(deadline, call.deadline);
    const std::string path = absl::StrCat("/", View(method));
    budget_.Earn();
    absl::Duration backoff = options_.backoff_min;
    for (int attempt = 1;; ++attempt) {
      if (call.cancelled()) return Ended(absl::StatusCode::kCancelled, method);
      if (clock.Now() >= deadline) return Ended(absl::StatusCode::kDeadlineExceeded, method);
      const grpc::Status status = Attempt(call, path, request, response, deadline);
      if (status.ok()) return absl::OkStatus();
      const absl::Duration pause = Jittered(backoff);
      if (!IsRetryable(status) || attempt >= options_.attempts_max ||
          clock.Now() + pause >= deadline || !budget_.Spend()) {
        return WithReason(FromGrpc(status), method);
      }
      absl::SleepFor(pause);
      backoff *= 2;
    }
  }

 private:
  grpc::Status Attempt(const Call& call, const std::string& path, const Message& request,
                       Message& response, absl::Time deadline) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    if (!call.bearer.empty()) {
      context.AddMetadata("authorization", absl::StrCat("Bearer ", call.bearer));
    }
    if (!call.trace.empty()) context.AddMetadata("x-request-id", call.trace);
    response.Clear();
    const grpc::internal::RpcMethod method(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
    return grpc::internal::BlockingUnaryCall<Message, Message, MessageLite, MessageLite>(
        channel_.get(), method, &context, request, &response);
  }

  static absl::Status Ended(absl::StatusCode code, std::string_view method) {
    switch (code) {
      case absl::StatusCode::kCancelled:
        return Error(code, "CANCELLED", "the caller went away").With("method", method);
      case absl::StatusCode::kDeadlineExceeded:
        return Error(code, "DEADLINE_EXCEEDED", "another service did not answer in time")
            .With("method", method);
      default:
        return Error(absl::StatusCode::kUnavailable, "UNAVAILABLE",
                     "another service is not there; try again after a moment")
            .With("method", method);
    }
  }

  // What the transport says has no reason; what the other service says has.
  static absl::Status WithReason(absl::Status status, std::string_view method) {
    if (!ReasonOf(status).empty()) return status;
    switch (status.code()) {
      case absl::StatusCode::kCancelled:
      case absl::StatusCode::kDeadlineExceeded:
      case absl::StatusCode::kUnavailable:
        return Ended(status.code(), method);
      default:
        return status;
    }
  }

  const ClientOptions options_;
  const std::shared_ptr<grpc::Channel> channel_;
  RetryBudget budget_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> Client::Create(ClientOptions options) {
  ASSIGN_OR_RETURN(const auto credentials, ChannelCredentialsOf(options.tls));
  return std::make_unique<GrpcClient>(std::move(options), credentials);
}

}  // namespace assay::platform
