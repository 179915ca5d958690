#include "gateway/upstream_connection.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <charconv>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "gateway/percent.h"
#include "gateway/scalar.h"
#include "services/platform/core/bytes.h"
#include "services/platform/log/log.h"

namespace assay::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using platform::KiB;
using platform::MiB;

// A stream's window bounds what one slow client can make us hold; the connection's is
// given back at once, so that no stream waits for another.
constexpr std::int32_t kStreamWindow = KiB(512);
constexpr std::int32_t kConnectionWindow = MiB(64);
constexpr std::size_t kOutMax = KiB(256);
constexpr std::size_t kFrameMax = KiB(64);
// A peer that is gone without a word is noticed after this long with data under way.
constexpr unsigned kUserTimeoutMs = 20'000;

constexpr int kInternal = static_cast<int>(absl::StatusCode::kInternal);
constexpr int kCancelled = static_cast<int>(absl::StatusCode::kCancelled);
constexpr int kUnavailable = static_cast<int>(absl::StatusCode::kUnavailable);

// grpc/doc/http-grpc-status-mapping.md: for answers that no gRPC server wrote.
int CodeOfHttp(int http_status) {
  switch (http_status) {
    case 400:
    case 431:
      return kInternal;
    case 401:
      return static_cast<int>(absl::StatusCode::kUnauthenticated);
    case 403:
      return static_cast<int>(absl::StatusCode::kPermissionDenied);
    case 404:
      return static_cast<int>(absl::StatusCode::kUnimplemented);
    case 429:
    case 502:
    case 503:
    case 504:
      return kUnavailable;
    default:
      return static_cast<int>(absl::StatusCode::kUnknown);
  }
}

int CodeOfReset(std::uint32_t error_code) {
  switch (error_code) {
    case NGHTTP2_REFUSED_STREAM:
      return kUnavailable;
    case NGHTTP2_CANCEL:
      return static_cast<int>(absl::StatusCode::kCancelled);
    case NGHTTP2_ENHANCE_YOUR_CALM:
      return static_cast<int>(absl::StatusCode::kResourceExhausted);
    default:
      return kInternal;
  }
}

nghttp2_nv Header(std::string_view name, std::string_view value,
                  std::uint8_t flags = NGHTTP2_NV_FLAG_NONE) {
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(),
          static_cast<std::uint8_t>(flags | NGHTTP2_NV_FLAG_NO_COPY_NAME)};
}

// At most eight digits; milliseconds reach 27 hours.
std::string TimeoutText(absl::Duration timeout) {
  const std::int64_t ms = std::max<std::int64_t>(1, absl::ToInt64Milliseconds(timeout));
  return ms < 100'000'000 ? std::to_string(ms) + "m" : std::to_string(ms / 1000) + "S";
}

int ParseInt(std::string_view text) {
  int value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

// The C callbacks, which only find the object again.
struct UpstreamConnection::Callbacks {
  static UpstreamConnection& Self(void* user) { return *static_cast<UpstreamConnection*>(user); }
  static Call* CallOf(Session* session, std::int32_t stream) {
    return static_cast<Call*>(nghttp2_session_get_stream_user_data(session, stream));
  }
  static std::string_view View(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
  }

  static int OnHeader(Session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
    if (Call* call = CallOf(session, frame->hd.stream_id)) {
      Self(user).OnHeader(*call, View(name, name_size), View(value, value_size));
    }
    return 0;
  }
  static int OnData(Session* session, std::uint8_t, std::int32_t stream, const std::uint8_t* data,
                    std::size_t size, void* user) {
    nghttp2_session_consume_connection(session, size);
    if (Call* call = CallOf(session, stream)) Self(user).OnData(*call, View(data, size));
    return 0;
  }
  static int OnClose(Session* session, std::int32_t stream, std::uint32_t error_code, void* user) {
    if (Call* call = CallOf(session, stream)) Self(user).OnStreamClosed(*call, error_code);
    return 0;
  }
  static int OnFrame(Session*, const nghttp2_frame* frame, void* user) {
    UpstreamConnection& self = Self(user);
    if (frame->hd.type != NGHTTP2_GOAWAY || self.draining_) return 0;
    self.draining_ = true;
    if (self.owner_ != nullptr) self.owner_->OnGoaway(self);
    return 0;
  }
  static ssize_t ReadRequest(Session* session, std::int32_t stream, std::uint8_t* to,
                             std::size_t size, std::uint32_t* flags, nghttp2_data_source*,
                             void* user) {
    Call* call = CallOf(session, stream);
    if (call == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // Cancelled.
    return Self(user).ReadRequest(*call, to, size, flags);
  }
  static ssize_t FrameSize(Session*, std::uint8_t, std::int32_t, std::int32_t session_window,
                           std::int32_t stream_window, std::uint32_t remote_max, void*) {
    return std::min<ssize_t>({session_window, stream_window, static_cast<ssize_t>(remote_max),
                              static_cast<ssize_t>(kFrameMax)});
  }
};

UpstreamConnection::UpstreamConnection(Upstream& owner, asio::io_context& io, std::string authority)
    : owner_(&owner),
      io_(io),
      resolver_(io),
      socket_(io),
      timer_(io),
      authority_(std::move(authority)),
      session_(nullptr, nghttp2_session_del) {}

UpstreamConnection::~UpstreamConnection() = default;

void UpstreamConnection::Open(const std::string& host, const std::string& port,
                              absl::Duration timeout) {
  timer_.expires_after(absl::ToChronoMilliseconds(timeout));
  timer_.async_wait([self = shared_from_this()](const Error& error) {
    if (!error && !self->ready_) self->Lose();
  });
  resolver_.async_resolve(
      host, port, [self = shared_from_this()](const Error& error, tcp::resolver::results_type at) {
        if (self->lost_) return;
        if (error) return self->Lose();
        asio::async_connect(self->socket_, at, [self](const Error& failed, const tcp::endpoint&) {
          if (!self->lost_) self->OnConnected(failed);
        });
      });
}

void UpstreamConnection::OnConnected(const Error& error) {
  if (error) return Lose();
  timer_.cancel();
  Error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  unsigned timeout = kUserTimeoutMs;
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
  StartSession();
  ready_ = true;
  if (owner_ != nullptr) owner_->OnReady();
  ScheduleFlush();
  Read();
}

void UpstreamConnection::StartSession() {
  nghttp2_session_callbacks* callbacks = nullptr;
  ASSAY_CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
  const absl::Cleanup delete_callbacks = [&] { nghttp2_session_callbacks_del(callbacks); };
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::OnHeader);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::OnData);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::OnClose);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::OnFrame);
  nghttp2_session_callbacks_set_data_source_read_length_callback(callbacks, Callbacks::FrameSize);
  nghttp2_option* option = nullptr;
  ASSAY_CHECK(nghttp2_option_new(&option) == 0);
  const absl::Cleanup delete_option = [&] { nghttp2_option_del(option); };
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_peer_max_concurrent_streams(option, 100);
  Session* session = nullptr;
  ASSAY_CHECK(nghttp2_session_client_new2(&session, callbacks, this, option) == 0);
  session_.reset(session);
  const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                             {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow}};
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, 2);
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
}

void UpstreamConnection::Read() {
  socket_.async_read_some(asio::buffer(in_),
                          [self = shared_from_this()](const Error& error, std::size_t size) {
                            self->OnRead(error, size);
                          });
}

void UpstreamConnection::OnRead(const Error& error, std::size_t size) {
  if (lost_) return;
  if (error) return Lose();
  in_session_ = true;
  const ssize_t taken = nghttp2_session_mem_recv(session_.get(), in_.data(), size);
  in_session_ = false;
  if (taken < 0) {
    platform::Log(platform::Severity::kWarning, "gateway.backend.protocol_error",
                  {{"backend", authority_}, {"error", nghttp2_strerror(static_cast<int>(taken))}});
    return Lose();
  }
  if (lost_) return;
  ScheduleFlush();
  // After GOAWAY the session ends with its last stream.
  if (nghttp2_session_want_read(session_.get()) == 0 &&
      nghttp2_session_want_write(session_.get()) == 0) {
    return Lose();
  }
  Read();
}

// Posted, so that all that this turn of the loop produces goes out in one write.
void UpstreamConnection::ScheduleFlush() {
  if (flush_scheduled_ || lost_) return;
  flush_scheduled_ = true;
  asio::post(io_, [self = shared_from_this()] {
    self->flush_scheduled_ = false;
    if (!self->lost_ && self->ready_) self->Flush();
  });
}

void UpstreamConnection::Flush() {
  while (!write_pending_) {
    out_.clear();
    const std::uint8_t* data = nullptr;
    ssize_t size = 0;
    in_session_ = true;
    while (out_.size() < kOutMax && (size = nghttp2_session_mem_send(session_.get(), &data)) > 0) {
      out_.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
    }
    in_session_ = false;
    if (size < 0) return Lose();
    if (out_.empty()) break;
    Error error;
    const std::size_t sent = socket_.write_some(asio::buffer(out_), error);
    if (error && error != asio::error::would_block) return Lose();
    if (sent == out_.size()) continue;
    writing_.swap(out_);
    written_ = sent;
    write_pending_ = true;
    socket_.async_write_some(asio::buffer(writing_.data() + sent, writing_.size() - sent),
                             [self = shared_from_this()](const Error& failed, std::size_t n) {
                               self->OnWritten(failed, n);
                             });
  }
  TellWritable();
}

void UpstreamConnection::OnWritten(const Error& error, std::size_t size) {
  if (lost_) return;
  if (error) return Lose();
  written_ += size;
  if (written_ < writing_.size()) {
    socket_.async_write_some(asio::buffer(writing_.data() + written_, writing_.size() - written_),
                             [self = shared_from_this()](const Error& failed, std::size_t n) {
                               self->OnWritten(failed, n);
                             });
    return;
  }
  write_pending_ = false;
  Flush();
}

void UpstreamConnection::TellWritable() {
  while (!writable_.empty()) {
    Call& call = *writable_.back();
    writable_.pop_back();
    call.in_writable_list = false;
    if (!call.tell_writable || call.unsent > Upstream::kWriteLowMark) continue;
    call.tell_writable = false;
    call.observer->OnWritable();
  }
}

bool UpstreamConnection::Submit(Call& call) {
  if (!ready_ || lost_ || draining_) return false;
  // Time in the queue is the call's own.
  const auto waited = std::chrono::steady_clock::now() - call.made;
  const std::string timeout = TimeoutText(call.request.timeout - absl::FromChrono(waited));
  std::array<nghttp2_nv, 10> headers = {
      Header(":method", "POST", NGHTTP2_NV_FLAG_NO_COPY_VALUE),
      Header(":scheme", "http", NGHTTP2_NV_FLAG_NO_COPY_VALUE),
      Header(":path", call.request.path, NGHTTP2_NV_FLAG_NO_COPY_VALUE),
      Header(":authority", authority_),
      Header("content-type", "application/grpc", NGHTTP2_NV_FLAG_NO_COPY_VALUE),
      Header("te", "trailers", NGHTTP2_NV_FLAG_NO_COPY_VALUE),
      Header("grpc-timeout", timeout)};
  std::size_t count = 7;
  const auto add = [&](std::string_view name, std::string_view value, std::uint8_t flags) {
    if (!value.empty()) headers[count++] = Header(name, value, flags);
  };
  add("authorization", call.request.authorization, NGHTTP2_NV_FLAG_NONE);
  // New with every call: in HPACK's table they would only push out what repeats.
  add("x-request-id", call.request.request_id, NGHTTP2_NV_FLAG_NO_INDEX);
  add("traceparent", call.request.traceparent, NGHTTP2_NV_FLAG_NO_INDEX);
  call.first_sent = 0;
  nghttp2_data_provider body;
  body.source.ptr = nullptr;
  body.read_callback = Callbacks::ReadRequest;
  const std::int32_t stream =
      nghttp2_submit_request(session_.get(), nullptr, headers.data(), count, &body, &call);
  if (stream < 0) return false;
  call.stream = stream;
  call.connection = this;
  call.index = calls_.size();
  calls_.push_back(&call);
  ScheduleFlush();
  return true;
}

ssize_t UpstreamConnection::ReadRequest(Call& call, std::uint8_t* to, std::size_t size,
                                        std::uint32_t* flags) {
  std::size_t filled = 0;
  const auto take = [&](const char* from, std::size_t available) {
    const std::size_t n = std::min(available, size - filled);
    std::memcpy(to + filled, from, n);
    filled += n;
    return n;
  };
  const std::string& first = call.request.first;
  call.first_sent += take(first.data() + call.first_sent, first.size() - call.first_sent);
  while (filled < size && !call.pieces.empty()) {
    RequestPiece& piece = call.pieces.front();
    const std::size_t n = take(piece.bytes.data() + piece.begin, piece.bytes.size() - piece.begin);
    piece.begin += n;
    call.unsent -= n;
    if (piece.begin == piece.bytes.size()) call.pieces.erase(call.pieces.begin());
  }
  if (call.tell_writable && call.unsent <= Upstream::kWriteLowMark && !call.in_writable_list) {
    call.in_writable_list = true;
    writable_.push_back(&call);
  }
  const bool all = call.first_sent == first.size() && call.pieces.empty();
  if (all && (call.finished || !call.request.streaming)) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
  } else if (filled == 0) {
    call.deferred = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  return static_cast<ssize_t>(filled);
}

void UpstreamConnection::ResumeData(Call& call) {
  if (!call.deferred) return;
  call.deferred = false;
  nghttp2_session_resume_data(session_.get(), call.stream);
  ScheduleFlush();
}

void UpstreamConnection::Consume(Call& call, std::size_t bytes) {
  if (bytes == 0) return;
  nghttp2_session_consume_stream(session_.get(), call.stream, bytes);
  ScheduleFlush();
}

void UpstreamConnection::OnHeader(Call& call, std::string_view name, std::string_view value) {
  call.answered = true;
  if (name == ":status") {
    call.http_status = ParseInt(value);
  } else if (name == "grpc-status") {
    call.grpc_status = ParseInt(value);
  } else if (name == "grpc-message") {
    call.status.message.clear();
    if (!PercentDecode(value, PercentMode::kAll, &call.status.message)) {
      call.status.message = std::string(value);
    }
  } else if (name == "grpc-status-details-bin") {
    if (!DecodeBase64(value, &call.status.details)) call.status.details.clear();
  } else if (name.starts_with("x-http-")) {
    call.observer->OnMetadata(name, value);
  }
}

void UpstreamConnection::OnData(Call& call, std::string_view data) {
  call.answered = true;
  if (call.paused) {
    call.unconsumed += data.size();
  } else {
    nghttp2_session_consume_stream(session_.get(), call.stream, data.size());
  }
  const std::int32_t stream = call.stream;
  const auto result = call.deframer.Feed(data, [&](std::string message) {
    call.delivered = true;
    call.observer->OnMessage(std::move(message));
    // The observer may have cancelled the call, which is gone then.
    return nghttp2_session_get_stream_user_data(session_.get(), stream) != nullptr;
  });
  if (result == GrpcDeframer::Result::kOk || result == GrpcDeframer::Result::kStopped) return;
  call.refused = true;
  call.status.code = result == GrpcDeframer::Result::kTooLarge
                         ? static_cast<int>(absl::StatusCode::kResourceExhausted)
                         : kInternal;
  call.status.message = "the service's answer cannot be taken";
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
}

void UpstreamConnection::OnStreamClosed(Call& call, std::uint32_t error_code) {
  Forget(call);
  if (owner_ == nullptr) return;
  const bool never_seen = error_code == NGHTTP2_REFUSED_STREAM && !call.answered;
  // Without details it is not the method's answer: the service is stopping, and ends
  // the calls of a client that still waits.
  const bool stopping =
      !call.refused && call.status.details.empty() &&
      (call.grpc_status == kCancelled || (call.grpc_status < 0 && error_code == NGHTTP2_CANCEL));
  if (!call.resent && !call.request.streaming &&
      (never_seen || (stopping && call.request.idempotent && !call.delivered))) {
    owner_->Requeue(call);
    return;
  }
  UpstreamStatus status = std::move(call.status);
  if (call.refused) {
    // It says already what we found wrong.
  } else if (stopping) {
    status.code = kUnavailable;
  } else if (call.grpc_status >= 0) {
    status.code = call.grpc_status;
    if (status.code == 0 && !call.deframer.between_messages()) status.code = kInternal;
  } else if (error_code != NGHTTP2_NO_ERROR) {
    status.code = CodeOfReset(error_code);
  } else if (call.http_status != 200) {
    status.code = CodeOfHttp(call.http_status);
  } else {
    status.code = kInternal;  // An end without trailers: cut short.
  }
  owner_->Done(call, std::move(status));
}

void UpstreamConnection::Reset(Call& call, std::uint32_t error_code) {
  nghttp2_session_set_stream_user_data(session_.get(), call.stream, nullptr);
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, call.stream, error_code);
  Forget(call);
  ScheduleFlush();
}

void UpstreamConnection::Forget(Call& call) {
  nghttp2_session_set_stream_user_data(session_.get(), call.stream, nullptr);
  calls_[call.index] = calls_.back();
  calls_[call.index]->index = call.index;
  calls_.pop_back();
  if (call.in_writable_list) std::erase(writable_, &call);
  call.connection = nullptr;
}

void UpstreamConnection::Lose() {
  if (lost_) return;
  // Inside of nghttp2 its session must live on until it returns.
  if (in_session_) {
    asio::post(io_, [self = shared_from_this()] { self->Lose(); });
    return;
  }
  const auto self = shared_from_this();
  lost_ = true;
  const bool was_ready = std::exchange(ready_, false);
  Error ignored;
  timer_.cancel();
  resolver_.cancel();
  socket_.close(ignored);
  writable_.clear();
  std::vector<Call*> calls = std::exchange(calls_, {});
  for (Call* call : calls) call->connection = nullptr;
  if (owner_ == nullptr) return;
  Upstream& owner = *owner_;
  owner.OnLost(*this, was_ready);
  for (Call* call : calls) {
    if (call->request.idempotent && !call->delivered && !call->resent) {
      owner.Requeue(*call);
    } else {
      owner.FailLater(*call, {kUnavailable, "", ""});
    }
  }
}

}  // namespace assay::gateway
