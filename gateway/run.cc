#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

#include "gateway/gateway.h"
#include "services/platform/auth/authenticator.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/metrics/metrics.h"

namespace assay::gateway {
namespace {

absl::StatusOr<platform::Severity> SeverityNamed(const std::string& name) {
  if (name == "debug") return platform::Severity::kDebug;
  if (name == "info") return platform::Severity::kInfo;
  if (name == "warning") return platform::Severity::kWarning;
  if (name == "error") return platform::Severity::kError;
  return absl::InvalidArgumentError("log_least must be debug, info, warning or error, not " + name);
}

// A connection is a descriptor, and the usual soft limit is 1024.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

absl::Status WritePort(const std::string& path, int port) {
  if (path.empty()) return absl::OkStatus();
  // Renamed into place, so that whoever waits for it never reads half a number.
  const std::string temporary = path + ".new";
  std::ofstream out(temporary);
  out << port << "\n";
  out.close();
  if (!out || std::rename(temporary.c_str(), path.c_str()) != 0) {
    return absl::UnavailableError("cannot write the port to " + path);
  }
  return absl::OkStatus();
}

absl::Status Serve(const GatewayConfig& config, const sigset_t& signals) {
  std::unique_ptr<platform::Authenticator> authenticator;
  if (config.authenticate) {
    platform::AuthOptions options;
    options.issuer = config.issuer;
    options.audience = config.audience;
    options.jwks = config.jwks;
    ASSIGN_OR_RETURN(authenticator, platform::MakeAuthenticator(options, platform::SystemClock()));
  }
  const auto metrics = platform::Metrics::Create();
  ASSIGN_OR_RETURN(auto gateway, Gateway::Create(config, authenticator.get(), *metrics));
  if (!config.metrics_listen.empty()) {
    RETURN_IF_ERROR(metrics->Serve(config.metrics_listen).status());
  }
  RETURN_IF_ERROR(gateway->Start());
  RETURN_IF_ERROR(WritePort(config.port_file, gateway->port()));
  int signal = 0;
  sigwait(&signals, &signal);
  gateway->Stop();
  return absl::OkStatus();
}

}  // namespace

int RunGateway(int argc, const char* const* argv) {
  // Before any thread starts, so that all inherit it and only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  GatewayConfig config;
  platform::ConfigBinder binder("ASSAY_GATEWAY");
  BindConfig(binder, config);
  if (absl::Status status = binder.Parse(argc, argv); !status.ok()) {
    std::cerr << status.message() << "\n";
    return 2;
  }
  if (binder.help_wanted()) {
    std::cerr << binder.Help();
    return 0;
  }
  const auto least = SeverityNamed(config.log_least);
  if (!least.ok()) {
    std::cerr << least.status().message() << "\n";
    return 2;
  }
  RaiseDescriptorLimit();
  platform::StartLogging({"gateway", *least, config.log_file});
  const absl::Status status = Serve(config, signals);
  if (!status.ok()) {
    platform::Log(platform::Severity::kError, "gateway.failed",
                  {{"error", std::string(status.message())}});
  }
  platform::FlushLogs();
  return status.ok() ? 0 : 1;
}

}  // namespace assay::gateway
