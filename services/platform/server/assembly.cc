#include "services/platform/server/assembly.h"

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/auth/issuer.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/idempotency/once.h"
#include "services/platform/log/log.h"
#include "services/platform/outbox/outbox.h"
#include "services/platform/server/operations.h"

namespace assay::platform::server_internal {
namespace {

constexpr std::string_view kEmbeddedIssuer = "assay-embedded";
// Claims outlive what any relay keeps for republishing (RelayOptions::keep).
constexpr absl::Duration kClaimLifetime = absl::Hours(14 * 24);
constexpr int kForgottenAtOnce = 1000;

// A name for this replica that no other has.
std::string ReplicaName(Entropy& entropy) {
  char host[256] = {};
  if (gethostname(host, sizeof(host) - 1) != 0) host[0] = '\0';
  std::string name = absl::StrCat(host, "-", getpid(), "-");
  for (const char c : entropy.Bytes(4)) {
    absl::StrAppend(&name, absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
  }
  return name;
}

absl::StatusOr<AuthOptions> AuthOptionsOf(const CommonConfig& common) {
  AuthOptions options;
  options.issuer = common.issuer;
  options.audience = common.audience;
  options.jwks = common.jwks;
  if (common.issuer == kEmbeddedIssuer && common.jwks.empty()) {
    const std::string keys = absl::StrCat(common.data_dir, "/keys");
    RETURN_IF_ERROR(LoadOrMakeKey(keys).status());
    options.jwks = absl::StrCat("file:", keys, "/jwks.json");
  }
  return options;
}

}  // namespace

std::string DatabaseUriOf(const CommonConfig& common, std::string_view service) {
  if (!common.database.empty()) return common.database;
  return absl::StrCat("sqlite:", common.data_dir, "/", View(service), ".db");
}

absl::Status MigrateAll(Database& database, const ServiceDefinition& definition) {
  RETURN_IF_ERROR(Migrate(database, Migrations()));
  if (definition.migrations == nullptr) return absl::OkStatus();
  return Migrate(database, *definition.migrations);
}

absl::Status CheckAllSchemas(Database& database, const ServiceDefinition& definition) {
  RETURN_IF_ERROR(CheckSchema(database, Migrations()));
  if (definition.migrations == nullptr) return absl::OkStatus();
  return CheckSchema(database, *definition.migrations);
}

Assembly::Assembly(const ServiceDefinition& definition, AssemblyOptions options, const Clock& clock,
                   Entropy& entropy)
    : definition_(definition),
      options_(std::move(options)),
      clock_(clock),
      entropy_(entropy),
      metrics_(Metrics::Create()),
      ids_(MakeIdSource(entropy)) {}

Assembly::~Assembly() { Stop(); }

absl::StatusOr<std::unique_ptr<Assembly>> Assembly::Build(const ServiceDefinition& definition,
                                                          AssemblyOptions options,
                                                          const Clock& clock, Entropy& entropy) {
  std::unique_ptr<Assembly> made(new Assembly(definition, std::move(options), clock, entropy));
  RETURN_IF_ERROR(made->OpenStores());
  RETURN_IF_ERROR(made->MakeClients());
  RETURN_IF_ERROR(made->Wire());
  return made;
}

absl::Status Assembly::OpenStores() {
  const CommonConfig& common = options_.common;
  std::error_code failed;
  std::filesystem::create_directories(common.data_dir, failed);
  if (failed) {
    return absl::UnavailableError(absl::StrCat(common.data_dir, ": ", failed.message()));
  }
  DatabaseOptions database;
  database.uri = DatabaseUriOf(common, definition_.name);
  database.on_commit = [this] {
    if (Relay* relay = waker_.load(std::memory_order_acquire); relay != nullptr) relay->Wake();
  };
  ASSIGN_OR_RETURN(database_, OpenDatabase(std::move(database)));
  if (common.migrate) {
    RETURN_IF_ERROR(MigrateAll(*database_, definition_));
  } else {
    RETURN_IF_ERROR(CheckAllSchemas(*database_, definition_));
  }
  ASSIGN_OR_RETURN(AuthOptions auth, AuthOptionsOf(common));
  ASSIGN_OR_RETURN(authenticator_, MakeAuthenticator(std::move(auth), clock_));
  CacheOptions cache;
  cache.redis.uri = common.redis;
  cache_ = MakeRedisCache(std::move(cache), clock_);
  return absl::OkStatus();
}

absl::Status Assembly::MakeClients() {
  if (options_.client) return absl::OkStatus();
  for (const std::string& service : definition_.asks) {
    ClientOptions client;
    if (const auto found = options_.addresses.find(service); found != options_.addresses.end()) {
      client.address = found->second;
    }
    client.tls = options_.common.tls;
    ASSIGN_OR_RETURN(clients_[service], Client::Create(std::move(client)));
  }
  return absl::OkStatus();
}

absl::Status Assembly::Wire() {
  router_ = std::make_unique<Router>(
      RouterOptions{.error_domain = absl::StrCat(definition_.name, ".assay.example"),
                    .database = *database_,
                    .authenticator = *authenticator_,
                    .clock = clock_,
                    .ids = *ids_,
                    .metrics = *metrics_});
  parts_ = std::make_unique<Parts>(Parts{
      .common = options_.common,
      .database = *database_,
      .router = *router_,
      .cache = *cache_,
      .metrics = *metrics_,
      .clock = clock_,
      .ids = *ids_,
      .entropy = entropy_,
      .client = [this](std::string_view service) -> Client& {
        if (options_.client) return options_.client(service);
        const auto found = clients_.find(service);
        ASSAY_CHECK(found != clients_.end());  // Not in `asks`.
        return *found->second;
      },
      .every =
          [this](std::string_view what, absl::Duration period, std::function<absl::Status()> work) {
            periodic_.Add(what, period, std::move(work));
          }});
  ASSIGN_OR_RETURN(state_, definition_.wire(*parts_));
  RegisterOperations(*router_, *database_, [this](const Event& event) { return Handle(event); });
  AddOwnPeriodicWork();
  ASSIGN_OR_RETURN(const std::vector<grpc::Service*> services, router_->Finish());
  server_ = Server::Create({.name = definition_.name,
                            .listen = options_.common.listen,
                            .drain_limit = options_.common.drain_limit,
                            .tls = options_.common.tls});
  for (grpc::Service* service : services) server_->Register(service);
  return absl::OkStatus();
}

void Assembly::AddOwnPeriodicWork() {
  periodic_.Add("platform.forget", absl::Minutes(1), [this] {
    return database_->WriteNow([this](Transaction& tx) -> absl::Status {
      const absl::Time now = clock_.Now();
      RETURN_IF_ERROR(ForgetOldRequests(tx, now, kForgottenAtOnce).status());
      return ForgetClaims(tx, now - kClaimLifetime, kForgottenAtOnce).status();
    });
  });
  Gauge& waiting =
      metrics_->GetGauge("assay_outbox_waiting", "Events that are not yet published.", {});
  Gauge& age = metrics_->GetGauge("assay_outbox_oldest_seconds",
                                  "How long the oldest of them has waited.", {});
  periodic_.Add("platform.outbox_depth", absl::Seconds(5), [this, &waiting, &age] {
    return database_->ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const OutboxDepth depth, DepthOfOutbox(tx));
      waiting.Set(static_cast<double>(depth.waiting));
      age.Set(depth.waiting == 0 ? 0 : absl::ToDoubleSeconds(clock_.Now() - depth.oldest));
      return absl::OkStatus();
    });
  });
}

void Assembly::StartQueues() {
  const CommonConfig& common = options_.common;
  if (common.redis.empty()) return;
  publisher_ = MakeStreamPublisher({.uri = common.redis}, definition_.name);
  relay_ = Relay::Start(*database_, *publisher_, clock_);
  waker_.store(relay_.get(), std::memory_order_release);
  if (definition_.consumes.empty() || !definition_.on_event) return;
  consumer_ = Consumer::Start(
      {.uri = common.redis}, *database_, clock_,
      {.group = definition_.name, .name = ReplicaName(entropy_), .services = definition_.consumes},
      [this](const Event& event) { return Handle(event); });
}

absl::Status Assembly::Handle(const Event& event) {
  if (!definition_.on_event) return absl::UnimplementedError("this service handles no events");
  return definition_.on_event(state_, *parts_, event);
}

absl::Status Assembly::Start() {
  RETURN_IF_ERROR(server_->Start());
  StartQueues();
  // Closed last-added first: what makes events before what sends them.
  server_->AddCloser("relay", [this] {
    waker_.store(nullptr, std::memory_order_release);
    relay_.reset();
    publisher_.reset();
    return absl::OkStatus();
  });
  server_->AddCloser("consumer", [this] {
    consumer_.reset();
    return absl::OkStatus();
  });
  server_->AddCloser("periodic work", [this] {
    periodic_.Stop();
    return absl::OkStatus();
  });
  if (options_.periodic) periodic_.Start();
  return absl::OkStatus();
}

void Assembly::Stop() {
  if (server_ != nullptr) server_->Stop();
}

}  // namespace assay::platform::server_internal
