// Base64url without padding (RFC 7515, appendix C). Internal to platform/auth.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace assay::platform::auth_internal {

std::string EncodeBase64Url(std::string_view bytes);
// Takes the one canonical form only: no padding, no line breaks, no loose bits at
// the end. Otherwise one token would have many spellings.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace assay::platform::auth_internal
