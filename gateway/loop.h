// One thread's event loop: its client connections, its own connections to every
// service, and the memory it builds messages in. Loops share only what never changes.
#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "gateway/config.h"
#include "gateway/exchange.h"
#include "gateway/http_session.h"
#include "gateway/routes.h"
#include "gateway/schema.h"
#include "services/platform/auth/authenticator.h"
#include "services/platform/metrics/metrics.h"

namespace assay::gateway {

class RequestMetrics {
 public:
  explicit RequestMetrics(platform::Metrics& metrics);
  void Count(int http_code, double seconds);

 private:
  std::array<platform::Counter*, 600> by_code_{};
  platform::Counter& other_;
  platform::Histogram& seconds_;
};

// What all loops share. Only the atomics change.
struct GatewayShared {
  const GatewayConfig& config;
  const Schema& schema;
  const RouteTable& routes;
  platform::Authenticator* authenticator;  // Null: not asked.
  RequestMetrics& metrics;
  std::string openapi;
  std::atomic<bool> draining{false};
  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> bodies_bytes{0};   // Of JSON bodies that are held.
  std::function<void()> on_connection_closed;  // From any loop; after `connections` went down.
};

class Loop {
 public:
  explicit Loop(GatewayShared& shared);
  ~Loop();

  void Run();  // Until Stop.
  // The rest only on the loop's thread, or before Run.
  void Adopt(boost::asio::ip::tcp::socket socket);
  void Drain();
  void Stop();  // Closes everything.

  boost::asio::io_context& io() { return io_; }
  GatewayShared& shared() { return shared_; }
  ExchangeContext& exchanges() { return exchanges_; }
  const std::vector<std::unique_ptr<Upstream>>& upstreams() const { return upstreams_; }
  void Forget(const std::shared_ptr<Session>& session);
  std::string NewRequestId();
  std::string_view Date();  // "Date: …\r\n", made once a second.

 private:
  void Tick();

  GatewayShared& shared_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer ticker_;
  Transcoder transcoder_;
  std::vector<std::unique_ptr<Upstream>> upstreams_;
  ExchangeContext exchanges_;
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  std::mt19937_64 random_;
  std::string date_;
  std::int64_t date_second_ = 0;
  bool stopped_ = false;
};

}  // namespace assay::gateway
