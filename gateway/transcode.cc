#include "gateway/transcode.h"

#include "absl/cleanup/cleanup.h"
#include "gateway/bind.h"
#include "gateway/grpc_frame.h"
#include "gateway/json_reader.h"
#include "gateway/json_writer.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/status_macros.h"

namespace assay::gateway {
namespace {

namespace pb = google::protobuf;

constexpr std::size_t kBlock = platform::KiB(32);

pb::ArenaOptions OptionsOf(char* block) {
  pb::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = kBlock;
  return options;
}

void AppendFrame(const pb::Message& message, std::string* frames) {
  const std::size_t size = message.ByteSizeLong();
  const std::size_t begin = frames->size();
  frames->resize(begin + kGrpcPrefix + size);
  WriteGrpcPrefix(size, frames->data() + begin);
  message.SerializeWithCachedSizesToArray(
      reinterpret_cast<std::uint8_t*>(frames->data() + begin + kGrpcPrefix));
}

}  // namespace

Transcoder::Transcoder(const Schema& schema)
    : schema_(schema), block_(std::make_unique<char[]>(kBlock)), arena_(OptionsOf(block_.get())) {}

pb::Message* Transcoder::New(const MessageInfo& info) { return info.prototype->New(&arena_); }

absl::Status Transcoder::Request(const RequestParts& parts, std::string_view body,
                                 std::string* frames) {
  const Route& route = parts.route;
  if (route.shape == RouteShape::kClientStream) return Array(parts, body, frames);
  const absl::Cleanup reset = [this] { arena_.Reset(); };
  pb::Message* message = New(*route.request);
  // No bytes at all mean an empty message; white space alone is not JSON.
  if (!body.empty()) {
    JsonReader reader(schema_, body);
    if (route.body_all) {
      RETURN_IF_ERROR(reader.ReadMessage(*route.request, &route.bound, message));
    } else {
      const Bound* bound = FindBound(&route.bound, *route.body_field);
      RETURN_IF_ERROR(
          reader.ReadField(*route.body_field, bound == nullptr ? nullptr : &bound->below, message));
    }
    RETURN_IF_ERROR(reader.Finish());
  }
  RETURN_IF_ERROR(BindQuery(schema_, route, parts.query, message));
  RETURN_IF_ERROR(BindPath(schema_, route, parts.values, message));
  AppendFrame(*message, frames);
  return absl::OkStatus();
}

absl::Status Transcoder::Array(const RequestParts& parts, std::string_view body,
                               std::string* frames) {
  const Route& route = parts.route;
  const absl::Cleanup reset = [this] { arena_.Reset(); };
  JsonReader reader(schema_, body.empty() ? "[]" : body);
  bool first = true;
  while (true) {
    bool more = false;
    RETURN_IF_ERROR(reader.NextElement(&more));
    // Path and query are the first message's; an empty array still has that one.
    if (!more && !first) break;
    pb::Message* message = New(*route.request);
    const auto* bound = first ? &route.bound : nullptr;
    if (more && route.body_all) {
      RETURN_IF_ERROR(reader.ReadMessage(*route.request, bound, message));
    } else if (more) {
      RETURN_IF_ERROR(reader.ReadField(*route.body_field, nullptr, message));
    }
    if (first) {
      RETURN_IF_ERROR(BindQuery(schema_, route, parts.query, message));
      RETURN_IF_ERROR(BindPath(schema_, route, parts.values, message));
    }
    AppendFrame(*message, frames);
    first = false;
    if (!more) break;
  }
  return reader.Finish();
}

absl::Status Transcoder::RequestWithoutBody(const RequestParts& parts, std::string* message) {
  const absl::Cleanup reset = [this] { arena_.Reset(); };
  pb::Message* built = New(*parts.route.request);
  RETURN_IF_ERROR(BindQuery(schema_, parts.route, parts.query, built));
  RETURN_IF_ERROR(BindPath(schema_, parts.route, parts.values, built));
  built->AppendToString(message);
  return absl::OkStatus();
}

absl::Status Transcoder::Response(const Route& route, std::string_view message, std::string* json) {
  const absl::Cleanup reset = [this] { arena_.Reset(); };
  pb::Message* parsed = New(*route.response);
  if (!parsed->ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    return absl::InternalError("the service's answer is not of its type");
  }
  if (route.response_field != nullptr) {
    return WriteJsonField(schema_, *route.response_field, *parsed, json);
  }
  return WriteJson(schema_, *route.response, *parsed, json);
}

}  // namespace assay::gateway
