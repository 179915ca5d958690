// One JSON Web Token checked against a key set (RFC 7519, RFC 8725).
// Internal to platform/auth; authenticator.h is the way in.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/auth/key.h"
#include "services/platform/auth/principal.h"

namespace assay::platform::auth_internal {

inline constexpr std::size_t kTokenBytesMax = 8 * 1024;

struct Expected {
  std::string issuer;
  std::string audience;
  absl::Duration skew;
};

// Errors as Authenticator::Authenticate. TOKEN_KEY_UNKNOWN is the only one that a
// newer key set could change.
absl::StatusOr<Principal> CheckToken(std::string_view token, const KeySet& keys,
                                     const Expected& expected, absl::Time now);

absl::Status TokenExpired();

}  // namespace assay::platform::auth_internal
