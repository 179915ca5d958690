// One request and its answer, apart from the connection it came on.
//
// A Session (http_session.h) reads the head, finds the route and checks the token;
// then an Exchange takes the body as it comes, calls the service, and answers through
// its Responder. There is one kind of exchange for each way that bytes travel.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/errors.h"
#include "gateway/http_request.h"
#include "gateway/routes.h"
#include "gateway/transcode.h"
#include "gateway/upstream.h"

namespace assay::gateway {

struct ResponseHeader {
  std::string_view name;
  std::string_view value;
};

// The bytes of a response: bytes.substr(begin, size).
struct ResponsePiece {
  std::string bytes;
  std::size_t begin = 0;
  std::size_t size = 0;
};

// The connection, as an exchange sees it.
class Responder {
 public:
  virtual ~Responder() = default;
  // The whole answer. The exchange is over; it must not be used after this.
  virtual void Respond(int http_code, std::string_view content_type, std::string_view body) = 0;
  virtual void RespondError(const google::rpc::Status& status, int http_code) = 0;
  // An answer in pieces; without a length it is sent in chunks.
  virtual void BeginBody(const std::vector<ResponseHeader>& headers,
                         std::optional<std::uint64_t> length) = 0;
  virtual void SendBody(ResponsePiece piece) = 0;
  virtual std::size_t unsent() const = 0;
  // Ends it. An answer that is not whole is cut off, so that it does not look whole.
  virtual void EndBody(bool whole) = 0;
  // While paused, no more of the request's body is read.
  virtual void PauseBody() = 0;
  virtual void ResumeBody() = 0;
  virtual bool is_head() const = 0;
};

// What all exchanges of a loop share.
struct ExchangeContext {
  const Schema& schema;
  Transcoder& transcoder;
  std::vector<std::unique_ptr<Upstream>>& upstreams;
};

struct ExchangeRequest {
  const Route& route;
  const std::vector<std::string>& values;
  const RequestHead& head;
  std::string_view request_id;
  absl::Duration timeout;
};

class Exchange : public CallObserver {
 public:
  Exchange(ExchangeContext& context, Responder& responder)
      : context_(context), responder_(responder) {}
  ~Exchange() override { Stop(); }

  // Before the body. An error is the answer.
  virtual absl::Status Begin(const ExchangeRequest& request) = 0;
  virtual void OnBody(std::string_view data) = 0;
  virtual void OnBodyPause() {}  // Nothing more to read just now.
  virtual void OnBodyEnd() = 0;
  virtual void OnResponseDrained() {}  // What was sent has left.
  // The client is gone, or time is up: nothing will be answered through this any more.
  void Stop();

  void OnMetadata(std::string_view, std::string_view) override {}
  void OnWritable() override {}

 protected:
  void StartCall(const ExchangeRequest& request, std::string first, bool streaming);
  // A status as the answer; `call_` must be over.
  void Fail(const absl::Status& status);
  void Fail(const UpstreamStatus& status);
  Upstream& upstream() { return *upstream_; }

  ExchangeContext& context_;
  Responder& responder_;
  Upstream* upstream_ = nullptr;
  Call* call_ = nullptr;
  std::string reference_;  // The request id.
};

std::unique_ptr<Exchange> MakeExchange(RouteShape shape, ExchangeContext& context,
                                       Responder& responder);

}  // namespace assay::gateway
