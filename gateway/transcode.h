// One HTTP request → the bytes of a gRPC request; the bytes of a gRPC response → JSON.
//
// One per loop: it keeps the memory that messages are built in from call to call.
#pragma once
#include <google/protobuf/arena.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gateway/routes.h"
#include "gateway/schema.h"

namespace assay::gateway {

// What a request says besides its body.
struct RequestParts {
  const Route& route;
  const std::vector<std::string>& values;  // Of the path variables.
  std::string_view query;
};

class Transcoder {
 public:
  explicit Transcoder(const Schema& schema);

  // Appends one gRPC frame (five bytes and the message) to `frames`; for a client-
  // streaming method, one frame per element of the body's array.
  absl::Status Request(const RequestParts& parts, std::string_view body, std::string* frames);
  // Appends the message without a frame and without its body field: what goes before
  // the bytes of an upload or a raw body.
  absl::Status RequestWithoutBody(const RequestParts& parts, std::string* message);
  // Appends JSON.
  absl::Status Response(const Route& route, std::string_view message, std::string* json);

 private:
  absl::Status Array(const RequestParts& parts, std::string_view body, std::string* frames);
  google::protobuf::Message* New(const MessageInfo& info);

  const Schema& schema_;
  std::unique_ptr<char[]> block_;
  google::protobuf::Arena arena_;
};

}  // namespace assay::gateway
