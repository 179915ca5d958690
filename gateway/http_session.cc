#include "gateway/http_session.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <charconv>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "gateway/loop.h"
#include "gateway/text.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/log/log.h"

namespace assay::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using platform::KiB;
using Code = absl::StatusCode;

constexpr std::size_t kBufferSmall = KiB(8);
constexpr std::size_t kBufferUpload = KiB(256);
// A stream's clock starts again after this much, so a byte now and then keeps nothing open.
constexpr std::size_t kProgress = KiB(32);
constexpr absl::Duration kLingerTime = absl::Seconds(2);
// The service answers for its own deadline; ours is for a service that does not.
constexpr absl::Duration kDeadlineGrace = absl::Milliseconds(250);
constexpr std::size_t kGatherMax = 16;
// Whoever wrote a document, nothing in it runs, loads or sends.
constexpr std::string_view kDocumentHeaders =
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox\r\n"
    "Referrer-Policy: no-referrer\r\n";

platform::Error Malformed(std::string_view what) {
  return platform::Error(Code::kInvalidArgument, "HTTP_MALFORMED", what);
}

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}

bool IsHeaderValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

// The token of "Bearer …"; "" for anything else.
std::string_view BearerOf(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return "";
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    if (absl::ascii_tolower(authorization[i]) != kScheme[i]) return "";
  }
  return authorization.substr(kScheme.size());
}

SteadyTime After(absl::Duration duration) {
  return std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(duration);
}

}  // namespace

Session::Session(Loop& loop, tcp::socket socket) : loop_(loop), socket_(std::move(socket)) {}
Session::~Session() = default;

void Session::Start() {
  Error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  ResizeBuffer(kBufferSmall);
  // A connection that says nothing gets no more time than one that says it slowly.
  SetDeadline(loop_.shared().config.header_timeout);
  Read();
}

void Session::Refuse() {
  Error ignored;
  socket_.non_blocking(true, ignored);
  ResizeBuffer(kBufferSmall);
  keep_alive_ = false;
  request_id_ = loop_.NewRequestId();
  began_ = std::chrono::steady_clock::now();
  Read();
  RespondError(platform::Error(Code::kUnavailable, "SERVER_BUSY",
                               "too many connections; try again after a moment"));
}

void Session::SetDeadline(absl::Duration from_now) { deadline_ = After(from_now); }

void Session::NoteProgress(std::size_t bytes) {
  progress_ += bytes;
  if (progress_ < kProgress) return;
  progress_ = 0;
  deadline_ = std::min(After(loop_.shared().config.idle_timeout), call_deadline_);
}

void Session::OnTick(SteadyTime now) {
  if (now < deadline_) return;
  switch (phase_) {
    case Phase::kHead:
      keep_alive_ = false;
      return RespondError(platform::Error(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                                          "the request's head took too long to arrive"),
                          408);
    case Phase::kBody:
      exchange_->Stop();
      return RespondError(
          platform::Error(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                          body_paused_ ? "the service took too long to take the body"
                                       : "the body took too long to arrive"),
          body_paused_ ? 504 : 408);
    case Phase::kAnswer:
      exchange_->Stop();
      return RespondError(platform::Error(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                                          "the service took too long to answer"));
    case Phase::kStream:
    case Phase::kSend:
      reason_ = "TOO_SLOW";
      LogRequest();
      return Close();
    default:
      return Close();
  }
}

void Session::Drain() {
  keep_alive_ = false;
  if (phase_ == Phase::kIdle) Close();
}

void Session::Close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  const auto self = shared_from_this();
  if (exchange_ != nullptr) exchange_->Stop();
  Error ignored;
  socket_.close(ignored);
  queue_.clear();
  ReleaseBody();
  loop_.Forget(self);
}

// --- reading ----------------------------------------------------------------

void Session::ResizeBuffer(std::size_t size) {
  auto larger = std::make_unique<char[]>(size);
  std::copy(buffer_.get() + begin_, buffer_.get() + end_, larger.get());
  end_ -= begin_;
  begin_ = 0;
  buffer_ = std::move(larger);
  buffer_size_ = size;
}

bool Session::MakeRoom(std::size_t max) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ < buffer_size_) return true;
  if (begin_ > 0) {
    std::copy(buffer_.get() + begin_, buffer_.get() + end_, buffer_.get());
    end_ -= begin_;
    begin_ = 0;
    return true;
  }
  if (buffer_size_ >= max) return false;
  ResizeBuffer(std::min(max, buffer_size_ * 2));
  return true;
}

void Session::Read() {
  if (read_pending_ || phase_ == Phase::kClosed) return;
  if (phase_ == Phase::kBody && body_paused_) return;
  const bool head = phase_ == Phase::kIdle || phase_ == Phase::kHead;
  const auto header_max = static_cast<std::size_t>(loop_.shared().config.header_bytes_max);
  // Pipelined requests wait in the buffer, and then in the kernel's.
  if (!MakeRoom(head ? header_max + 1 : buffer_size_)) return;
  read_pending_ = true;
  // Until OnRead the buffer must stay where it is.
  socket_.async_read_some(asio::buffer(buffer_.get() + end_, buffer_size_ - end_),
                          [self = shared_from_this()](const Error& error, std::size_t size) {
                            self->OnRead(error, size);
                          });
}

void Session::OnRead(const Error& error, std::size_t size) {
  read_pending_ = false;
  if (phase_ == Phase::kClosed) return;
  if (error) return OnPeerGone();
  if (phase_ == Phase::kLinger) {
    begin_ = end_ = 0;
  } else {
    end_ += size;
    Parse();
  }
  Read();
}

void Session::OnPeerGone() {
  if (phase_ != Phase::kIdle && phase_ != Phase::kLinger) {
    if (http_code_ == 0) http_code_ = 499;
    if (reason_.empty()) reason_ = "CLIENT_GONE";
    LogRequest();
  }
  Close();
}

void Session::Parse() {
  if (parsing_) return;
  parsing_ = true;
  while (true) {
    const bool head = phase_ == Phase::kIdle || phase_ == Phase::kHead;
    const bool body = phase_ == Phase::kBody && !body_paused_;
    if (!head && !body) break;
    if (!(head ? ParseHead() : ParseBody())) break;
  }
  parsing_ = false;
  if (phase_ == Phase::kBody) exchange_->OnBodyPause();
}

bool Session::ParseHead() {
  if (phase_ == Phase::kIdle) {
    // An empty line before a request is an old client's habit (RFC 9112, 2.2).
    while (begin_ < end_ && (buffer_[begin_] == '\r' || buffer_[begin_] == '\n')) ++begin_;
    if (begin_ == end_) return false;
    phase_ = Phase::kHead;
    began_ = std::chrono::steady_clock::now();
    SetDeadline(loop_.shared().config.header_timeout);
    request_id_.clear();
    head_.Clear();
    head_bytes_ = 0;
    parser_.emplace(head_, static_cast<BodySink&>(*this));
    parser_->eager(false);
    parser_->header_limit(static_cast<std::uint32_t>(loop_.shared().config.header_bytes_max));
    parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
  }
  Error error;
  const std::size_t taken =
      parser_->put(asio::buffer(buffer_.get() + begin_, end_ - begin_), error);
  begin_ += taken;
  head_bytes_ += taken;
  const bool more = error == http::error::need_more;
  if (head_bytes_ + (more ? end_ - begin_ : 0) >
      static_cast<std::size_t>(loop_.shared().config.header_bytes_max)) {
    error = http::error::header_limit;
  } else if (more) {
    return false;
  }
  if (error) {
    RefuseHead(error);
    return false;
  }
  if (parser_->is_header_done()) OnHead();
  return true;
}

void Session::RefuseHead(const Error& error) {
  keep_alive_ = false;
  request_id_ = loop_.NewRequestId();
  if (error != http::error::header_limit) {
    return RespondError(Malformed(Cat("the request is not HTTP/1.1: ", error.message())));
  }
  const std::string max = Cat(loop_.shared().config.header_bytes_max);
  RespondError(platform::Error(Code::kResourceExhausted, "HEADER_TOO_LARGE",
                               Cat("the request line and headers are larger than ", max, " bytes"))
                   .With("bytes_max", max),
               head_.method.empty() ? 414 : 431);
}

bool Session::ParseBody() {
  if (begin_ == end_) return false;
  Error error;
  const std::size_t taken =
      parser_->put(asio::buffer(buffer_.get() + begin_, end_ - begin_), error);
  begin_ += taken;
  const bool stuck =
      error == http::error::need_more && taken == 0 && begin_ == 0 && end_ == buffer_size_;
  if (error == http::error::need_more && !stuck) return false;
  if (body_too_large_ || bodies_full_) {
    exchange_->Stop();
    RespondError(body_too_large_
                     ? BodyTooLarge()
                     : platform::Error(Code::kUnavailable, "SERVER_BUSY",
                                       "too many large bodies at a time; try again later"));
    return false;
  }
  if (error) {
    exchange_->Stop();
    RespondError(Malformed(stuck ? std::string("a chunk's extension is too long")
                                 : Cat("the body is malformed: ", error.message())));
    return false;
  }
  if (parser_->is_done()) {
    phase_ = Phase::kAnswer;
    deadline_ = call_deadline_;
    exchange_->OnBodyEnd();
  }
  return true;
}

void Session::OnBody(std::string_view data) {
  bytes_in_ += data.size();
  // Counted here, because chunks do not say beforehand how much there will be.
  if (bytes_in_ > body_max_) body_too_large_ = true;
  if (body_too_large_ || bodies_full_) return;
  if (route_->shape == RouteShape::kUpload) {
    NoteProgress(data.size());
  } else {
    const auto size = static_cast<std::int64_t>(data.size());
    body_held_ += size;
    bodies_full_ = (loop_.shared().bodies_bytes += size) > loop_.shared().config.bodies_bytes_max;
  }
  if (!bodies_full_) exchange_->OnBody(data);
}

void Session::ResumeBody() {
  body_paused_ = false;
  if (phase_ != Phase::kBody) return;
  NoteProgress(kProgress);
  Parse();
  Read();
}

// --- deciding ---------------------------------------------------------------

void Session::TakeRequestId() {
  request_id_ = IsRequestId(head_.request_id) ? head_.request_id : loop_.NewRequestId();
}

void Session::OnHead() {
  keep_alive_ = parser_->keep_alive() && !loop_.shared().draining;
  http_code_ = 0;
  reason_.clear();
  bytes_in_ = 0;
  bytes_out_ = 0;
  route_ = nullptr;
  exchange_ = nullptr;
  principal_ = nullptr;
  body_paused_ = false;
  body_too_large_ = false;
  bodies_full_ = false;
  TakeRequestId();
  Dispatch();
}

void Session::Dispatch() {
  if (absl::Status status = CheckHead(head_); !status.ok()) {
    keep_alive_ = false;
    return RespondError(status);
  }
  const std::string_view path = head_.path();
  if (ServeBuiltIn(path)) return;
  if (head_.method == "OPTIONS") return ServeOptions(path);
  auto match = loop_.shared().routes.Match(is_head() ? "GET" : head_.method, path);
  if (!match.ok()) return RespondError(match.status());
  if (match->route != nullptr) return ServeRoute(*std::move(match));
  if (match->allowed.empty()) {
    return RespondError(platform::Error(Code::kNotFound, "ROUTE_NOT_FOUND",
                                        "no method has this path; see /openapi.json")
                            .With("path", path.substr(0, 512)));
  }
  std::string allow;
  for (const auto& method : match->allowed) Append(&allow, allow.empty() ? "" : ", ", method);
  RespondError(platform::Error(Code::kUnimplemented, "METHOD_NOT_ALLOWED",
                               Cat("this path takes ", allow, ", not ", head_.method))
                   .With("allow", allow));
}

bool Session::ServeBuiltIn(std::string_view path) {
  const bool health = path == "/healthz";
  if (!health && path != "/openapi.json") return false;
  if (head_.method != "GET" && head_.method != "HEAD") {
    RespondError(
        platform::Error(Code::kUnimplemented, "METHOD_NOT_ALLOWED", "this path takes GET, HEAD")
            .With("allow", "GET, HEAD"));
  } else if (health) {
    ServeHealth();
  } else {
    Respond(200, "application/json", loop_.shared().openapi);
  }
  return true;
}

void Session::ServeHealth() {
  const bool draining = loop_.shared().draining;
  std::string body = Cat("{\"status\":\"", draining ? "DRAINING" : "SERVING", "\",\"backends\":{");
  bool first = true;
  for (const auto& upstream : loop_.upstreams()) {
    Append(&body, std::exchange(first, false) ? "" : ",", "\"", upstream->address(), "\":\"",
           upstream->state(), "\"");
  }
  body += "}}";
  Respond(draining ? 503 : 200, "application/json", body);
}

void Session::ServeOptions(std::string_view path) {
  std::string allow = "OPTIONS";
  for (const auto& method : loop_.shared().routes.MethodsOf(path)) {
    Append(&allow, ", ", method, method == "GET" ? ", HEAD" : "");
  }
  RespondWith(200, {{"Allow", allow}}, "");
}

absl::Status Session::Authenticate() {
  auto* authenticator = loop_.shared().authenticator;
  if (authenticator == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(principal_, authenticator->Authenticate(BearerOf(head_.authorization)));
  return absl::OkStatus();
}

absl::Status Session::BodyTooLarge() const {
  const std::string max = Cat(body_max_);
  return platform::Error(Code::kResourceExhausted, "BODY_TOO_LARGE",
                         Cat("the body is larger than ", max, " bytes"))
      .With("bytes_max", max);
}

absl::Status Session::CheckBody() {
  const auto& config = loop_.shared().config;
  body_max_ = static_cast<std::uint64_t>(
      route_->shape == RouteShape::kUpload ? config.upload_bytes_max : config.body_bytes_max);
  const auto length = parser_->content_length();
  if (!route_->takes_body() && !parser_->is_done()) {
    return Malformed("this method takes no body");
  }
  if (length.has_value() && *length > body_max_) return BodyTooLarge();
  if (!head_.content_encoding.empty() && head_.content_encoding != "identity") {
    return platform::Error(Code::kInvalidArgument, "CONTENT_TYPE_UNSUPPORTED",
                           "bodies are taken without a content encoding only");
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Duration> Session::TimeoutOf(const Route& route) const {
  const auto& config = loop_.shared().config;
  absl::Duration limit = route.deadline;
  if (limit == absl::ZeroDuration()) {
    limit = route.shape == RouteShape::kUnary ? config.request_timeout : config.stream_timeout;
  }
  if (head_.grpc_timeout.empty()) return limit;
  ASSIGN_OR_RETURN(const absl::Duration asked, ParseGrpcTimeout(head_.grpc_timeout));
  return std::min(limit, asked);
}

void Session::ServeRoute(RouteMatch match) {
  route_ = match.route;
  path_values_ = std::move(match.values);
  if (absl::Status status = Authenticate(); !status.ok()) return RespondError(status);
  if (absl::Status status = CheckBody(); !status.ok()) return RespondError(status);
  const auto timeout = TimeoutOf(*route_);
  if (!timeout.ok()) return RespondError(timeout.status());
  if (route_->backend < 0) {
    return RespondError(platform::Error(Code::kUnavailable, "UNAVAILABLE",
                                        "no service is configured for this method"));
  }
  const bool streams =
      route_->shape == RouteShape::kDownload || route_->shape == RouteShape::kServerStream;
  if (streams && !head_.http11) return RespondError(Malformed("streams need HTTP/1.1"));
  const bool unary =
      route_->shape == RouteShape::kUnary || route_->shape == RouteShape::kClientStream;
  auto& exchange = unary ? unary_ : stream_;
  if (!unary || unary_ == nullptr) {
    exchange = MakeExchange(route_->shape, loop_.exchanges(), *this);
  }
  exchange_ = exchange.get();
  call_deadline_ = After(*timeout + kDeadlineGrace);
  const ExchangeRequest request{*route_, path_values_, head_, request_id_, *timeout};
  if (absl::Status status = exchange_->Begin(request); !status.ok()) return RespondError(status);
  BeginBodyPhase();
}

void Session::BeginBodyPhase() {
  if (parser_->is_done()) {
    phase_ = Phase::kAnswer;
    deadline_ = call_deadline_;
    return exchange_->OnBodyEnd();
  }
  phase_ = Phase::kBody;
  progress_ = 0;
  if (route_->shape == RouteShape::kUpload) {
    if (buffer_size_ < kBufferUpload && !read_pending_) ResizeBuffer(kBufferUpload);
    deadline_ = std::min(After(loop_.shared().config.idle_timeout), call_deadline_);
  } else {
    SetDeadline(loop_.shared().config.request_timeout);
  }
  if (!head_.expect.empty()) Send("HTTP/1.1 100 Continue\r\n\r\n", "");
}

// --- answering --------------------------------------------------------------

void Session::AppendHead(int http_code, const std::vector<ResponseHeader>& headers,
                         std::optional<std::uint64_t> length) {
  http_code_ = http_code;
  if (loop_.shared().draining) keep_alive_ = false;
  // What is left of an unread body would be taken for the next request.
  if (!parser_.has_value() || !parser_->is_done()) keep_alive_ = false;
  out_.clear();
  Append(&out_, "HTTP/1.1 ", http_code, " ", HttpReasonPhrase(http_code), "\r\n", loop_.Date());
  for (const auto& [name, value] : headers) {
    if (IsHeaderValue(value)) Append(&out_, name, ": ", value, "\r\n");
  }
  if (length.has_value()) {
    Append(&out_, "Content-Length: ", *length, "\r\n");
  } else {
    out_ += "Transfer-Encoding: chunked\r\n";
  }
  Append(&out_, "X-Request-Id: ", request_id_,
         "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
  const bool document = std::any_of(headers.begin(), headers.end(), [](const ResponseHeader& h) {
    return h.name == "Content-Type" && IsDocument(h.value);
  });
  if (document) out_ += kDocumentHeaders;
  if (!keep_alive_) {
    out_ += "Connection: close\r\n";
  } else if (!head_.http11) {
    out_ += "Connection: keep-alive\r\n";
  }
  out_ += "\r\n";
}

void Session::Respond(int http_code, std::string_view content_type, std::string_view body) {
  RespondWith(http_code, {{"Content-Type", content_type}}, body);
}

void Session::RespondError(const absl::Status& status, int http_code) {
  RespondError(RpcStatusOf(status, request_id_), http_code == 0 ? HttpCodeOf(status) : http_code);
}

void Session::RespondError(const google::rpc::Status& status, int http_code) {
  reason_ = ReasonOf(status);
  std::vector<ResponseHeader> headers = {{"Content-Type", "application/json"}};
  if (http_code == 401) {
    headers.push_back(
        {"WWW-Authenticate", reason_ == "TOKEN_MISSING"
                                 ? "Bearer realm=\"assay\""
                                 : "Bearer realm=\"assay\", error=\"invalid_token\""});
  }
  if (http_code == 429 || http_code == 503) headers.push_back({"Retry-After", "1"});
  const std::string allow = http_code == 405 ? MetadataOf(status, "allow") : "";
  if (!allow.empty()) headers.push_back({"Allow", allow});
  RespondWith(http_code, headers, ErrorJson(loop_.shared().schema, status));
}

void Session::RespondWith(int http_code, const std::vector<ResponseHeader>& headers,
                          std::string_view body) {
  if (phase_ == Phase::kClosed) return;
  AppendHead(http_code, headers, body.size());
  phase_ = Phase::kSend;
  call_deadline_ = SteadyTime::max();
  SetDeadline(loop_.shared().config.idle_timeout);
  Send(out_, is_head() ? "" : body);
}

void Session::BeginBody(const std::vector<ResponseHeader>& headers,
                        std::optional<std::uint64_t> length) {
  if (phase_ == Phase::kClosed) return;
  chunked_ = !length.has_value();
  chunk_open_ = false;
  AppendHead(200, headers, length);
  phase_ = Phase::kStream;
  progress_ = 0;
  deadline_ = call_deadline_;
  Send(out_, "");
}

void Session::SendBody(ResponsePiece piece) {
  if (phase_ != Phase::kStream || is_head() || piece.size == 0) return;
  if (unsent_ == 0) {
    deadline_ = std::min(After(loop_.shared().config.idle_timeout), call_deadline_);
  }
  if (chunked_) {
    char hex[20];
    const auto end = std::to_chars(hex, hex + sizeof hex, piece.size, 16).ptr;
    std::string line = Cat(chunk_open_ ? "\r\n" : "", std::string_view(hex, end - hex), "\r\n");
    chunk_open_ = true;
    const std::size_t size = line.size();
    Queue(std::move(line), 0, size);
  }
  Queue(std::move(piece.bytes), piece.begin, piece.size);
  Flush();
}

void Session::EndBody(bool whole) {
  if (phase_ != Phase::kStream) return;
  if (!whole) {
    reason_ = "CUT_OFF";
    LogRequest();
    return Close();
  }
  if (chunked_ && !is_head()) {
    std::string end = Cat(chunk_open_ ? "\r\n" : "", "0\r\n\r\n");
    const std::size_t size = end.size();
    Queue(std::move(end), 0, size);
  }
  phase_ = Phase::kSend;
  SetDeadline(loop_.shared().config.idle_timeout);
  call_deadline_ = SteadyTime::max();
  Flush();
}

void Session::Queue(std::string bytes, std::size_t begin, std::size_t size) {
  unsent_ += size;
  queue_.push_back({std::move(bytes), begin, size});
}

void Session::Send(std::string_view head, std::string_view body) {
  std::size_t sent = 0;
  if (queue_.empty() && !write_pending_) {
    Error error;
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head.data(), head.size()),
                                                       asio::buffer(body.data(), body.size())};
    sent = socket_.write_some(buffers, error);
    if (error && error != asio::error::would_block) return Close();
    bytes_out_ += sent;
  }
  if (sent < head.size()) Queue(std::string(head.substr(sent)), 0, head.size() - sent);
  const std::size_t of_body = sent < head.size() ? 0 : sent - head.size();
  if (of_body < body.size()) Queue(std::string(body.substr(of_body)), 0, body.size() - of_body);
  Flush();
}

void Session::Flush() {
  while (!queue_.empty() && !write_pending_) {
    std::array<asio::const_buffer, kGatherMax> buffers;
    std::size_t count = 0;
    for (const auto& piece : queue_) {
      if (count == kGatherMax) break;
      buffers[count++] = asio::buffer(piece.bytes.data() + piece.begin, piece.size);
    }
    Error error;
    const std::size_t sent = socket_.write_some(buffers, error);
    if (error == asio::error::would_block) {
      write_pending_ = true;
      socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](const Error& failed) {
        self->write_pending_ = false;
        if (self->phase_ == Phase::kClosed) return;
        failed ? self->OnPeerGone() : self->Flush();
      });
      return;
    }
    if (error) return OnPeerGone();
    OnWritten(sent);
    if (phase_ == Phase::kClosed) return;
  }
  if (queue_.empty()) OnAllSent();
}

void Session::OnWritten(std::size_t size) {
  bytes_out_ += size;
  unsent_ -= size;
  for (std::size_t left = size; left > 0;) {
    ResponsePiece& front = queue_.front();
    const std::size_t n = std::min(left, front.size);
    front.begin += n;
    front.size -= n;
    left -= n;
    if (front.size == 0) queue_.pop_front();
  }
  NoteProgress(unsent_ == 0 ? kProgress : size);
  if (phase_ != Phase::kStream) return;
  if (unsent_ == 0) deadline_ = call_deadline_;  // The next wait is for the service.
  exchange_->OnResponseDrained();
}

void Session::ReleaseBody() { loop_.shared().bodies_bytes -= std::exchange(body_held_, 0); }

void Session::OnAllSent() {
  if (phase_ != Phase::kSend) return;
  LogRequest();
  ReleaseBody();
  exchange_ = nullptr;
  if (!keep_alive_) return Linger();
  phase_ = Phase::kIdle;
  parser_.reset();
  SetDeadline(loop_.shared().config.idle_timeout);
  if (!read_pending_ && buffer_size_ > kBufferSmall && end_ - begin_ <= kBufferSmall) {
    ResizeBuffer(kBufferSmall);
  }
  if (parsing_ || (begin_ == end_ && read_pending_)) return;
  // Not from here: the exchange that has just answered is still on the stack.
  asio::post(loop_.io(), [self = shared_from_this()] {
    if (self->phase_ != Phase::kIdle) return;
    self->Parse();
    self->Read();
  });
}

// The client may still be sending; closing now would make its kernel throw away the
// answer that says why we stopped listening.
void Session::Linger() {
  phase_ = Phase::kLinger;
  Error ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  SetDeadline(kLingerTime);
  if (parsing_) return;
  Read();
}

void Session::LogRequest() {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
  loop_.shared().metrics.Count(http_code_, took.count());
  if (!loop_.shared().config.access_log) return;
  const std::string_view route =
      route_ == nullptr ? std::string_view() : std::string_view(route_->grpc_path).substr(1);
  platform::Log(platform::Severity::kInfo, "gateway.request",
                {{"request_id", request_id_},
                 {"http_method", head_.method},
                 {"path", head_.path().substr(0, 256)},
                 {"method", route},
                 {"code", http_code_},
                 {"reason", reason_},
                 {"tenant", principal_ == nullptr ? std::string_view() : principal_->tenant},
                 {"subject", principal_ == nullptr ? std::string_view() : principal_->subject},
                 {"bytes_in", bytes_in_},
                 {"bytes_out", bytes_out_},
                 {"ms", took.count() * 1000}});
}

}  // namespace assay::gateway
