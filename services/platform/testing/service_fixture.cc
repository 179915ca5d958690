#include "services/platform/testing/service_fixture.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <fstream>
#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/error/to_grpc.h"
#include "services/platform/log/log.h"
#include "services/platform/server/assembly.h"

namespace assay::platform::testing {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageLite;
using grpc::internal::RpcMethod;

constexpr char kIssuer[] = "https://issuer.test";

// Stands for every other service.
class FakeClient final : public Client {
 public:
  using Others = std::function<absl::Status(std::string_view, const Message&, Message&)>;
  explicit FakeClient(Others others) : others_(std::move(others)) {}

 protected:
  absl::Status CallMethod(const Call&, std::string_view method, const Message& request,
                          Message& response) override {
    if (!others_) {
      return Error(absl::StatusCode::kUnavailable, "UNAVAILABLE",
                   "TestServiceOptions::others is not set");
    }
    return others_(method, request, response);
  }

 private:
  Others others_;
};

void Prepare(grpc::ClientContext& context, std::string_view token) {
  // A test that hangs says so rather than run into ctest's limit.
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  if (!token.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", View(token)));
}

std::string PathOf(std::string_view method) { return absl::StrCat("/", View(method)); }

}  // namespace

struct TestService::Impl {
  FakeClock clock;
  FakeEntropy entropy;
  TempDir dir;
  std::unique_ptr<SigningKey> key;
  std::unique_ptr<FakeClient> others;
  std::unique_ptr<server_internal::Assembly> service;
  std::shared_ptr<grpc::Channel> channel;
};

TestService::TestService(ServiceDefinition definition, TestServiceOptions options)
    : impl_(std::make_unique<Impl>()) {
  auto key = SigningKey::Generate(KeyKind::kEd25519);
  ASSAY_CHECK(key.ok());
  impl_->key = *std::move(key);
  const std::string jwks = impl_->dir / "jwks.json";
  std::ofstream(jwks) << JwksOf({impl_->key.get()});
  impl_->others = std::make_unique<FakeClient>(std::move(options.others));

  server_internal::AssemblyOptions assembly;
  assembly.common.database = options.database;
  assembly.common.data_dir = impl_->dir.path();
  assembly.common.redis = options.redis;
  assembly.common.issuer = kIssuer;
  assembly.common.jwks = absl::StrCat("file:", jwks);
  assembly.client = [others = impl_->others.get()](std::string_view) -> Client& { return *others; };
  assembly.periodic = false;
  auto service = server_internal::Assembly::Build(definition, std::move(assembly), impl_->clock,
                                                  impl_->entropy);
  absl::Status started = service.ok() ? (*service)->Start() : service.status();
  if (!started.ok()) {
    Log(Severity::kError, "test_service.failed", {{"error", started.ToString()}});
    ASSAY_CHECK(started.ok());
  }
  impl_->service = *std::move(service);
  impl_->channel = impl_->service->server().InProcessChannel();
}

TestService::~TestService() {
  impl_->channel.reset();
  impl_->service->Stop();
}

std::string TestService::Token(Principal principal) {
  if (principal.tenant.empty()) principal.tenant = "tenant-a";
  if (principal.subject.empty()) principal.subject = "users/test";
  TokenRequest request;
  request.issuer = kIssuer;
  request.principal = std::move(principal);
  request.lifetime = absl::Hours(24 * 3650);
  auto token = MintToken(*impl_->key, request, impl_->clock.Now());
  ASSAY_CHECK(token.ok());
  return *std::move(token);
}

absl::Status TestService::CallMethod(std::string_view method, const Message& request,
                                     Message& response, std::string_view token) {
  grpc::ClientContext context;
  Prepare(context, token);
  const std::string path = PathOf(method);
  return FromGrpc(grpc::internal::BlockingUnaryCall<Message, Message, MessageLite, MessageLite>(
      impl_->channel.get(), RpcMethod(path.c_str(), RpcMethod::NORMAL_RPC), &context, request,
      &response));
}

absl::Status TestService::CallUpload(std::string_view method,
                                     const std::vector<const Message*>& messages, Message& response,
                                     std::string_view token) {
  grpc::ClientContext context;
  Prepare(context, token);
  const std::string path = PathOf(method);
  const std::unique_ptr<grpc::ClientWriter<Message>> writer(
      grpc::internal::ClientWriterFactory<Message>::Create(
          impl_->channel.get(), RpcMethod(path.c_str(), RpcMethod::CLIENT_STREAMING), &context,
          &response));
  for (const Message* message : messages) {
    if (!writer->Write(*message)) break;  // Refused; Finish says why.
  }
  writer->WritesDone();
  return FromGrpc(writer->Finish());
}

absl::Status TestService::CallDownload(std::string_view method, const Message& request,
                                       std::function<void(const std::string&)> on_message,
                                       std::string_view token,
                                       std::map<std::string, std::string>* head) {
  grpc::ClientContext context;
  Prepare(context, token);
  const std::string path = PathOf(method);
  const std::unique_ptr<grpc::ClientReader<grpc::ByteBuffer>> reader(
      grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(
          impl_->channel.get(), RpcMethod(path.c_str(), RpcMethod::SERVER_STREAMING), &context,
          request));
  grpc::ByteBuffer bytes;
  while (reader->Read(&bytes)) {
    std::vector<grpc::Slice> slices;
    if (!bytes.Dump(&slices).ok()) break;
    std::string message;
    for (const grpc::Slice& slice : slices) {
      message.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    on_message(message);
  }
  const absl::Status status = FromGrpc(reader->Finish());
  if (head != nullptr) {
    for (const auto& [key, value] : context.GetServerInitialMetadata()) {
      (*head)[std::string(key.data(), key.size())] = std::string(value.data(), value.size());
    }
  }
  return status;
}

absl::Status TestService::Deliver(const Event& event) { return impl_->service->Handle(event); }

absl::Status TestService::RunPeriodic(std::string_view what) {
  return impl_->service->periodic().RunOnce(what);
}

std::vector<Event> TestService::Outbox() {
  std::vector<Event> events;
  const absl::Status read = database().ReadNow([&](Transaction& tx) {
    events.clear();
    return tx.Query(
        "SELECT event_id, type, tenant, subject, actor, trace, time, payload FROM outbox"
        " ORDER BY seq",
        {}, [&](const SqlRow& row) {
          events.push_back({.id = std::string(row.Text(0)),
                            .type = std::string(row.Text(1)),
                            .tenant = std::string(row.Text(2)),
                            .subject = std::string(row.Text(3)),
                            .actor = std::string(row.Text(4)),
                            .trace = std::string(row.Text(5)),
                            .time = absl::FromUnixMicros(row.Int(6)),
                            .payload = std::string(row.Bytes(7))});
          return absl::OkStatus();
        });
  });
  ASSAY_CHECK(read.ok());
  return events;
}

FakeClock& TestService::clock() { return impl_->clock; }
Database& TestService::database() { return impl_->service->database(); }
Metrics& TestService::metrics() { return impl_->service->metrics(); }
std::string TestService::dir() const { return impl_->dir.path(); }
int TestService::port() const { return impl_->service->server().port(); }

}  // namespace assay::platform::testing
