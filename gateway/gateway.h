// The gateway as one object: what main() runs and tests embed.
//
// Example:
//   ASSIGN_OR_RETURN(auto gateway, Gateway::Create(config, authenticator.get(), *metrics));
//   RETURN_IF_ERROR(gateway->Start());
//   … gateway->port() …
//   gateway->Stop();
#pragma once
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/config.h"
#include "services/platform/auth/authenticator.h"
#include "services/platform/metrics/metrics.h"

namespace assay::gateway {

class Gateway {
 public:
  // Reads the descriptors and makes the routes; what is wrong with them is said here.
  // `authenticator` may be null: then nobody is asked for a token (the services do ask).
  static absl::StatusOr<std::unique_ptr<Gateway>> Create(GatewayConfig config,
                                                         platform::Authenticator* authenticator,
                                                         platform::Metrics& metrics);
  virtual ~Gateway() = default;  // Stops.

  virtual absl::Status Start() = 0;
  virtual int port() const = 0;
  virtual int route_count() const = 0;
  // Accepts no more, lets requests under way end within drain_limit, closes. Idempotent.
  virtual void Stop() = 0;
};

// From settings to exit code.
int RunGateway(int argc, const char* const* argv);

}  // namespace assay::gateway
