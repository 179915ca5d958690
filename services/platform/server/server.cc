#include "services/platform/server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <pthread.h>

#include <chrono>
#include <csignal>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"

namespace assay::platform {
namespace {

struct Closer {
  std::string what;
  std::function<absl::Status()> close;
};

// Once per process, before the first server is built.
void AddCommonServices() {
  static const bool added = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(added);
}

// Limits that keep one peer from being a burden on the others.
void SetLimits(grpc::ServerBuilder& builder, const ServerOptions& options) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.message_bytes_max));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.streams_max);
  // A token may take 8 KiB; with the other headers this is enough.
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(KiB(16)));
  // A peer that is gone without a word is noticed within half a minute.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  // Peers that ping more often than our own clients do are cut off.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  // Two servers on one port would each get some of the connections.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

class GrpcServer final : public Server {
 public:
  explicit GrpcServer(ServerOptions options) : options_(std::move(options)) {}
  ~GrpcServer() override { Stop(); }

  void Register(grpc::Service* service) override { services_.push_back(service); }

  void AddCloser(std::string_view what, std::function<absl::Status()> close) override {
    closers_.push_back({std::string(what), std::move(close)});
  }

  absl::Status Start() override {
    AddCommonServices();
    ASSIGN_OR_RETURN(const auto credentials, ServerCredentialsOf(options_.tls));
    grpc::ServerBuilder builder;
    SetLimits(builder, options_);
    builder.AddListeningPort(options_.listen, credentials, &port_);
    for (grpc::Service* service : services_) builder.RegisterService(service);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      server_.reset();
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.listen));
    }
    server_->GetHealthCheckService()->SetServingStatus(true);
    return absl::OkStatus();
  }

  int port() const override { return port_; }

  std::shared_ptr<grpc::Channel> InProcessChannel() override {
    return server_->InProcessChannel(grpc::ChannelArguments());
  }

  // The order matters: each step relies on those after it being still there.
  void Stop() override {
    if (std::exchange(stopped_, true)) return;
    if (server_ != nullptr) {
      // 1. Say so: balancers send no new calls.
      server_->GetHealthCheckService()->SetServingStatus(false);
      // 2. Serve on until they have noticed.
      if (options_.drain_wait > absl::ZeroDuration()) absl::SleepFor(options_.drain_wait);
      // 3. Refuse new calls and finish those at hand; cancel what is left after the limit.
      server_->Shutdown(std::chrono::system_clock::now() +
                        absl::ToChronoMilliseconds(options_.drain_limit));
    }
    // 4. What calls and background work used, last-opened first.
    for (auto closer = closers_.rbegin(); closer != closers_.rend(); ++closer) {
      if (absl::Status status = closer->close(); !status.ok()) {
        Log(Severity::kError, "server.close_failed",
            {{"what", closer->what}, {"error", status.ToString()}});
      }
    }
    // 5. The server itself; no thread of gRPC runs our code after this.
    server_.reset();
  }

 private:
  const ServerOptions options_;
  std::vector<grpc::Service*> services_;
  std::vector<Closer> closers_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  bool stopped_ = false;
};

sigset_t EndingSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

std::unique_ptr<Server> Server::Create(ServerOptions options) {
  return std::make_unique<GrpcServer>(std::move(options));
}

void BlockSignals() {
  const sigset_t set = EndingSignals();
  ASSAY_CHECK(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
}

int WaitForSignal() {
  const sigset_t set = EndingSignals();
  int signal = 0;
  ASSAY_CHECK(sigwait(&set, &signal) == 0);
  return signal;
}

}  // namespace assay::platform
