#include "gateway/upstream.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "gateway/upstream_connection.h"
#include "services/platform/core/backoff.h"
#include "services/platform/log/log.h"

namespace assay::gateway {
namespace {

using platform::Log;
using platform::Severity;

constexpr absl::Duration kRetryMin = absl::Milliseconds(50);
constexpr absl::Duration kRetryMax = absl::Seconds(1);

UpstreamStatus Unavailable() { return {static_cast<int>(absl::StatusCode::kUnavailable), "", ""}; }

}  // namespace

Upstream::Upstream(boost::asio::io_context& io, UpstreamOptions options, platform::Entropy& entropy)
    : io_(io), options_(std::move(options)), entropy_(entropy) {}

Upstream::~Upstream() {
  Shutdown();
  DrainFailing();
}

void Upstream::Connect() {
  if (current_ != nullptr || waiting_ || stopped_) return;
  const std::size_t colon = options_.address.rfind(':');
  current_ = std::make_shared<UpstreamConnection>(*this, io_, options_.address);
  // current_ may be gone again when Open returns.
  const auto opening = current_;
  opening->Open(options_.address.substr(0, colon), options_.address.substr(colon + 1),
                options_.connect_timeout);
}

std::string_view Upstream::state() const {
  if (current_ == nullptr) return "down";
  return current_->ready() ? "ready" : "connecting";
}

Call* Upstream::Start(CallRequest request, CallObserver& observer) {
  auto* call = new Call(std::move(request), observer);
  if (stopped_ || (current_ == nullptr && waiting_)) {
    FailLater(*call, Unavailable());
    return call;
  }
  if (queue_.size() >= options_.queue_max) {
    FailLater(*call, {static_cast<int>(absl::StatusCode::kResourceExhausted), "", ""});
    return call;
  }
  queue_.push_back(call);
  Connect();
  PumpQueue();
  return call;
}

void Upstream::PumpQueue() {
  while (!queue_.empty() && active_ < options_.streams_max && current_ != nullptr &&
         current_->ready()) {
    Call* call = queue_.front();
    if (!current_->Submit(*call)) return;
    queue_.pop_front();
    call->submitted = true;
    ++active_;
  }
}

void Upstream::Write(Call& call, RequestPiece piece) {
  call.unsent += piece.bytes.size() - piece.begin;
  call.pieces.push_back(std::move(piece));
  call.tell_writable = call.tell_writable || call.unsent > kWriteHighMark;
  if (call.connection != nullptr) call.connection->ResumeData(call);
}

void Upstream::Finish(Call& call) {
  call.finished = true;
  if (call.connection != nullptr) call.connection->ResumeData(call);
}

std::size_t Upstream::Unsent(const Call& call) { return call.unsent; }

void Upstream::PauseReading(Call& call) { call.paused = true; }

void Upstream::ResumeReading(Call& call) {
  call.paused = false;
  const std::size_t bytes = std::exchange(call.unconsumed, 0);
  if (call.connection != nullptr) call.connection->Consume(call, bytes);
}

void Upstream::Cancel(Call& call) {
  const bool was_submitted = std::exchange(call.submitted, false);
  if (call.connection != nullptr) {
    call.connection->Reset(call, NGHTTP2_CANCEL);
  } else {
    std::erase(queue_, &call);
    std::erase_if(failing_, [&](const Failing& each) { return each.call == &call; });
  }
  if (was_submitted) --active_;
  delete &call;
  PumpQueue();
}

void Upstream::Done(Call& call, UpstreamStatus status) {
  if (std::exchange(call.submitted, false)) --active_;
  CallObserver& observer = *call.observer;
  delete &call;
  observer.OnDone(std::move(status));
  PumpQueue();
}

void Upstream::Requeue(Call& call) {
  call.StartAgain();
  if (std::exchange(call.submitted, false)) --active_;
  if (current_ == nullptr && (waiting_ || stopped_)) return FailLater(call, Unavailable());
  queue_.push_front(&call);
  Connect();
  PumpQueue();
}

void Upstream::FailLater(Call& call, UpstreamStatus status) {
  if (std::exchange(call.submitted, false)) --active_;
  failing_.push_back({&call, std::move(status)});
  if (std::exchange(drain_posted_, true)) return;
  boost::asio::post(io_, [weak = std::weak_ptr(self_)] {
    if (const auto self = weak.lock()) (*self)->DrainFailing();
  });
}

void Upstream::DrainFailing() {
  drain_posted_ = false;
  while (!failing_.empty()) {
    Failing failing = std::move(failing_.front());
    failing_.pop_front();
    Done(*failing.call, std::move(failing.status));
  }
}

void Upstream::FailQueued() {
  for (Call* call : std::exchange(queue_, {})) FailLater(*call, Unavailable());
}

void Upstream::OnReady() {
  if (std::exchange(failures_, 0) > 0) {
    Log(Severity::kInfo, "gateway.backend.up", {{"backend", options_.address}});
  }
  PumpQueue();
}

void Upstream::OnGoaway(UpstreamConnection& connection) {
  if (current_.get() != &connection) return;
  draining_.push_back(std::move(current_));
  current_ = nullptr;
  // Called from within nghttp2: what comes next must not run inside of it.
  boost::asio::post(io_, [weak = std::weak_ptr(self_)] {
    if (const auto self = weak.lock()) (*self)->Connect();
  });
}

void Upstream::OnLost(UpstreamConnection& connection, bool was_ready) {
  std::erase_if(draining_, [&](const auto& each) { return each.get() == &connection; });
  if (current_.get() != &connection) return;
  current_ = nullptr;
  if (stopped_) return;
  if (was_ready) {
    // Restarted, perhaps; the first attempt to come back waits for nothing.
    Log(Severity::kWarning, "gateway.backend.lost", {{"backend", options_.address}});
    failures_ = 1;
    return Connect();
  }
  if (failures_++ == 0) {
    Log(Severity::kWarning, "gateway.backend.down", {{"backend", options_.address}});
  }
  RetryConnect();
  FailQueued();
}

void Upstream::RetryConnect() {
  waiting_ = true;
  auto timer = std::make_shared<boost::asio::steady_timer>(io_);
  timer->expires_after(
      absl::ToChronoMilliseconds(platform::Backoff(failures_ - 1, kRetryMin, kRetryMax, entropy_)));
  timer->async_wait([weak = std::weak_ptr(self_), timer](const boost::system::error_code&) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    (*self)->waiting_ = false;
    (*self)->Connect();
  });
}

void Upstream::Shutdown() {
  if (std::exchange(stopped_, true)) return;
  FailQueued();
  auto closing = std::exchange(draining_, {});
  if (current_ != nullptr) closing.push_back(std::exchange(current_, nullptr));
  for (const auto& connection : closing) {
    connection->Close();
    connection->Detach();
  }
}

}  // namespace assay::gateway
