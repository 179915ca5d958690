// The whole of Assay on free ports: Redis, four services, the gateway.
//
// Example:
//   auto system = System::Start();
//   HttpReply reply = system->Call({.path = "/v1/centres", .token = system->Token({.roles =
//   {"quality"}})});
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "services/platform/auth/issuer.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/servers.h"
#include "tests/e2e/http.h"

namespace assay::e2e {

class System {
 public:
  // Fails the test (and returns null) if something does not become ready.
  static std::unique_ptr<System> Start();
  ~System();

  const std::string& base() const { return base_; }
  std::string dir() const { return dir_.path(); }
  int port(const std::string& service) const;  // Its gRPC port.
  platform::testing::RedisServer& redis() { return *redis_; }

  // Signed by the installation's own key. Tenant "demo" and subject "users/test" unless said.
  std::string Token(platform::Principal principal, absl::Duration lifetime = absl::Hours(1)) const;
  const platform::SigningKey& key() const { return *key_; }

  HttpReply Call(const HttpRequest& request) const { return Http(base_, request); }
  // POST of JSON.
  HttpReply Post(const std::string& path, const nlohmann::json& body,
                 const std::string& token) const;
  HttpReply Get(const std::string& path, const std::string& token) const;

  void Kill(const std::string& part);     // SIGKILL; "gateway" or a service.
  bool Restart(const std::string& part);  // On the same port; waits until ready.
  int Stop(const std::string& part);      // SIGTERM; the exit code.

 private:
  System() = default;
  bool Launch(const std::string& part);
  bool WaitReady(const std::string& part);
  bool Reached();

  struct Part {
    std::string name;
    int port = 0;
    std::unique_ptr<platform::testing::Child> child;
  };
  Part& part(const std::string& name);

  platform::testing::TempDir dir_;
  std::unique_ptr<platform::testing::RedisServer> redis_;
  std::unique_ptr<platform::SigningKey> key_;
  std::vector<Part> parts_;
  std::string base_;
};

// Polls every few milliseconds until `done`, at most `seconds`.
bool Eventually(double seconds, const std::function<bool()>& done);

}  // namespace assay::e2e
