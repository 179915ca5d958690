// From main() to exit code: listen, serve, drain, close.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/rpc/tls.h"

namespace grpc {
class Channel;
class Service;
}  // namespace grpc

namespace assay::platform {

struct ServerOptions {
  std::string name;
  std::string listen = "127.0.0.1:0";
  std::size_t message_bytes_max = 4 * 1024 * 1024;
  int streams_max = 1024;                            // Concurrent calls per connection.
  absl::Duration drain_wait = absl::ZeroDuration();  // Not-serving, yet still accepting.
  absl::Duration drain_limit = absl::Seconds(10);
  TlsFiles tls = {};  // Empty: plain text, which is for loopback.
};

class Server {
 public:
  static std::unique_ptr<Server> Create(ServerOptions options);
  virtual ~Server() = default;  // Stops.

  virtual void Register(grpc::Service* service) = 0;  // Not owned.
  // Closers run last-added first; one that fails is logged, the rest still run.
  virtual void AddCloser(std::string_view what, std::function<absl::Status()> close) = 0;
  // With health (grpc.health.v1) and reflection.
  virtual absl::Status Start() = 0;
  virtual int port() const = 0;
  virtual std::shared_ptr<grpc::Channel> InProcessChannel() = 0;
  // Not serving → drain_wait → Shutdown(drain_limit) → closers. Idempotent.
  virtual void Stop() = 0;
};

// Blocks SIGINT and SIGTERM in this thread and all it starts later. Call it
// first in main(); then WaitForSignal() returns in main, not in a handler.
void BlockSignals();
int WaitForSignal();

}  // namespace assay::platform
