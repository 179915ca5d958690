// A gateway before a TestBackend, both in this process, on free ports.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "gateway/gateway.h"
#include "gateway/testing/backend.h"
#include "gateway/testing/http_client.h"

namespace assay::gateway::testing {

class GatewayTest : public ::testing::Test {
 protected:
  // Before the first use of port(): changes of the settings.
  void Configure(const std::function<void(GatewayConfig&)>& change) { change(config_); }
  // With it, requests need one of these: "good" is taken, "old" is TOKEN_EXPIRED.
  void Authenticate();

  Gateway& gateway();
  int port() { return gateway().port(); }
  TestBackend& backend();
  void StopBackend(bool politely = false);
  void StartBackend();  // Again, on the same port.
  HttpAnswer Ask(std::string_view method, std::string_view target, std::string_view headers = "",
                 std::string_view body = "");
  void TearDown() override;

 private:
  GatewayConfig config_;
  std::unique_ptr<platform::Authenticator> authenticator_;
  std::unique_ptr<platform::Metrics> metrics_;
  std::unique_ptr<TestBackend> backend_;
  int backend_port_ = 0;
  std::unique_ptr<Gateway> gateway_;
};

// The reason of an error answer's ErrorInfo; "" if it is not one.
std::string ReasonOf(const HttpAnswer& answer);
// One value of its metadata.
std::string MetadataOf(const HttpAnswer& answer, const std::string& key);

}  // namespace assay::gateway::testing
