#include "gateway/errors.h"

#include <memory>
#include <utility>

#include "absl/strings/cord.h"
#include "gateway/json_writer.h"
#include "gateway/scalar.h"
#include "gateway/text.h"
#include "google/rpc/error_details.pb.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/error/payload.h"

namespace assay::gateway {
namespace {

using Code = absl::StatusCode;

struct Generic {
  std::string_view reason;
  std::string_view message;
};

Generic GenericOf(int code) {
  switch (static_cast<Code>(code)) {
    case Code::kCancelled:
      return {"CANCELLED", "the call was cancelled"};
    case Code::kDeadlineExceeded:
      return {"DEADLINE_EXCEEDED", "the call took longer than its deadline allows"};
    case Code::kResourceExhausted:
      return {"SERVER_BUSY", "the service has too much to do; try again later"};
    case Code::kUnavailable:
      return {"UNAVAILABLE", "the service cannot be reached just now; try again later"};
    case Code::kUnimplemented:
      return {"METHOD_UNKNOWN", "the service does not have this method"};
    default:
      return {"INTERNAL", "something failed on our side; quote the reference"};
  }
}

google::rpc::Status Make(int code, std::string_view message, const google::rpc::ErrorInfo& info) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(std::string(message));
  status.add_details()->PackFrom(info);
  return status;
}

google::rpc::Status MakeGeneric(int code, std::string_view reference) {
  const Generic generic = GenericOf(code);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(generic.reason));
  info.set_domain(std::string(kErrorDomain));
  if (generic.reason == "INTERNAL") {
    code = static_cast<int>(Code::kInternal);
    (*info.mutable_metadata())["reference"] = std::string(reference);
  }
  return Make(code, generic.message, info);
}

google::rpc::ErrorInfo InfoOf(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  for (const auto& detail : status.details()) {
    if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info)) break;
  }
  return info;
}

}  // namespace

int HttpCodeOf(int grpc_code) {
  switch (static_cast<Code>(grpc_code)) {
    case Code::kOk:
      return 200;
    case Code::kInvalidArgument:
    case Code::kFailedPrecondition:
    case Code::kOutOfRange:
      return 400;
    case Code::kUnauthenticated:
      return 401;
    case Code::kPermissionDenied:
      return 403;
    case Code::kNotFound:
      return 404;
    case Code::kAlreadyExists:
    case Code::kAborted:
      return 409;
    case Code::kResourceExhausted:
      return 429;
    case Code::kCancelled:
      return 499;
    case Code::kUnimplemented:
      return 501;
    case Code::kUnavailable:
      return 503;
    case Code::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

int HttpCodeOf(const absl::Status& status) {
  static constexpr std::pair<std::string_view, int> kCloser[] = {
      {"METHOD_NOT_ALLOWED", 405},
      {"BODY_TOO_LARGE", 413},
      {"CONTENT_TYPE_UNSUPPORTED", 415},
      {"HEADER_TOO_LARGE", 431},
  };
  const std::string reason = platform::ReasonOf(status);
  for (const auto& [name, code] : kCloser) {
    if (reason == name) return code;
  }
  return HttpCodeOf(static_cast<int>(status.code()));
}

std::string_view HttpReasonPhrase(int http_code) {
  static constexpr std::pair<int, std::string_view> kPhrases[] = {
      {200, "OK"},
      {204, "No Content"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {499, "Client Closed Request"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
  };
  for (const auto& [code, phrase] : kPhrases) {
    if (code == http_code) return phrase;
  }
  return "Error";
}

google::rpc::Status RpcStatusOf(const absl::Status& status, std::string_view reference) {
  google::rpc::ErrorInfo info;
  const auto info_bytes = status.GetPayload(platform::kErrorInfoType);
  if (!info_bytes.has_value() || !info.ParseFromString(std::string(*info_bytes)) ||
      info.reason().empty()) {
    return MakeGeneric(static_cast<int>(status.code()), reference);
  }
  if (info.domain().empty()) info.set_domain(std::string(kErrorDomain));
  auto made = Make(static_cast<int>(status.code()), platform::StdView(status.message()), info);
  const auto bad_bytes = status.GetPayload(platform::kBadRequestType);
  google::rpc::BadRequest bad;
  if (bad_bytes.has_value() && bad.ParseFromString(std::string(*bad_bytes))) {
    made.add_details()->PackFrom(bad);
  }
  return made;
}

google::rpc::Status RpcStatusOf(const UpstreamStatus& status, std::string_view reference) {
  google::rpc::Status given;
  if (!status.details.empty() && given.ParseFromString(status.details) &&
      given.code() == status.code && given.details_size() > 0) {
    return given;
  }
  return MakeGeneric(status.code, reference);
}

std::string ReasonOf(const google::rpc::Status& status) { return InfoOf(status).reason(); }

std::string MetadataOf(const google::rpc::Status& status, const std::string& key) {
  const auto info = InfoOf(status);
  const auto it = info.metadata().find(key);
  return it == info.metadata().end() ? "" : it->second;
}

std::string ErrorJson(const Schema& schema, const google::rpc::Status& status) {
  const MessageInfo& info = *schema.Find("google.rpc.Status");
  const std::unique_ptr<google::protobuf::Message> message(info.prototype->New());
  std::string json;
  if (message->ParseFromString(status.SerializeAsString()) &&
      WriteJson(schema, info, *message, &json).ok()) {
    return json;
  }
  // A detail that JSON has no form for must not take the rest of the error with it.
  json = Cat("{\"code\":", status.code(), ",\"message\":");
  AppendJsonString(IsUtf8(status.message()) ? status.message() : "", &json);
  json.push_back('}');
  return json;
}

}  // namespace assay::gateway
