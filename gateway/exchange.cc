#include "gateway/exchange.h"

#include <charconv>
#include <utility>

#include "gateway/grpc_frame.h"
#include "gateway/json_writer.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/log/log.h"

namespace assay::gateway {
namespace {

using platform::KiB;
using platform::MiB;

// What a service may answer in one message. Their own limit for requests is 4 MiB.
constexpr std::size_t kMessageMax = MiB(32);
// Bytes of an upload that go into one message.
constexpr std::size_t kUploadChunk = KiB(256);
// Of a download that wait for a slow client; above it the service is told to wait.
constexpr std::size_t kDownloadHighMark = KiB(512);
constexpr std::size_t kDownloadLowMark = KiB(128);
// Of the memory that a connection keeps from request to request.
constexpr std::size_t kKeepMax = KiB(64);

absl::Status ContentTypeUnsupported(std::string_view what) {
  return platform::Error(absl::StatusCode::kInvalidArgument, "CONTENT_TYPE_UNSUPPORTED", what);
}

// JSON or a raw body in one message, and one message back. Also arrays that become
// several messages: they are small enough to be held.
class UnaryExchange final : public Exchange {
 public:
  using Exchange::Exchange;

  absl::Status Begin(const ExchangeRequest& request) override {
    request_.emplace(request);
    body_.clear();
    json_.clear();
    // One large request must not make every connection large for good.
    if (body_.capacity() > kKeepMax) body_.shrink_to_fit();
    if (json_.capacity() > kKeepMax) json_.shrink_to_fit();
    answer_.reset();
    const bool raw = request.route.raw_request;
    if (!raw && request.route.takes_body() && !request.head.content_type.empty() &&
        !IsJsonContentType(request.head.content_type)) {
      return ContentTypeUnsupported("the body must be application/json");
    }
    return absl::OkStatus();
  }
  void OnBody(std::string_view data) override { body_.append(data); }

  void OnBodyEnd() override {
    const Route& route = request_->route;
    const RequestParts parts{route, request_->values, request_->head.query()};
    std::string frames;
    absl::Status status;
    if (route.raw_request) {
      std::string before;
      status = context_.transcoder.RequestWithoutBody(parts, &before);
      HttpBodyMessage message(route.body_field == nullptr ? 0 : route.body_field->field->number(),
                              std::move(before), request_->head.content_type, body_.size());
      message.Append(body_);
      auto frame = std::move(message).Finish();
      frames = frame.bytes.substr(frame.begin);
    } else {
      status = context_.transcoder.Request(parts, body_, &frames);
    }
    if (!status.ok()) return Fail(status);
    StartCall(*request_, std::move(frames), /*streaming=*/false);
  }

  void OnMessage(std::string message) override { answer_ = std::move(message); }

  void OnDone(UpstreamStatus status) override {
    call_ = nullptr;
    if (status.code != 0) return Fail(status);
    const Route& route = request_->route;
    HttpBodyView raw;
    if (!answer_.has_value() || (route.raw_response && !ParseHttpBody(*answer_, &raw))) {
      return Fail(absl::InternalError("the service answered OK without a message of its type"));
    }
    if (route.raw_response) {
      return responder_.Respond(
          200, raw.content_type.empty() ? "application/octet-stream" : raw.content_type, raw.data);
    }
    const absl::Status written = context_.transcoder.Response(route, *answer_, &json_);
    if (!written.ok()) return Fail(written);
    answer_.reset();
    responder_.Respond(200, "application/json", json_);
  }

 private:
  std::optional<ExchangeRequest> request_;
  std::string body_;
  std::optional<std::string> answer_;
  std::string json_;
};

// The body goes to the service as it comes; only what the service's window has no
// room for is held, and while that is much, nothing more is read.
class UploadExchange final : public Exchange {
 public:
  using Exchange::Exchange;

  absl::Status Begin(const ExchangeRequest& request) override {
    const Route& route = request.route;
    body_field_ = route.body_field == nullptr ? 0 : route.body_field->field->number();
    std::string before;
    RETURN_IF_ERROR(context_.transcoder.RequestWithoutBody(
        {route, request.values, request.head.query()}, &before));
    message_.emplace(body_field_, std::move(before), request.head.content_type, kUploadChunk);
    StartCall(request, "", /*streaming=*/true);
    return absl::OkStatus();
  }

  void OnBody(std::string_view data) override {
    while (!data.empty() && call_ != nullptr) {
      if (!message_.has_value()) message_.emplace(body_field_, "", "", kUploadChunk);
      const std::string_view part = data.substr(0, kUploadChunk - message_->data_size());
      message_->Append(part);
      data.remove_prefix(part.size());
      if (message_->data_size() == kUploadChunk) Flush();
    }
  }
  void OnBodyPause() override {
    if (message_.has_value() && message_->data_size() > 0) Flush();
  }
  void OnBodyEnd() override {
    if (call_ == nullptr) return;
    // An empty body is still the message that says where it belongs.
    if (message_.has_value()) Flush();
    upstream().Finish(*call_);
  }
  void OnWritable() override { responder_.ResumeBody(); }
  void OnMessage(std::string message) override { answer_ = std::move(message); }

  void OnDone(UpstreamStatus status) override {
    call_ = nullptr;
    if (status.code != 0) return Fail(status);
    std::string json;
    if (!answer_.has_value()) return Fail(absl::InternalError("the service answered nothing"));
    const absl::Status written = context_.transcoder.Response(*route_, *answer_, &json);
    if (!written.ok()) return Fail(written);
    responder_.Respond(200, "application/json", json);
  }

 private:
  void StartCall(const ExchangeRequest& request, std::string first, bool streaming) {
    route_ = &request.route;
    Exchange::StartCall(request, std::move(first), streaming);
  }
  void Flush() {
    auto frame = std::move(*message_).Finish();
    message_.reset();
    upstream().Write(*call_, {std::move(frame.bytes), frame.begin});
    if (Upstream::Unsent(*call_) > Upstream::kWriteHighMark) responder_.PauseBody();
  }

  const Route* route_ = nullptr;
  int body_field_ = 0;
  std::optional<HttpBodyMessage> message_;
  std::optional<std::string> answer_;
};

// A stream of messages out: a file's bytes, or JSON lines.
class StreamExchange final : public Exchange {
 public:
  using Exchange::Exchange;

  absl::Status Begin(const ExchangeRequest& request) override {
    request_.emplace(request);
    if (request.route.takes_body() && !request.head.content_type.empty() &&
        !IsJsonContentType(request.head.content_type)) {
      return ContentTypeUnsupported("the body must be application/json");
    }
    return absl::OkStatus();
  }
  void OnBody(std::string_view data) override { body_.append(data); }
  void OnBodyEnd() override {
    const RequestParts parts{request_->route, request_->values, request_->head.query()};
    std::string frames;
    const absl::Status status = context_.transcoder.Request(parts, body_, &frames);
    if (!status.ok()) return Fail(status);
    StartCall(*request_, std::move(frames), /*streaming=*/false);
  }

  void OnMetadata(std::string_view key, std::string_view value) override {
    key.remove_prefix(std::string_view("x-http-").size());
    if (key == "content-length") {
      std::uint64_t length = 0;
      const auto end = value.data() + value.size();
      const auto [stop, error] = std::from_chars(value.data(), end, length);
      if (error == std::errc() && stop == end) length_ = length;
    } else if (key == "content-disposition") {
      disposition_ = std::string(value);
    } else if (key == "etag") {
      etag_ = std::string(value);
    }
  }

  void OnMessage(std::string message) override {
    if (request_->route.shape == RouteShape::kDownload) {
      SendBytes(std::move(message));
    } else {
      SendLine(message);
    }
    if (call_ != nullptr && responder_.unsent() > kDownloadHighMark) {
      upstream().PauseReading(*call_);
      paused_ = true;
    }
  }

  void OnDone(UpstreamStatus status) override {
    call_ = nullptr;
    if (!begun_ && status.code != 0) return Fail(status);
    if (!begun_) {
      Begun("application/octet-stream");
      if (responder_.is_head()) return;
    }
    if (status.code != 0 && request_->route.shape == RouteShape::kServerStream) {
      // JSON lines end with the error as a record of its own.
      std::string line = "{\"error\":";
      line += ErrorJson(context_.schema, RpcStatusOf(status, reference_));
      line += "}\n";
      SendText(std::move(line));
      return responder_.EndBody(/*whole=*/true);
    }
    responder_.EndBody(status.code == 0 && (!length_.has_value() || *length_ == sent_));
  }

  void OnResponseDrained() override {
    if (!paused_ || call_ == nullptr || responder_.unsent() > kDownloadLowMark) return;
    paused_ = false;
    upstream().ResumeReading(*call_);
  }

 private:
  void Begun(std::string_view content_type) {
    begun_ = true;
    if (request_->route.shape == RouteShape::kServerStream) content_type = "application/x-ndjson";
    std::vector<ResponseHeader> headers = {{"Content-Type", content_type}};
    if (!disposition_.empty()) headers.push_back({"Content-Disposition", disposition_});
    if (!etag_.empty()) headers.push_back({"ETag", etag_});
    responder_.BeginBody(headers, length_);
    if (!responder_.is_head()) return;
    // The head is all that was asked for.
    Stop();
    responder_.EndBody(/*whole=*/true);
  }

  void SendBytes(std::string message) {
    HttpBodyView view;
    if (!ParseHttpBody(message, &view)) return Broken("is no HttpBody");
    if (!begun_) {
      const std::string type(view.content_type);
      Begun(type.empty() ? "application/octet-stream" : type);
      if (call_ == nullptr) return;
    }
    if (view.data.empty()) return;
    sent_ += view.data.size();
    if (length_.has_value() && sent_ > *length_) return Broken("is longer than it said");
    const std::size_t begin = static_cast<std::size_t>(view.data.data() - message.data());
    const std::size_t size = view.data.size();
    responder_.SendBody({std::move(message), begin, size});
  }

  void SendLine(const std::string& message) {
    std::string line;
    if (!context_.transcoder.Response(request_->route, message, &line).ok()) {
      return Broken("has no JSON form");
    }
    line.push_back('\n');
    if (!begun_) Begun("");
    if (call_ != nullptr) SendText(std::move(line));
  }

  void SendText(std::string text) {
    const std::size_t size = text.size();
    responder_.SendBody({std::move(text), 0, size});
  }

  // What comes from the service cannot be passed on, and part of it may have been.
  void Broken(std::string_view what) {
    platform::Log(platform::Severity::kError, "gateway.response_broken",
                  {{"request_id", reference_}, {"what", what}});
    Stop();
    if (begun_) {
      responder_.EndBody(/*whole=*/false);
    } else {
      Fail(absl::InternalError("the service's answer cannot be passed on"));
    }
  }

  std::optional<ExchangeRequest> request_;
  std::string body_;
  std::string disposition_;
  std::string etag_;
  std::optional<std::uint64_t> length_;
  std::uint64_t sent_ = 0;
  bool begun_ = false;
  bool paused_ = false;
};

}  // namespace

void Exchange::Stop() {
  if (call_ != nullptr) upstream_->Cancel(*std::exchange(call_, nullptr));
}

void Exchange::StartCall(const ExchangeRequest& request, std::string first, bool streaming) {
  reference_ = std::string(request.request_id);
  upstream_ = context_.upstreams[request.route.backend].get();
  CallRequest call;
  call.path = request.route.grpc_path;
  call.authorization = request.head.authorization;
  call.request_id = request.request_id;
  call.traceparent = request.head.traceparent;
  call.timeout = request.timeout;
  call.idempotent = request.route.http_method == "GET";
  call.streaming = streaming;
  call.first = std::move(first);
  call.message_bytes_max = kMessageMax;
  call_ = upstream_->Start(std::move(call), *this);
}

void Exchange::Fail(const absl::Status& status) {
  if (platform::ReasonOf(status).empty()) {
    platform::Log(platform::Severity::kError, "gateway.request_failed",
                  {{"request_id", reference_}, {"error", std::string(status.message())}});
  }
  responder_.RespondError(RpcStatusOf(status, reference_), HttpCodeOf(status));
}

void Exchange::Fail(const UpstreamStatus& status) {
  const google::rpc::Status rpc = RpcStatusOf(status, reference_);
  responder_.RespondError(rpc, HttpCodeOf(rpc.code()));
}

std::unique_ptr<Exchange> MakeExchange(RouteShape shape, ExchangeContext& context,
                                       Responder& responder) {
  switch (shape) {
    case RouteShape::kUpload:
      return std::make_unique<UploadExchange>(context, responder);
    case RouteShape::kDownload:
    case RouteShape::kServerStream:
      return std::make_unique<StreamExchange>(context, responder);
    default:
      return std::make_unique<UnaryExchange>(context, responder);
  }
}

}  // namespace assay::gateway
