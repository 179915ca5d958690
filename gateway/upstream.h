// Calls from one loop to one service: gRPC over HTTP/2 (nghttp2), on one connection
// that is made again when it is lost.
//
// Everything runs on the loop's own thread, callbacks too. Nothing blocks.
//
//   nobody there    → calls fail at once with UNAVAILABLE, and it tries again after
//                     50 ms, doubled to 1 s
//   connecting      → calls wait in a bounded queue
//   GOAWAY          → running calls end on the old connection, new ones use a new one;
//                     calls that the service says it never saw are sent again
//   connection lost → running calls fail with UNAVAILABLE; those of GET, which change
//                     nothing, are sent again once
#pragma once
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "gateway/errors.h"
#include "services/platform/core/entropy.h"

namespace assay::gateway {

class Upstream;
class UpstreamConnection;

// What a call tells the one who made it. Not called from within Start, Write, Finish.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  // Response metadata with the prefix "x-http-", before the first message.
  virtual void OnMetadata(std::string_view key, std::string_view value) = 0;
  virtual void OnMessage(std::string message) = 0;
  // What was written has gone below the low mark.
  virtual void OnWritable() = 0;
  // Last; the Call is gone after it.
  virtual void OnDone(UpstreamStatus status) = 0;
};

// A piece of the request: bytes.substr(begin).
struct RequestPiece {
  std::string bytes;
  std::size_t begin = 0;
};

struct CallRequest {
  std::string_view path;  // Must outlive the call.
  std::string_view authorization;
  std::string_view request_id;
  std::string_view traceparent;
  absl::Duration timeout;
  bool idempotent = false;  // May be sent again if the connection is lost before an answer.
  bool streaming = false;   // More is written after `first`.
  std::string first;        // Framed messages.
  std::size_t message_bytes_max = 0;
};

// One call. Owned by its Upstream until OnDone or Cancel.
struct Call;

struct UpstreamOptions {
  std::string address;    // host:port
  int streams_max = 256;  // At a time; more wait.
  std::size_t queue_max = 4096;
  absl::Duration connect_timeout = absl::Seconds(3);
};

class Upstream {
 public:
  // Above the high mark Write is to stop until OnWritable.
  static constexpr std::size_t kWriteHighMark = 512 * 1024;
  static constexpr std::size_t kWriteLowMark = 128 * 1024;

  Upstream(boost::asio::io_context& io, UpstreamOptions options, platform::Entropy& entropy);
  ~Upstream();  // After the loop has stopped.

  void Connect();  // Ahead of the first call.
  // Never fails here: what goes wrong comes to OnDone.
  Call* Start(CallRequest request, CallObserver& observer);
  void Write(Call& call, RequestPiece piece);
  void Finish(Call& call);  // No more pieces.
  static std::size_t Unsent(const Call& call);
  // While paused, the service is not told to send more.
  void PauseReading(Call& call);
  void ResumeReading(Call& call);
  // No callback comes after it.
  void Cancel(Call& call);

  // "ready", "connecting" or "down".
  std::string_view state() const;
  const std::string& address() const { return options_.address; }
  int active() const { return active_; }
  // Closes; calls that still run fail.
  void Shutdown();

 private:
  friend class UpstreamConnection;
  void Submit(Call& call);
  void PumpQueue();
  void Done(Call& call, UpstreamStatus status);  // Deletes it.
  void FailQueued();
  void DrainFailing();
  // From the connection:
  void OnReady();
  void OnGoaway(UpstreamConnection& connection);
  void OnLost(UpstreamConnection& connection, bool was_ready);
  void Requeue(Call& call);  // To be sent again, ahead of others.
  void FailLater(Call& call, UpstreamStatus status);
  void RetryConnect();

  boost::asio::io_context& io_;
  UpstreamOptions options_;
  platform::Entropy& entropy_;
  std::shared_ptr<UpstreamConnection> current_;
  std::vector<std::shared_ptr<UpstreamConnection>> draining_;  // After GOAWAY.
  std::deque<Call*> queue_;
  struct Failing {
    Call* call;
    UpstreamStatus status;
  };
  std::deque<Failing> failing_;
  bool drain_posted_ = false;
  int active_ = 0;        // Submitted.
  int failures_ = 0;      // To connect, in a row.
  bool waiting_ = false;  // For the next attempt.
  bool stopped_ = false;
  // What is posted may run after the last call; it holds this weakly.
  std::shared_ptr<Upstream*> self_ = std::make_shared<Upstream*>(this);
};

}  // namespace assay::gateway
