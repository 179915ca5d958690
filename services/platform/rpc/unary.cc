#include "services/platform/rpc/unary.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "services/platform/core/sha256.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/idempotency/once.h"
#include "services/platform/log/log.h"

namespace assay::platform::rpc_internal {
namespace {

// SHA-256 of the message without its request id. Deterministic within one build,
// which is enough: a stored hash is compared for a day at most, and a difference
// after an upgrade refuses a repeat rather than running it twice.
std::string HashOf(Message& request, const google::protobuf::FieldDescriptor* request_id) {
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  std::string id = reflection.GetString(request, request_id);
  reflection.ClearField(&request, request_id);
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.SerializeToCodedStream(&coded);
  }
  reflection.SetString(&request, request_id, std::move(id));

  return Sha256(bytes);
}

// One call; deletes itself when it ends.
class UnaryCall {
 public:
  UnaryCall(Shared& shared, Method& method, grpc::CallbackServerContext& context,
            grpc::ServerUnaryReactor& reactor, grpc::ByteBuffer& response)
      : serving_(shared, method, context), reactor_(reactor), response_(response) {}

  void Start(const grpc::ByteBuffer& bytes) {
    absl::Status status = serving_.Admit();
    if (status.ok()) {
      request_.reset(method().what.request->New());
      status = Parse(bytes, *request_);
    }
    if (!status.ok()) return End(status);
    TakeRequestId();
    switch (method().what.kind) {
      case Kind::kRead:
        return StartRead();
      case Kind::kWrite:
        return StartWrite();
      case Kind::kAskThenWrite:
        return OnPool([this] { AskThenWrite(); });
      default:
        return OnPool([this] { End(RunHandler(nullptr)); });
    }
  }

 private:
  Method& method() const { return serving_.method(); }
  const Call& call() const { return serving_.call(); }
  Database& database() const { return serving_.shared().options.database; }

  void TakeRequestId() {
    if (method().request_id == nullptr) return;
    request_id_ = request_->GetReflection()->GetString(*request_, method().request_id);
    if (!request_id_.empty()) body_hash_ = HashOf(*request_, method().request_id);
  }

  void StartRead() {
    database().Read([this](Transaction& tx) { return RunHandler(&tx); },
                    [this](absl::Status status) { End(status); });
  }

  void StartWrite() {
    database().Write(
        [this](Transaction& tx) -> absl::Status {
          RETURN_IF_ERROR(serving_.StillWanted());
          if (request_id_.empty()) return RunHandler(&tx);
          return RunOnce(tx);
        },
        [this](absl::Status status) {
          if (status.ok() && stored_.has_value()) {
            const grpc::Slice slice(*stored_);
            response_ = grpc::ByteBuffer(&slice, 1);
          }
          End(status);
        });
  }

  void OnPool(absl::AnyInvocable<void()> job) {
    const bool taken = serving_.shared().pool.Submit([this, job = std::move(job)]() mutable {
      absl::Status wanted = serving_.StillWanted();
      if (!wanted.ok()) return End(wanted);
      job();
    });
    if (!taken) {
      End(Error(absl::StatusCode::kResourceExhausted, "SERVER_BUSY",
                "too many calls wait already; try again after a moment"));
    }
  }

  void AskThenWrite() {
    // A repeat is answered without asking again: what was true then need not be now.
    if (!request_id_.empty()) {
      absl::Status stored = LoadStored();
      if (!stored.ok()) return End(stored);
      if (stored_.has_value()) {
        const grpc::Slice slice(*stored_);
        response_ = grpc::ByteBuffer(&slice, 1);
        return End(absl::OkStatus());
      }
    }
    absl::Status status = serving_.Guard([this]() -> absl::Status {
      ASSIGN_OR_RETURN(facts_, method().what.ask(call(), *request_));
      return absl::OkStatus();
    });
    if (!status.ok()) return End(status);
    StartWrite();
  }

  // Fills stored_ if the request id has a reply.
  absl::Status LoadStored() {
    bool fresh = false;
    absl::Status status = database().ReadNow([&](Transaction& tx) -> absl::Status {
      absl::StatusOr<std::string> reply =
          Once(tx, Key(), call().now, [&]() -> absl::StatusOr<std::string> {
            fresh = true;
            return absl::NotFoundError("no reply is stored");
          });
      if (fresh) return absl::OkStatus();
      if (!reply.ok()) return reply.status();
      stored_ = *std::move(reply);
      return absl::OkStatus();
    });
    return status;
  }

  OnceKey Key() const {
    return {.tenant = call().tenant(),
            .caller = call().subject(),
            .method = call().method,
            .request_id = request_id_,
            .body_hash = body_hash_};
  }

  absl::Status RunOnce(Transaction& tx) {
    absl::StatusOr<std::string> reply =
        Once(tx, Key(), call().now, [&]() -> absl::StatusOr<std::string> {
          std::string bytes;
          RETURN_IF_ERROR(RunHandler(
              &tx, [&bytes](const Message& message) { message.SerializeToString(&bytes); }));
          return bytes;
        });
    if (!reply.ok()) return std::move(reply).status();
    stored_ = *std::move(reply);
    return absl::OkStatus();
  }

  absl::Status RunHandler(Transaction* tx) {
    return RunHandler(tx, [this](const Message& message) { Serialise(message, response_); });
  }

  absl::Status RunHandler(Transaction* tx, Reply reply) {
    return serving_.Guard(
        [&] { return method().what.handler(call(), *request_, facts_.get(), tx, reply); });
  }

  void End(const absl::Status& status) {
    grpc::Status sent = serving_.End(status);
    // After Finish gRPC may free the context at any time, so nothing of ours may outlive it.
    grpc::ServerUnaryReactor& reactor = reactor_;
    delete this;
    reactor.Finish(std::move(sent));
  }

  Serving serving_;
  grpc::ServerUnaryReactor& reactor_;
  grpc::ByteBuffer& response_;
  std::unique_ptr<Message> request_;
  std::string request_id_;
  std::string body_hash_;
  std::shared_ptr<const void> facts_;
  std::optional<std::string> stored_;  // The reply, once it is or was stored.
};

}  // namespace

grpc::ServerUnaryReactor* ServeUnary(Shared& shared, Method& method,
                                     grpc::CallbackServerContext& context,
                                     const grpc::ByteBuffer& request, grpc::ByteBuffer& response) {
  // The default reactor ends without a hop to another thread.
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  (new UnaryCall(shared, method, context, *reactor, response))->Start(request);
  return reactor;
}

}  // namespace assay::platform::rpc_internal
