// One client connection: requests one after the other, each with its limits in bytes
// and in time, each answered by an Exchange.
//
// A read is always pending while a request is served, so a client that goes away is
// noticed at once and its call is cancelled. Everything runs on the loop's thread.
#pragma once
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/error.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/exchange.h"
#include "gateway/http_request.h"
#include "services/platform/auth/principal.h"

namespace assay::gateway {

class Loop;

using SteadyTime = std::chrono::steady_clock::time_point;

class Session final : public std::enable_shared_from_this<Session>,
                      private BodySink,
                      private Responder {
 public:
  Session(Loop& loop, boost::asio::ip::tcp::socket socket);
  ~Session() override;

  void Start();
  // Answers 503 and closes: more connections than the limit.
  void Refuse();
  void OnTick(SteadyTime now);
  // Closes after the request under way; at once if there is none.
  void Drain();
  void Close();

 private:
  using Error = boost::system::error_code;
  enum class Phase {
    kIdle,    // Between requests.
    kHead,    // A request has begun.
    kBody,    // Its body is being read.
    kAnswer,  // The service is at work.
    kStream,  // The answer is being sent in pieces.
    kSend,    // The rest of the answer is being sent.
    kLinger,  // Answered before all was read; what still comes is thrown away.
    kClosed,
  };

  // Reading.
  void Read();
  void OnRead(const Error& error, std::size_t size);
  void OnPeerGone();
  void Parse();
  bool ParseHead();  // False: more bytes are needed, or the request is answered.
  bool ParseBody();
  bool MakeRoom(std::size_t max);
  void ResizeBuffer(std::size_t size);
  void OnHead();
  void OnBody(std::string_view data) override;
  void RefuseHead(const Error& error);

  // Deciding (in this order).
  void Dispatch();
  bool ServeBuiltIn(std::string_view path);
  void ServeHealth();
  void ServeOptions(std::string_view path);
  absl::Status Authenticate();
  absl::Status CheckBody();
  absl::Status BodyTooLarge() const;
  void ReleaseBody();
  void ServeRoute(RouteMatch match);
  void BeginBodyPhase();
  absl::StatusOr<absl::Duration> TimeoutOf(const Route& route) const;
  void TakeRequestId();

  // Answering: Responder.
  void Respond(int http_code, std::string_view content_type, std::string_view body) override;
  void RespondError(const google::rpc::Status& status, int http_code) override;
  void BeginBody(const std::vector<ResponseHeader>& headers,
                 std::optional<std::uint64_t> length) override;
  void SendBody(ResponsePiece piece) override;
  std::size_t unsent() const override { return unsent_; }
  void EndBody(bool whole) override;
  void PauseBody() override { body_paused_ = true; }
  void ResumeBody() override;
  bool is_head() const override { return head_.method == "HEAD"; }

  void RespondError(const absl::Status& status, int http_code = 0);
  void RespondWith(int http_code, const std::vector<ResponseHeader>& headers,
                   std::string_view body);
  void AppendHead(int http_code, const std::vector<ResponseHeader>& headers,
                  std::optional<std::uint64_t> length);
  void Queue(std::string bytes, std::size_t begin, std::size_t size);
  // Sends `head` and `body` now as far as the socket takes them, and queues the rest.
  void Send(std::string_view head, std::string_view body);
  void Flush();
  void OnWritten(std::size_t size);
  void OnAllSent();
  void Linger();
  void LogRequest();
  void SetDeadline(absl::Duration from_now);
  void NoteProgress(std::size_t bytes);

  Loop& loop_;
  boost::asio::ip::tcp::socket socket_;
  Phase phase_ = Phase::kIdle;
  SteadyTime deadline_;

  std::unique_ptr<char[]> buffer_;
  std::size_t buffer_size_ = 0;
  std::size_t head_bytes_ = 0;
  std::size_t begin_ = 0;  // Unparsed bytes are [begin_, end_).
  std::size_t end_ = 0;
  bool read_pending_ = false;
  bool parsing_ = false;

  std::optional<RequestParser> parser_;
  RequestHead head_;
  std::vector<std::string> path_values_;
  std::string request_id_;
  const Route* route_ = nullptr;
  std::shared_ptr<const platform::Principal> principal_;
  std::unique_ptr<Exchange> unary_;   // Kept from request to request.
  std::unique_ptr<Exchange> stream_;  // Of this request.
  Exchange* exchange_ = nullptr;      // The one at work.
  bool keep_alive_ = true;
  bool body_paused_ = false;
  bool body_too_large_ = false;
  bool bodies_full_ = false;    // All connections together hold too much.
  std::int64_t body_held_ = 0;  // Of ours, in GatewayShared::bodies_bytes.
  std::uint64_t body_max_ = 0;
  SteadyTime call_deadline_;

  std::string out_;  // A response head is put together here.
  std::deque<ResponsePiece> queue_;
  std::size_t unsent_ = 0;
  bool write_pending_ = false;
  bool chunked_ = false;
  bool chunk_open_ = false;  // The line end after its data is still to be sent.
  std::size_t progress_ = 0;

  // For the log.
  SteadyTime began_;
  int http_code_ = 0;
  std::string reason_;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace assay::gateway
