// Percent-encoding (RFC 3986), decoded exactly once.
#pragma once
#include <string>
#include <string_view>

namespace assay::gateway {

enum class PercentMode {
  kAll,          // Everything.
  kAllButSlash,  // `%2f` and `%2F` stay, as `%2F`.
  kQuery,        // Everything, and `+` is a space.
};

// Appends the decoded text. False: a `%` without two hex digits; `out` is then of no use.
bool PercentDecode(std::string_view text, PercentMode mode, std::string* out);

// The value of a hex digit, or -1.
int HexValue(char c);

}  // namespace assay::gateway
