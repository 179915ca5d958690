// A service in the test's process: the real wiring, an in-process channel, SQLite
// (or PostgreSQL), FakeClock, FakeEntropy, tokens from a test key.
//
// Example:
//   TestService service(approval::Definition(config));
//   auto centre = service.Call<Centre>("assay.approval.v1.CentreService/GetCentre", request,
//                                      service.Token({.roles = {"quality"}}));
#pragma once
#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/auth/issuer.h"
#include "services/platform/server/service.h"
#include "services/platform/testing/fakes.h"

namespace assay::platform::testing {

struct TestServiceOptions {
  std::string database = "";  // Empty: SQLite in a temporary folder.
  std::string redis = "";     // Empty: none.
  // Answers what the service asks of others: (method, request) → response, filled in place.
  std::function<absl::Status(std::string_view method, const google::protobuf::Message& request,
                             google::protobuf::Message& response)>
      others;
};

class TestService {
 public:
  explicit TestService(ServiceDefinition definition, TestServiceOptions options = {});
  ~TestService();

  // A token of tenant "tenant-a", subject "users/test", unless said otherwise. Good
  // for years of the FakeClock. A centre_… role needs its centre.
  std::string Token(Principal principal);
  template <typename Resp>
  absl::StatusOr<Resp> Call(std::string_view method, const google::protobuf::Message& request,
                            std::string_view token) {
    Resp response;
    absl::Status status = CallMethod(method, request, response, token);
    if (!status.ok()) return status;
    return response;
  }
  // Client streaming: sends all, returns the one answer.
  absl::Status CallUpload(std::string_view method,
                          const std::vector<const google::protobuf::Message*>& messages,
                          google::protobuf::Message& response, std::string_view token);
  // Server streaming: `on_message` gets each serialised message; `head`, if any, what came
  // before the first one.
  absl::Status CallDownload(std::string_view method, const google::protobuf::Message& request,
                            std::function<void(const std::string&)> on_message,
                            std::string_view token,
                            std::map<std::string, std::string>* head = nullptr);
  // Hands an event to the service's on_event.
  absl::Status Deliver(const Event& event);
  // Runs once, here and now, what the service registered with Parts::every. Nothing
  // else runs it: in tests no time passes by itself.
  absl::Status RunPeriodic(std::string_view what);
  // What is in the outbox, oldest first.
  std::vector<Event> Outbox();

  FakeClock& clock();
  Database& database();
  Metrics& metrics();
  std::string dir() const;
  int port() const;  // The same server on loopback, for tests that need a connection.

 private:
  absl::Status CallMethod(std::string_view method, const google::protobuf::Message& request,
                          google::protobuf::Message& response, std::string_view token);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::platform::testing
