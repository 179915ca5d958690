// One HTTP/2 connection of an Upstream. Only upstream.cc uses it.
#pragma once
#include <nghttp2/nghttp2.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/grpc_frame.h"
#include "gateway/upstream.h"

namespace assay::gateway {

struct Call {
  Call(CallRequest r, CallObserver& o)
      : request(std::move(r)), observer(&o), deframer(request.message_bytes_max) {}

  // Forgets what came of a first attempt.
  void StartAgain() {
    resent = true;
    answered = false;
    http_status = 0;
    grpc_status = -1;
    unconsumed = 0;
    status = UpstreamStatus();
    deframer = GrpcDeframer(request.message_bytes_max);
  }

  CallRequest request;
  CallObserver* observer;
  const std::chrono::steady_clock::time_point made = std::chrono::steady_clock::now();
  GrpcDeframer deframer;
  UpstreamConnection* connection = nullptr;  // Once submitted.
  int stream = -1;
  std::size_t index = 0;   // Among the connection's calls.
  bool submitted = false;  // It counts as active.

  std::size_t first_sent = 0;  // Of request.first.
  std::vector<RequestPiece> pieces;
  std::size_t unsent = 0;      // In `pieces`.
  bool finished = false;       // No more pieces will come.
  bool deferred = false;       // nghttp2 waits for ResumeData.
  bool tell_writable = false;  // It was above the high mark.
  bool in_writable_list = false;

  bool paused = false;
  std::size_t unconsumed = 0;  // Of the stream's window, while paused.
  bool answered = false;       // Something of the response has come.
  bool delivered = false;      // A message has been passed on.
  bool resent = false;
  int http_status = 0;
  int grpc_status = -1;
  bool refused = false;  // By ourselves: `status` has why.
  UpstreamStatus status;
};

class UpstreamConnection : public std::enable_shared_from_this<UpstreamConnection> {
 public:
  UpstreamConnection(Upstream& owner, boost::asio::io_context& io, std::string authority);
  ~UpstreamConnection();

  void Open(const std::string& host, const std::string& port, absl::Duration timeout);
  bool ready() const { return ready_; }
  std::size_t streams() const { return calls_.size(); }
  bool Submit(Call& call);  // False: the connection takes no more.
  void ResumeData(Call& call);
  void Consume(Call& call, std::size_t bytes);
  void Reset(Call& call, std::uint32_t error_code);
  void ScheduleFlush();
  void Close() { Lose(); }  // Its calls fail.
  void Detach() { owner_ = nullptr; }

 private:
  using Error = boost::system::error_code;
  using Session = nghttp2_session;
  struct Callbacks;
  friend struct Callbacks;

  void OnConnected(const Error& error);
  void StartSession();
  void Read();
  void OnRead(const Error& error, std::size_t size);
  void Flush();
  void OnWritten(const Error& error, std::size_t size);
  void TellWritable();
  void Lose();
  // From nghttp2:
  void OnHeader(Call& call, std::string_view name, std::string_view value);
  void OnData(Call& call, std::string_view data);
  void OnStreamClosed(Call& call, std::uint32_t error_code);
  ssize_t ReadRequest(Call& call, std::uint8_t* to, std::size_t size, std::uint32_t* flags);
  void Forget(Call& call);

  Upstream* owner_;
  boost::asio::io_context& io_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::string authority_;
  std::unique_ptr<Session, void (*)(Session*)> session_;
  std::vector<Call*> calls_;
  std::vector<Call*> writable_;
  std::array<std::uint8_t, 64 * 1024> in_;
  std::string out_;      // Frames not yet given to the socket.
  std::string writing_;  // Being written.
  std::size_t written_ = 0;
  bool write_pending_ = false;
  bool flush_scheduled_ = false;
  bool ready_ = false;
  bool lost_ = false;
  bool draining_ = false;  // After GOAWAY.
  bool in_session_ = false;
};

}  // namespace assay::gateway
