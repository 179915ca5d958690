// One service put together: what ServiceMain and the tests' fixture have in common.
// Internal to platform/server and platform/testing.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/outbox/relay.h"
#include "services/platform/queue/stream.h"
#include "services/platform/server/periodic.h"
#include "services/platform/server/server.h"
#include "services/platform/server/service.h"

namespace assay::platform::server_internal {

struct AssemblyOptions {
  CommonConfig common;
  std::map<std::string, std::string> addresses;  // Of the services in `asks`.
  // Instead of channels to those; for tests.
  std::function<Client&(std::string_view service)> client;
  bool periodic = true;  // False: only RunOnce runs periodic work.
};

// The database that `common` names, or the embedded one.
std::string DatabaseUriOf(const CommonConfig& common, std::string_view service);
// The platform's tables first, then the service's.
absl::Status MigrateAll(Database& database, const ServiceDefinition& definition);
absl::Status CheckAllSchemas(Database& database, const ServiceDefinition& definition);

class Assembly {
 public:
  static absl::StatusOr<std::unique_ptr<Assembly>> Build(const ServiceDefinition& definition,
                                                         AssemblyOptions options,
                                                         const Clock& clock, Entropy& entropy);
  ~Assembly();
  Assembly(const Assembly&) = delete;
  Assembly& operator=(const Assembly&) = delete;

  absl::Status Start();
  void Stop();  // Idempotent.

  Server& server() { return *server_; }
  Metrics& metrics() { return *metrics_; }
  Database& database() { return *database_; }
  Periodic& periodic() { return periodic_; }
  // Hands an event to the service.
  absl::Status Handle(const Event& event);

 private:
  Assembly(const ServiceDefinition& definition, AssemblyOptions options, const Clock& clock,
           Entropy& entropy);
  absl::Status OpenStores();
  absl::Status MakeClients();
  absl::Status Wire();
  void AddOwnPeriodicWork();
  void StartQueues();

  const ServiceDefinition definition_;
  const AssemblyOptions options_;
  const Clock& clock_;
  Entropy& entropy_;

  // In the order of opening; closed in reverse by the destructor.
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<IdSource> ids_;
  std::atomic<Relay*> waker_ = nullptr;  // For the database's on_commit.
  std::unique_ptr<Database> database_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<Cache> cache_;
  std::map<std::string, std::unique_ptr<Client>, std::less<>> clients_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Parts> parts_;
  std::shared_ptr<void> state_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Consumer> consumer_;
  Periodic periodic_;
  std::unique_ptr<Server> server_;
};

}  // namespace assay::platform::server_internal
