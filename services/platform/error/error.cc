#include "services/platform/error/error.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "services/platform/error/payload.h"

namespace assay::platform {
namespace {

template <typename Message>
Message PayloadOf(const absl::Status& status, absl::string_view type) {
  Message message;
  const auto payload = status.GetPayload(type);
  // A payload that cannot be read is worth as much as none.
  if (!payload.has_value() || !message.ParseFromString(std::string(*payload))) message.Clear();
  return message;
}

// How many bytes the well-formed UTF-8 character at the start of `text` has; 0 if it is not one.
std::size_t CharacterAt(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return 1;
  const std::size_t length = byte(0) >= 0xc2 && byte(0) < 0xe0   ? 2
                             : byte(0) >= 0xe0 && byte(0) < 0xf0 ? 3
                             : byte(0) >= 0xf0 && byte(0) < 0xf5 ? 4
                                                                 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xf0 && byte(1) < 0x90);
  const bool surrogate = byte(0) == 0xed && byte(1) >= 0xa0;
  const bool beyond = byte(0) == 0xf4 && byte(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

std::string CleanText(std::string_view text, std::size_t bytes_max) {
  std::string clean;
  clean.reserve(std::min(text.size(), bytes_max));
  while (!text.empty()) {
    const std::size_t length = CharacterAt(text);
    if (clean.size() + std::max<std::size_t>(length, 1) > bytes_max) break;
    if (length == 0) {
      clean.push_back('?');
    } else {
      clean.append(text.substr(0, length));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

Error& Error::With(std::string_view key, std::string_view value) & {
  metadata_.emplace_back(key, value);
  return *this;
}

Error& Error::Field(std::string_view field, std::string_view description) & {
  fields_.emplace_back(field, description);
  return *this;
}

Error::operator absl::Status() const {
  absl::Status status(code_, CleanText(message_));
  if (status.ok()) return status;
  google::rpc::ErrorInfo info;
  info.set_reason(CleanText(reason_));
  for (const auto& [key, value] : metadata_) {
    (*info.mutable_metadata())[CleanText(key)] = CleanText(value);
  }
  status.SetPayload(kErrorInfoType, absl::Cord(info.SerializeAsString()));
  if (fields_.empty()) return status;
  google::rpc::BadRequest bad;
  for (const auto& [field, description] : fields_) {
    auto* violation = bad.add_field_violations();
    violation->set_field(CleanText(field));
    violation->set_description(CleanText(description));
  }
  status.SetPayload(kBadRequestType, absl::Cord(bad.SerializeAsString()));
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  return PayloadOf<google::rpc::ErrorInfo>(status, kErrorInfoType).reason();
}

std::string MetadataOf(const absl::Status& status, std::string_view key) {
  const auto info = PayloadOf<google::rpc::ErrorInfo>(status, kErrorInfoType);
  const auto found = info.metadata().find(std::string(key));
  return found == info.metadata().end() ? "" : found->second;
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto bad = PayloadOf<google::rpc::BadRequest>(status, kBadRequestType);
  for (const auto& violation : bad.field_violations()) {
    fields.push_back(absl::StrCat(violation.field(), ": ", violation.description()));
  }
  return fields;
}

}  // namespace assay::platform
