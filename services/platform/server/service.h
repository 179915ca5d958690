// The shape of every service: settings, parts, wiring, main.
//
// A service's main.cc is
//   int main(int argc, char** argv) {
//     approval::Config config;
//     return assay::platform::ServiceMain(argc, argv, approval::Definition(config));
//   }
// and its wiring.cc fills the ServiceDefinition: which settings, which migrations,
// which RPCs, which events. Tests wire the same definition in process
// (platform/testing/service_fixture.h).
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/auth/authenticator.h"
#include "services/platform/cache/cache.h"
#include "services/platform/config/config.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/entropy.h"
#include "services/platform/core/id.h"
#include "services/platform/events/event.h"
#include "services/platform/metrics/metrics.h"
#include "services/platform/rpc/client.h"
#include "services/platform/rpc/router.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/migrate.h"

namespace assay::platform {

// Settings that every service has. See ServiceMain --help.
struct CommonConfig {
  std::string listen = "127.0.0.1:0";
  std::string metrics_listen;  // Empty: none.
  std::string database;        // Secret. Empty: sqlite:DATA_DIR/<service>.db
  std::string data_dir = ".run/data";
  std::string redis = "redis://127.0.0.1:6379";  // Empty: no queues, no cache.
  std::string issuer = "assay-embedded";
  std::string audience = "assay";
  std::string jwks;  // Empty: file:DATA_DIR/keys/jwks.json if issuer is embedded.
  std::string log_file;
  std::string log_level = "info";
  std::string port_file;  // Where the bound port is written once ready.
  TlsFiles tls = {};      // Between parts; tls_certificate, tls_key, tls_authority.
  bool migrate = true;    // Bring the schema up to date at the start.
  absl::Duration drain_limit = absl::Seconds(10);
};

// What the platform hands to a service's wiring. All outlive the service.
struct Parts {
  const CommonConfig& common;
  Database& database;
  Router& router;
  Cache& cache;
  Metrics& metrics;
  const Clock& clock;
  IdSource& ids;
  Entropy& entropy;
  // The channel to another service; the same one each time. Tests hand in fakes.
  std::function<Client&(std::string_view service)> client;
  // Work that runs every `period` on a background thread until the drain.
  std::function<void(std::string_view what, absl::Duration period, std::function<absl::Status()>)>
      every;
};

struct ServiceDefinition {
  std::string name;  // "approval"
  const MigrationSet* migrations = nullptr;
  std::function<void(ConfigBinder&)> bind;  // The service's own settings; may be empty.
  std::vector<std::string> asks;      // Services it calls: each gets a setting "<name>_address".
  std::vector<std::string> consumes;  // Services whose events it handles.
  // Registers RPCs (parts.router) and periodic work. Owns nothing static: what it
  // makes lives in the returned object.
  std::function<absl::StatusOr<std::shared_ptr<void>>(Parts&)> wire;
  // Handles one event of `consumes`; `state` is what wire returned. Uses ClaimEvent
  // in its own transaction. Empty if it consumes none.
  std::function<absl::Status(const std::shared_ptr<void>& state, Parts&, const Event&)> on_event;
};

// Everything between start and exit: settings, logging, database, schema check,
// relay, consumers, router, server, "ready", wait for SIGTERM, drain.
// Words besides flags: `migrate` brings the schema up to date and exits, `settings`
// prints the effective settings, `--help`, `--version`.
int ServiceMain(int argc, const char* const* argv, const ServiceDefinition& definition);

}  // namespace assay::platform
