#include "services/platform/error/to_grpc.h"

#include <optional>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/platform/core/bytes.h"
#include "services/platform/error/error.h"
#include "services/platform/error/payload.h"

namespace assay::platform {
namespace {

// A call's trailing metadata may take 8 KiB by default, and the message travels
// in it twice; a larger answer would arrive as a broken stream.
constexpr std::size_t kMessageMax = KiB(1);
constexpr std::size_t kDetailsMax = KiB(4);

struct Generic {
  std::string_view reason;
  std::string_view message;
};

// What a client is told about a refusal that nobody gave a reason for.
std::optional<Generic> GenericOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kCancelled:
      return Generic{"CANCELLED", "the call was cancelled"};
    case absl::StatusCode::kDeadlineExceeded:
      return Generic{"DEADLINE_EXCEEDED", "the call took longer than its deadline allows"};
    case absl::StatusCode::kResourceExhausted:
      return Generic{"SERVER_BUSY", "the server has too much to do; try again later"};
    case absl::StatusCode::kUnavailable:
      return Generic{"UNAVAILABLE", "the service cannot be reached just now; try again later"};
    default:
      return std::nullopt;
  }
}

template <typename Message>
std::optional<Message> Take(const absl::Status& status, absl::string_view type) {
  const auto payload = status.GetPayload(type);
  Message message;
  if (!payload.has_value() || !message.ParseFromString(std::string(*payload))) return std::nullopt;
  return message;
}

// Leaves out what does not fit and says how much, rather than lose the whole answer.
void AddDetails(google::rpc::ErrorInfo info, std::optional<google::rpc::BadRequest> bad,
                google::rpc::Status& to) {
  std::size_t room = kDetailsMax;
  google::rpc::ErrorInfo kept;
  kept.set_reason(CleanText(info.reason(), 63));
  kept.set_domain(info.domain());
  for (const auto& [key, value] : info.metadata()) {
    const std::string text = CleanText(value, 512);
    const std::size_t size = key.size() + text.size() + 8;
    if (size > room) continue;
    room -= size;
    (*kept.mutable_metadata())[key] = text;
  }
  google::rpc::BadRequest fitting;
  if (bad.has_value()) {
    for (const auto& violation : bad->field_violations()) {
      const std::size_t size = violation.ByteSizeLong() + 4;
      if (size > room) break;
      room -= size;
      *fitting.add_field_violations() = violation;
    }
    const int left_out = bad->field_violations_size() - fitting.field_violations_size();
    if (left_out > 0) (*kept.mutable_metadata())["fields_left_out"] = absl::StrCat(left_out);
  }
  to.add_details()->PackFrom(kept);
  if (fitting.field_violations_size() > 0) to.add_details()->PackFrom(fitting);
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status, std::string_view domain,
                    std::string_view reference) {
  if (status.ok()) return grpc::Status::OK;
  auto info = Take<google::rpc::ErrorInfo>(status, kErrorInfoType);
  google::rpc::Status answer;
  answer.set_code(static_cast<int>(status.code()));
  answer.set_message(CleanText(std::string(status.message()), kMessageMax));
  std::optional<google::rpc::BadRequest> bad;
  if (info.has_value() && !info->reason().empty()) {
    bad = Take<google::rpc::BadRequest>(status, kBadRequestType);
  } else {
    info.emplace();
    const auto generic = GenericOf(status.code());
    if (!generic.has_value()) {
      answer.set_code(static_cast<int>(absl::StatusCode::kInternal));
      if (!reference.empty()) (*info->mutable_metadata())["reference"] = CleanText(reference);
    }
    info->set_reason(std::string(generic ? generic->reason : "INTERNAL"));
    answer.set_message(std::string(generic ? generic->message
                                           : "something failed on our side; quote the reference"));
  }
  // A reason that came from another part keeps that part's domain: the two together name it.
  if (info->domain().empty()) info->set_domain(std::string(domain));
  AddDetails(*std::move(info), std::move(bad), answer);
  return grpc::Status(static_cast<grpc::StatusCode>(answer.code()), answer.message(),
                      answer.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const int code = static_cast<int>(status.error_code());
  const bool known = code > 0 && code <= static_cast<int>(absl::StatusCode::kUnauthenticated);
  absl::Status result(known ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
                      CleanText(status.error_message()));
  google::rpc::Status answer;
  if (!answer.ParseFromString(status.error_details())) return result;
  for (const auto& detail : answer.details()) {
    if (detail.Is<google::rpc::ErrorInfo>()) {
      result.SetPayload(kErrorInfoType, absl::Cord(detail.value()));
    } else if (detail.Is<google::rpc::BadRequest>()) {
      result.SetPayload(kBadRequestType, absl::Cord(detail.value()));
    }
  }
  return result;
}

}  // namespace assay::platform
