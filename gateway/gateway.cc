#include "gateway/gateway.h"

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/loop.h"
#include "gateway/openapi.h"
#include "gateway/routes.h"
#include "gateway/schema.h"
#include "gateway/text.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"

namespace assay::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using platform::Log;
using platform::Severity;

class GatewayImpl final : public Gateway {
 public:
  GatewayImpl(GatewayConfig config, std::unique_ptr<Schema> schema,
              std::unique_ptr<RouteTable> routes, platform::Authenticator* authenticator,
              platform::Metrics& metrics)
      : config_(std::move(config)),
        schema_(std::move(schema)),
        routes_(std::move(routes)),
        metrics_(metrics),
        shared_{config_,       *schema_, *routes_,
                authenticator, metrics_, OpenApiJson(*schema_, *routes_)} {
    shared_.on_connection_closed = [this] {
      if (!shared_.draining || shared_.connections > 0) return;
      std::lock_guard lock(mutex_);
      drained_.notify_all();
    };
  }
  ~GatewayImpl() override { Stop(); }

  absl::Status Start() override {
    for (std::int64_t i = 0; i < config_.threads; ++i) {
      loops_.push_back(std::make_unique<Loop>(shared_));
    }
    RETURN_IF_ERROR(Listen());
    Accept();
    for (const auto& loop : loops_) threads_.emplace_back([&loop = *loop] { loop.Run(); });
    Log(Severity::kInfo, "gateway.serving",
        {{"port", port()},
         {"routes", route_count()},
         {"backends", routes_->backends().size()},
         {"threads", config_.threads}});
    return absl::OkStatus();
  }

  int port() const override { return port_; }
  int route_count() const override { return static_cast<int>(routes_->routes().size()); }

  void Stop() override {
    if (std::exchange(stopped_, true) || threads_.empty()) return;
    shared_.draining = true;
    asio::post(loops_[0]->io(), [this] { acceptor_->close(); });
    for (const auto& loop : loops_) asio::post(loop->io(), [&loop = *loop] { loop.Drain(); });
    {
      std::unique_lock lock(mutex_);
      drained_.wait_for(lock, absl::ToChronoMilliseconds(config_.drain_limit),
                        [this] { return shared_.connections == 0; });
    }
    Log(Severity::kInfo, "gateway.stopping", {{"connections", shared_.connections.load()}});
    for (const auto& loop : loops_) asio::post(loop->io(), [&loop = *loop] { loop.Stop(); });
    for (auto& thread : threads_) thread.join();
    acceptor_.reset();
    loops_.clear();
  }

 private:
  absl::Status Listen() {
    const std::size_t colon = config_.listen.rfind(':');
    if (colon == std::string::npos) {
      return absl::InvalidArgumentError(Cat("listen: '", config_.listen, "' is not host:port"));
    }
    boost::system::error_code error;
    tcp::resolver resolver(loops_[0]->io());
    const auto found =
        resolver.resolve(config_.listen.substr(0, colon), config_.listen.substr(colon + 1),
                         tcp::resolver::passive, error);
    if (error) {
      return absl::InvalidArgumentError(Cat("listen: ", config_.listen, ": ", error.message()));
    }
    acceptor_.emplace(loops_[0]->io());
    const tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor_->open(endpoint.protocol(), error);
    if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_->bind(endpoint, error);
    if (!error) acceptor_->listen(1024, error);
    if (error) {
      return absl::UnavailableError(
          Cat("cannot listen on ", config_.listen, ": ", error.message()));
    }
    port_ = acceptor_->local_endpoint().port();
    return absl::OkStatus();
  }

  // Sockets go to the loops in turn, each made for the loop that will serve it.
  void Accept() {
    Loop& loop = *loops_[next_];
    acceptor_->async_accept(
        loop.io(), [this, &loop](const boost::system::error_code& error, tcp::socket socket) {
          if (error == asio::error::operation_aborted || !acceptor_->is_open()) return;
          if (error) {
            // Out of descriptors, most likely; another try at once would find the same.
            Log(Severity::kError, "gateway.accept_failed", {{"error", error.message()}});
            return AcceptAfterPause();
          }
          next_ = (next_ + 1) % loops_.size();
          asio::post(loop.io(), [&loop, socket = std::move(socket)]() mutable {
            loop.Adopt(std::move(socket));
          });
          Accept();
        });
  }

  void AcceptAfterPause() {
    auto timer = std::make_shared<asio::steady_timer>(loops_[0]->io());
    timer->expires_after(std::chrono::milliseconds(100));
    timer->async_wait([this, timer](const boost::system::error_code& error) {
      if (!error && acceptor_->is_open()) Accept();
    });
  }

  const GatewayConfig config_;
  const std::unique_ptr<Schema> schema_;
  const std::unique_ptr<RouteTable> routes_;
  RequestMetrics metrics_;
  GatewayShared shared_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::thread> threads_;
  std::optional<tcp::acceptor> acceptor_;
  std::size_t next_ = 0;
  int port_ = 0;
  bool stopped_ = false;
  std::mutex mutex_;
  std::condition_variable drained_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Create(GatewayConfig config,
                                                         platform::Authenticator* authenticator,
                                                         platform::Metrics& metrics) {
  ASSIGN_OR_RETURN(const auto backends, ParseBackends(config.backends));
  ASSIGN_OR_RETURN(auto schema, Schema::Load(config.descriptors));
  ASSIGN_OR_RETURN(auto routes, RouteTable::Build(*schema, backends));
  return std::make_unique<GatewayImpl>(std::move(config), std::move(schema), std::move(routes),
                                       authenticator, metrics);
}

}  // namespace assay::gateway
