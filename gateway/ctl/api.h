// The gateway, as any portal would call it: REST and JSON over kept-alive connections.
//
// Example:
//   Api api({.url = "http://127.0.0.1:8080"}, SystemClock());
//   ASSIGN_OR_RETURN(const Json centre, api.Call({.path = "/v1/centres/urn-900001", .token = t}));
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/ctl/json_view.h"
#include "services/platform/core/clock.h"

namespace assay::gateway::ctl {

struct ApiOptions {
  std::string url = {};
  absl::Duration timeout = absl::Seconds(330);  // One attempt; the longest call has 300 s.
  // How long a call that may be repeated is, while nobody answers or the answer is UNAVAILABLE.
  absl::Duration retry_for = absl::Seconds(30);
};

struct ApiRequest {
  std::string method = "GET";
  std::string path = {};  // "/v1/centres/urn-900001", as it stands in the URL.
  std::vector<std::pair<std::string, std::string>> query = {};  // Escaped here.
  std::string token = {};
  std::string content_type = "application/json";
  std::string body = {};
  std::string body_file = {};  // Read from this file instead of `body`.
  // A repeat has no second effect: reads, and whatever carries a request_id.
  bool repeatable = true;
  std::function<void(std::int64_t sent)> on_sent = {};  // Bytes of the body so far.
};

// How the calls went, for the end of the story.
struct ApiTally {
  std::int64_t calls = 0;
  std::int64_t repeats = 0;  // Attempts beyond the first.
  absl::Duration median = {};
  absl::Duration slowest = {};
};

// Thread-safe: each call in flight has a connection of its own, which is kept for later calls.
class Api {
 public:
  Api(ApiOptions options, const platform::Clock& clock);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // The answer's JSON. An error of the gateway or a service keeps its code, reason,
  // metadata and field violations (platform/error).
  absl::StatusOr<Json> Call(const ApiRequest& request);
  // The answer's bytes as they are.
  absl::StatusOr<std::string> Fetch(const ApiRequest& request);
  ApiTally tally();
  const std::string& url() const { return options_.url; }

 private:
  struct Connection;
  struct Attempt;
  std::unique_ptr<Connection> Borrow();
  void Return(std::unique_ptr<Connection> connection);
  absl::StatusOr<std::string> TryOnce(Connection& connection, const ApiRequest& request);

  const ApiOptions options_;
  const platform::Clock& clock_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::vector<double> call_seconds_;
  std::int64_t repeats_ = 0;
};

// The status in a google.rpc.Status answer; a message made from `http` if it is not one.
absl::Status StatusOfAnswer(long http, std::string_view body);

// Percent-encodes all but unreserved characters.
std::string UrlEscape(std::string_view text);

}  // namespace assay::gateway::ctl
