// What a download says of itself before its first byte: how long it is and what a browser
// calls the file. The gateway makes the HTTP headers of it.
//
// Example:
//   DownloadHead head() const override { return {.bytes = size_, .filename = "register.pdf"}; }
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay::platform {

struct DownloadHead {
  std::optional<std::int64_t> bytes;  // None: not known before the end.
  std::string filename;               // As people gave it; empty: none.
};

// The value of Content-Disposition for a file to be saved (RFC 6266). Whatever the name holds,
// the value is printable ASCII on one line and names no folder; "" for an empty name.
std::string ContentDisposition(std::string_view filename);

}  // namespace assay::platform
