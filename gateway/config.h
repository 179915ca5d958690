// The gateway's settings, one declaration each.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/platform/config/config.h"

namespace assay::gateway {

struct GatewayConfig {
  std::string listen = "127.0.0.1:8080";
  std::string port_file;
  std::string metrics_listen;
  std::string descriptors = "assay.binpb";
  std::vector<std::string> backends;
  std::int64_t threads = 2;

  bool authenticate = true;
  std::string issuer;
  std::string audience = "assay";
  std::string jwks;

  std::int64_t body_bytes_max = std::int64_t{4} << 20;
  std::int64_t bodies_bytes_max = std::int64_t{256} << 20;
  std::int64_t upload_bytes_max = std::int64_t{25} << 30;
  std::int64_t header_bytes_max = 16 << 10;
  std::int64_t connections_max = 10'000;
  std::int64_t backend_streams_max = 256;
  std::int64_t backend_queue_max = 4096;

  absl::Duration header_timeout = absl::Seconds(10);
  absl::Duration idle_timeout = absl::Seconds(60);
  absl::Duration request_timeout = absl::Seconds(30);
  absl::Duration stream_timeout = absl::Hours(4);
  absl::Duration drain_limit = absl::Seconds(10);

  std::string log_file;
  std::string log_least = "info";
  bool access_log = true;
};

void BindConfig(platform::ConfigBinder& binder, GatewayConfig& config);

}  // namespace assay::gateway
