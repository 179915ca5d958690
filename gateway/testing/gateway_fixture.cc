#include "gateway/testing/gateway_fixture.h"

#include "gateway/text.h"
#include "services/platform/error/error.h"
#include "services/platform/log/log.h"

namespace assay::gateway::testing {
namespace {

class FakeAuthenticator final : public platform::Authenticator {
 public:
  absl::StatusOr<std::shared_ptr<const platform::Principal>> Authenticate(
      std::string_view bearer) override {
    const auto refuse = [](std::string_view reason) {
      return platform::Error(absl::StatusCode::kUnauthenticated, reason, "the token is not good");
    };
    if (bearer.empty()) return refuse("TOKEN_MISSING");
    if (bearer == "old") return refuse("TOKEN_EXPIRED");
    if (bearer != "good") return refuse("TOKEN_MALFORMED");
    return std::make_shared<const platform::Principal>(
        platform::Principal{"tenant-a", "users/test", {"quality"}, "", absl::InfiniteFuture()});
  }
};

nlohmann::json ErrorInfoOf(const HttpAnswer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("details")) return nlohmann::json::object();
  for (const auto& detail : json["details"]) {
    if (detail["@type"] == "type.googleapis.com/google.rpc.ErrorInfo") return detail;
  }
  return nlohmann::json::object();
}

}  // namespace

void GatewayTest::Authenticate() { authenticator_ = std::make_unique<FakeAuthenticator>(); }

TestBackend& GatewayTest::backend() {
  if (backend_ == nullptr) StartBackend();
  return *backend_;
}

void GatewayTest::StartBackend() {
  backend_ = std::make_unique<TestBackend>(backend_port_);
  backend_port_ = backend_->port();
  ASSAY_CHECK(backend_port_ > 0);
}

void GatewayTest::StopBackend(bool politely) {
  backend();
  politely ? backend_->Drain() : backend_->Stop();
  backend_.reset();
}

Gateway& GatewayTest::gateway() {
  if (gateway_ != nullptr) return *gateway_;
  if (backend_port_ == 0) StartBackend();
  metrics_ = platform::Metrics::Create();
  config_.listen = "127.0.0.1:0";
  config_.descriptors = ASSAY_GATEWAY_TEST_DESCRIPTORS;
  config_.backends = {Cat("assay.gateway.test.v1=127.0.0.1:", backend_port_)};
  config_.access_log = false;
  auto created = Gateway::Create(config_, authenticator_.get(), *metrics_);
  ASSAY_CHECK(created.ok());
  gateway_ = *std::move(created);
  ASSAY_CHECK(gateway_->Start().ok());
  return *gateway_;
}

HttpAnswer GatewayTest::Ask(std::string_view method, std::string_view target,
                            std::string_view headers, std::string_view body) {
  return HttpClient(port()).Ask(method, target, headers, body);
}

void GatewayTest::TearDown() {
  if (backend_ != nullptr) backend_->Release();
  gateway_.reset();
  backend_.reset();
}

std::string ReasonOf(const HttpAnswer& answer) { return ErrorInfoOf(answer).value("reason", ""); }

std::string MetadataOf(const HttpAnswer& answer, const std::string& key) {
  const auto info = ErrorInfoOf(answer);
  return info.contains("metadata") ? info["metadata"].value(key, "") : "";
}

}  // namespace assay::gateway::testing
