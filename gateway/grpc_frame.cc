#include "gateway/grpc_frame.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace assay::gateway {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr int kContentType = 1;  // google.api.HttpBody's fields.
constexpr int kData = 2;
// Two tags of at most five bytes, two lengths of at most ten, and the prefix.
constexpr std::size_t kFixedRoom = kGrpcPrefix + 2 * 5 + 2 * 10;

void AppendVarint(std::uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

void AppendLengthTag(int field, std::size_t length, std::string* out) {
  AppendVarint(static_cast<std::uint64_t>(field) << 3 | 2, out);
  AppendVarint(length, out);
}

}  // namespace

void WriteGrpcPrefix(std::size_t size, char* to) {
  to[0] = 0;
  to[1] = static_cast<char>(size >> 24);
  to[2] = static_cast<char>(size >> 16);
  to[3] = static_cast<char>(size >> 8);
  to[4] = static_cast<char>(size);
}

GrpcDeframer::Result GrpcDeframer::Feed(std::string_view bytes,
                                        absl::FunctionRef<bool(std::string)> take) {
  while (!bytes.empty()) {
    if (have_ < kGrpcPrefix) {
      const std::size_t n = std::min(bytes.size(), kGrpcPrefix - have_);
      std::memcpy(prefix_ + have_, bytes.data(), n);
      have_ += n;
      bytes.remove_prefix(n);
      if (have_ < kGrpcPrefix) break;
      if (prefix_[0] != 0) return Result::kCompressed;
      size_ = 0;
      for (std::size_t i = 1; i < kGrpcPrefix; ++i) {
        size_ = size_ << 8 | static_cast<unsigned char>(prefix_[i]);
      }
      if (size_ > message_max_) return Result::kTooLarge;
      message_.clear();
      message_.reserve(size_);
    }
    const std::size_t n = std::min(bytes.size(), size_ - message_.size());
    message_.append(bytes.substr(0, n));
    bytes.remove_prefix(n);
    if (message_.size() == size_) {
      have_ = 0;
      if (!take(std::exchange(message_, std::string()))) return Result::kStopped;
    }
  }
  return Result::kOk;
}

HttpBodyMessage::HttpBodyMessage(int body_field, std::string before, std::string_view content_type,
                                 std::size_t capacity)
    : body_field_(body_field),
      before_(std::move(before)),
      content_type_(content_type),
      room_(kFixedRoom + before_.size() + content_type_.size() + 15) {
  bytes_.reserve(room_ + capacity);
  bytes_.assign(room_, '\0');
}

HttpBodyMessage::Frame HttpBodyMessage::Finish() && {
  std::string body_head;
  if (!content_type_.empty()) {
    AppendLengthTag(kContentType, content_type_.size(), &body_head);
    body_head += content_type_;
  }
  const std::size_t data = data_size();
  if (data > 0) AppendLengthTag(kData, data, &body_head);
  std::string head = std::move(before_);
  if (body_field_ != 0) AppendLengthTag(body_field_, body_head.size() + data, &head);
  head += body_head;
  Frame frame;
  frame.begin = room_ - head.size() - kGrpcPrefix;
  WriteGrpcPrefix(head.size() + data, bytes_.data() + frame.begin);
  std::memcpy(bytes_.data() + frame.begin + kGrpcPrefix, head.data(), head.size());
  frame.bytes = std::move(bytes_);
  return frame;
}

bool ParseHttpBody(std::string_view message, HttpBodyView* view) {
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(message.data()),
                      static_cast<int>(message.size()));
  while (const std::uint32_t tag = in.ReadTag()) {
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    const bool wanted =
        (field == kContentType || field == kData) &&
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (!wanted) {
      if (!WireFormatLite::SkipField(&in, tag)) return false;
      continue;
    }
    std::uint32_t size = 0;
    if (!in.ReadVarint32(&size)) return false;
    const auto at = static_cast<std::size_t>(in.CurrentPosition());
    if (size > message.size() - at || !in.Skip(static_cast<int>(size))) return false;
    (field == kData ? view->data : view->content_type) = message.substr(at, size);
  }
  return in.ConsumedEntireMessage();
}

}  // namespace assay::gateway
