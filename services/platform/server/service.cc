#include "services/platform/server/service.h"

#include <google/protobuf/stubs/logging.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/log/log.h"
#include "services/platform/server/assembly.h"
#include "services/platform/server/server.h"

namespace assay::platform {
namespace {

using server_internal::Assembly;
using server_internal::AssemblyOptions;

// By sysexits.h.
constexpr int kUsage = 64;
constexpr int kUnavailable = 69;
constexpr int kConfig = 78;

void Print(std::FILE* to, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), to);
  if (!text.empty() && text.back() != '\n') std::fputc('\n', to);
}

std::optional<Severity> SeverityOf(std::string_view name) {
  if (name == "debug") return Severity::kDebug;
  if (name == "info") return Severity::kInfo;
  if (name == "warning") return Severity::kWarning;
  if (name == "error") return Severity::kError;
  return std::nullopt;
}

void BindCommon(ConfigBinder& binder, CommonConfig& c) {
  binder.Bind("listen", &c.listen, "host:port of the gRPC server; port 0: any")
      .Bind("metrics_listen", &c.metrics_listen, "host:port of /metrics; empty: none")
      .Bind("database", &c.database, "database URI; empty: a SQLite file in data_dir",
            Secrecy::kSecret)
      .Bind("data_dir", &c.data_dir, "folder for what the embedded defaults keep")
      .Bind("redis", &c.redis, "redis://host:port; empty: no queues and no cache")
      .Bind("issuer", &c.issuer, "exact issuer of the tokens that are taken")
      .Bind("audience", &c.audience, "audience that tokens must name")
      .Bind("jwks", &c.jwks, "the issuer's key set, file:PATH or URL; empty: found by discovery")
      .Bind("log_file", &c.log_file, "file for the log; empty: standard error")
      .Bind("log_level", &c.log_level, "debug, info, warning or error")
      .Bind("port_file", &c.port_file, "file that gets the bound port once ready")
      .Bind("tls_certificate", &c.tls.certificate,
            "PEM file; with it all connections are mutual TLS")
      .Bind("tls_key", &c.tls.key, "PEM file of the certificate's key")
      .Bind("tls_authority", &c.tls.authority, "PEM file of the authority behind all parts")
      .Bind("migrate", &c.migrate, "bring the schema up to date at the start")
      .Bind("drain_limit", &c.drain_limit, absl::ZeroDuration(), absl::Minutes(10),
            "how long calls may finish after SIGTERM");
}

std::string Usage(const ServiceDefinition& definition, const ConfigBinder& binder) {
  return absl::StrCat("assay ", definition.name, " ", ASSAY_VERSION, "\n\n", definition.name,
                      "            serve\n", definition.name,
                      " migrate    bring the schema up to date and exit\n", definition.name,
                      " settings   print the effective settings and exit\n\n", binder.Help());
}

// Seen whole or not at all by whoever waits for it.
absl::Status WritePortFile(const std::string& path, int port) {
  const std::string temporary = absl::StrCat(path, ".new");
  std::ofstream file(temporary, std::ios::trunc);
  file << port << "\n";
  file.close();
  std::error_code failed;
  if (file) std::filesystem::rename(temporary, path, failed);
  if (!file || failed) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

absl::Status MigrateOnly(const ServiceDefinition& definition, const CommonConfig& common) {
  std::error_code failed;
  std::filesystem::create_directories(common.data_dir, failed);
  DatabaseOptions options;
  options.uri = server_internal::DatabaseUriOf(common, definition.name);
  ASSIGN_OR_RETURN(const auto database, OpenDatabase(std::move(options)));
  return server_internal::MigrateAll(*database, definition);
}

// From start to drain.
absl::Status Serve(const ServiceDefinition& definition, AssemblyOptions options) {
  const absl::Time begun = SystemClock().Now();
  const CommonConfig common = options.common;
  ASSIGN_OR_RETURN(const std::unique_ptr<Assembly> service,
                   Assembly::Build(definition, std::move(options), SystemClock(), SystemEntropy()));
  RETURN_IF_ERROR(service->Start());
  int metrics_port = 0;
  if (!common.metrics_listen.empty()) {
    ASSIGN_OR_RETURN(metrics_port, service->metrics().Serve(common.metrics_listen));
  }
  if (!common.port_file.empty()) {
    RETURN_IF_ERROR(WritePortFile(common.port_file, service->server().port()));
  }
  Log(Severity::kInfo, "service.ready",
      {{"version", ASSAY_VERSION},
       {"port", service->server().port()},
       {"metrics_port", metrics_port},
       {"milliseconds", absl::ToInt64Milliseconds(SystemClock().Now() - begun)}});
  const int signal = WaitForSignal();
  Log(Severity::kInfo, "service.draining", {{"signal", signal}});
  service->Stop();
  Log(Severity::kInfo, "service.stopped");
  return absl::OkStatus();
}

int Fail(int code, const absl::Status& status) {
  Log(Severity::kError, "service.failed", {{"error", status.ToString()}});
  FlushLogs();
  return code;
}

}  // namespace

int ServiceMain(int argc, const char* const* argv, const ServiceDefinition& definition) {
  BlockSignals();
  std::signal(SIGPIPE, SIG_IGN);
  // It writes to standard error whatever a client sends wrongly; the router says it instead.
  google::protobuf::SetLogHandler(nullptr);
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--version") {
      Print(stdout, absl::StrCat("assay ", definition.name, " ", ASSAY_VERSION));
      return 0;
    }
  }
  AssemblyOptions options;
  ConfigBinder binder(absl::StrCat("ASSAY_", absl::AsciiStrToUpper(definition.name)));
  BindCommon(binder, options.common);
  for (const std::string& service : definition.asks) {
    binder.Bind(absl::StrCat(service, "_address"), &options.addresses[service],
                absl::StrCat("host:port of the ", service, " service"));
  }
  if (definition.bind) definition.bind(binder);
  const absl::Status parsed = binder.Parse(argc, argv);
  if (binder.help_wanted()) {
    Print(stdout, Usage(definition, binder));
    return 0;
  }
  const std::optional<Severity> least = SeverityOf(options.common.log_level);
  if (!parsed.ok() || !least.has_value()) {
    Print(stderr,
          parsed.ok() ? "log_level is debug, info, warning or error" : StdView(parsed.message()));
    return kConfig;
  }
  StartLogging({.service = definition.name, .least = *least, .file = options.common.log_file});
  const std::vector<std::string>& words = binder.positional();
  if (words.empty()) {
    const absl::Status served = Serve(definition, std::move(options));
    if (!served.ok()) return Fail(kUnavailable, served);
    FlushLogs();
    return 0;
  }
  if (words.size() == 1 && words[0] == "migrate") {
    const absl::Status migrated = MigrateOnly(definition, options.common);
    if (!migrated.ok()) return Fail(kUnavailable, migrated);
    FlushLogs();
    return 0;
  }
  if (words.size() == 1 && words[0] == "settings") {
    Print(stdout, binder.Describe());
    return 0;
  }
  Print(stderr, Usage(definition, binder));
  return kUsage;
}

}  // namespace assay::platform
