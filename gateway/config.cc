#include "gateway/config.h"

namespace assay::gateway {
namespace {

void BindLimits(platform::ConfigBinder& binder, GatewayConfig& c) {
  constexpr std::int64_t kGiB = std::int64_t{1} << 30;
  binder
      .Bind("body_bytes_max", &c.body_bytes_max, 1024, kGiB,
            "largest JSON body; the services take no larger message than 4 MiB")
      .Bind("bodies_bytes_max", &c.bodies_bytes_max, 1024, 64 * kGiB,
            "JSON bodies held at a time, of all connections; beyond it: 503")
      .Bind("upload_bytes_max", &c.upload_bytes_max, 1024, 1024 * kGiB,
            "largest raw body of an upload")
      .Bind("header_bytes_max", &c.header_bytes_max, 1024, 1 << 20,
            "largest request line and headers together")
      .Bind("connections_max", &c.connections_max, 1, 1'000'000,
            "client connections at a time; more are answered 503")
      .Bind("backend_streams_max", &c.backend_streams_max, 1, 100'000,
            "calls at a time to one service, per thread")
      .Bind("backend_queue_max", &c.backend_queue_max, 1, 1'000'000,
            "calls that may wait for one service, per thread; more are answered 429")
      .Bind("header_timeout", &c.header_timeout, absl::Milliseconds(10), absl::Minutes(10),
            "time for the whole head of a request")
      .Bind("idle_timeout", &c.idle_timeout, absl::Milliseconds(10), absl::Hours(24),
            "time that a connection may rest, or a stream go without 32 KiB of progress")
      .Bind("request_timeout", &c.request_timeout, absl::Milliseconds(10), absl::Hours(24),
            "time for a JSON body to arrive, and for a call whose method states no other")
      .Bind("stream_timeout", &c.stream_timeout, absl::Seconds(1), absl::Hours(240),
            "time for an upload or download whose method states no other")
      .Bind("drain_limit", &c.drain_limit, absl::ZeroDuration(), absl::Hours(1),
            "time that requests under way have to end after SIGTERM");
}

}  // namespace

void BindConfig(platform::ConfigBinder& binder, GatewayConfig& c) {
  binder.Bind("listen", &c.listen, "address and port to serve HTTP/1.1 on; port 0: any")
      .Bind("port_file", &c.port_file, "file to write the port to, once it is served")
      .Bind("metrics_listen", &c.metrics_listen, "address and port of /metrics; empty: none")
      .Bind("descriptors", &c.descriptors, "FileDescriptorSet with the services' protos")
      .Bind("backends", &c.backends, "package or service = address, as assay.x.v1=127.0.0.1:7101")
      .Bind("threads", &c.threads, 1, 256, "event loops, each with its own connections")
      .Bind("authenticate", &c.authenticate, "refuse requests without a valid bearer token")
      .Bind("issuer", &c.issuer, "exact `iss` of the tokens")
      .Bind("audience", &c.audience, "one of their `aud`")
      .Bind("jwks", &c.jwks, "key set: file:PATH or an https address; empty: from the issuer");
  BindLimits(binder, c);
  binder.Bind("log_file", &c.log_file, "where log lines go; empty: standard error")
      .Bind("log_least", &c.log_least, "least severity: debug, info, warning, error")
      .Bind("access_log", &c.access_log, "one line for each request");
}

}  // namespace assay::gateway
