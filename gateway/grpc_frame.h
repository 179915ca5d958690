// gRPC's framing (five bytes before each message), and google.api.HttpBody on the
// wire, so that the bytes of a file pass through without being copied into messages.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"

namespace assay::gateway {

inline constexpr std::size_t kGrpcPrefix = 5;

// Writes kGrpcPrefix bytes: not compressed, `size`.
void WriteGrpcPrefix(std::size_t size, char* to);

// Cuts a stream of bytes into messages.
class GrpcDeframer {
 public:
  explicit GrpcDeframer(std::size_t message_max) : message_max_(message_max) {}
  enum class Result { kOk, kCompressed, kTooLarge, kStopped };
  // `take` gets each whole message; false from it stops (the deframer may be gone then).
  Result Feed(std::string_view bytes, absl::FunctionRef<bool(std::string)> take);
  bool between_messages() const { return have_ == 0; }

 private:
  std::size_t message_max_;
  char prefix_[kGrpcPrefix] = {};
  std::size_t have_ = 0;  // Of the prefix.
  std::size_t size_ = 0;
  std::string message_;
};

// A gRPC message that is built around bytes as they come: room is left in front for
// everything that has to stand before them.
class HttpBodyMessage {
 public:
  // `body_field` is the number of the HttpBody field in the request; 0: the request is
  // itself an HttpBody. `before` is the rest of the request, serialised.
  HttpBodyMessage(int body_field, std::string before, std::string_view content_type,
                  std::size_t capacity);
  void Append(std::string_view data) { bytes_.append(data); }
  std::size_t data_size() const { return bytes_.size() - room_; }
  // The whole frame is bytes.substr(begin).
  struct Frame {
    std::string bytes;
    std::size_t begin = 0;
  };
  Frame Finish() &&;

 private:
  int body_field_;
  std::string before_;
  std::string content_type_;
  std::size_t room_;
  std::string bytes_;
};

// The parts of a serialised HttpBody, as views into it; false if it is not one.
struct HttpBodyView {
  std::string_view content_type;
  std::string_view data;
};
bool ParseHttpBody(std::string_view message, HttpBodyView* view);

}  // namespace assay::gateway
