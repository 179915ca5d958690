#include "gateway/loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <ctime>
#include <span>
#include <utility>

#include "services/platform/core/entropy.h"

namespace assay::gateway {
namespace {

// Deadlines are looked at this often, for all connections together: thousands of
// timers that hardly ever fire would cost more than they are worth.
constexpr std::chrono::milliseconds kTick(50);

std::uint64_t Seed() {
  std::uint64_t seed = 0;
  platform::SystemEntropy().Fill(std::span(reinterpret_cast<std::uint8_t*>(&seed), sizeof seed));
  return seed;
}

}  // namespace

RequestMetrics::RequestMetrics(platform::Metrics& metrics)
    : other_(metrics.GetCounter("gateway_requests_total", "Requests by HTTP code.",
                                {{"code", "other"}})),
      seconds_(metrics.GetHistogram("gateway_request_seconds",
                                    "From the head of a request to its last byte.", {})) {
  for (const int code : {200, 204, 400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 429, 431, 499,
                         500, 501, 503, 504}) {
    by_code_[code] = &metrics.GetCounter("gateway_requests_total", "Requests by HTTP code.",
                                         {{"code", std::to_string(code)}});
  }
}

void RequestMetrics::Count(int http_code, double seconds) {
  const bool known = http_code > 0 && http_code < static_cast<int>(by_code_.size()) &&
                     by_code_[http_code] != nullptr;
  (known ? *by_code_[http_code] : other_).Add();
  seconds_.Observe(seconds);
}

Loop::Loop(GatewayShared& shared)
    : shared_(shared),
      io_(1),
      work_(io_.get_executor()),
      ticker_(io_),
      transcoder_(shared.schema),
      exchanges_{shared.schema, transcoder_, upstreams_},
      random_(Seed()) {
  for (const auto& address : shared.routes.backends()) {
    UpstreamOptions options;
    options.address = address;
    options.streams_max = static_cast<int>(shared.config.backend_streams_max);
    options.queue_max = static_cast<std::size_t>(shared.config.backend_queue_max);
    upstreams_.push_back(
        std::make_unique<Upstream>(io_, std::move(options), platform::SystemEntropy()));
  }
}

Loop::~Loop() { Stop(); }

void Loop::Run() {
  for (const auto& upstream : upstreams_) upstream->Connect();
  Tick();
  io_.run();
}

void Loop::Tick() {
  ticker_.expires_after(kTick);
  ticker_.async_wait([this](const boost::system::error_code& error) {
    if (error || stopped_) return;
    const SteadyTime now = std::chrono::steady_clock::now();
    // A session may leave the set while it is asked.
    std::vector<std::shared_ptr<Session>> sessions(sessions_.begin(), sessions_.end());
    for (const auto& session : sessions) session->OnTick(now);
    Tick();
  });
}

void Loop::Adopt(boost::asio::ip::tcp::socket socket) {
  const auto session = std::make_shared<Session>(*this, std::move(socket));
  sessions_.insert(session);
  const bool full = ++shared_.connections > shared_.config.connections_max;
  if (shared_.draining) return session->Close();
  full ? session->Refuse() : session->Start();
}

void Loop::Forget(const std::shared_ptr<Session>& session) {
  if (sessions_.erase(session) == 0) return;
  --shared_.connections;
  shared_.on_connection_closed();
}

void Loop::Drain() {
  std::vector<std::shared_ptr<Session>> sessions(sessions_.begin(), sessions_.end());
  for (const auto& session : sessions) session->Drain();
}

void Loop::Stop() {
  if (std::exchange(stopped_, true)) return;
  std::vector<std::shared_ptr<Session>> sessions(sessions_.begin(), sessions_.end());
  for (const auto& session : sessions) session->Close();
  for (const auto& upstream : upstreams_) upstream->Shutdown();
  ticker_.cancel();
  work_.reset();
  io_.stop();
}

std::string Loop::NewRequestId() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string id;
  for (int word = 0; word < 2; ++word) {
    std::uint64_t bits = random_();
    for (int i = 0; i < 16; ++i, bits >>= 4) id.push_back(kHex[bits & 15]);
  }
  return id;
}

std::string_view Loop::Date() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  if (now != date_second_) {
    date_second_ = now;
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[64];
    const std::size_t size =
        std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    date_.assign(text, size);
  }
  return date_;
}

}  // namespace assay::gateway
