// Checks bearer tokens: JWTs against a key set that may change (RFC 7519, 7517, 8725).
//
// RS256, ES256 and EdDSA only, the algorithm fixed by the key and not by the
// token; exact issuer, our audience, expiry and not-before with at most 60 s of
// skew; `jku`, `jwk`, `x5u`, `x5c` ignored; duplicate members and tokens over
// 8 KiB refused. Claims: iss aud sub exp nbf tenant roles centre.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/auth/principal.h"
#include "services/platform/core/clock.h"

namespace assay::platform {

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // Thread-safe and does not block: a token whose key is unknown is refused, and
  // the key set is fetched in the background.
  // Returns UNAUTHENTICATED with reason TOKEN_MISSING, TOKEN_MALFORMED, TOKEN_EXPIRED,
  // TOKEN_NOT_YET_VALID, TOKEN_SIGNATURE_INVALID, TOKEN_KEY_UNKNOWN,
  // TOKEN_ISSUER_INVALID, TOKEN_AUDIENCE_INVALID or TOKEN_CLAIMS_INVALID.
  virtual absl::StatusOr<std::shared_ptr<const Principal>> Authenticate(
      std::string_view bearer) = 0;
};

struct AuthOptions {
  std::string issuer;              // Exact `iss`.
  std::string audience = "assay";  // One of `aud`.
  // "file:PATH" or "https://…/jwks.json"; empty: discovered from
  // issuer + "/.well-known/openid-configuration".
  std::string jwks;
  absl::Duration skew = absl::Seconds(30);
  absl::Duration refresh = absl::Minutes(10);   // Fetched this often anyway.
  absl::Duration cooldown = absl::Seconds(30);  // Least time between fetches for unknown keys.
  absl::Duration stale_max = absl::Hours(24);   // Old keys serve this long if fetching fails.
  int verified_tokens_max = 10'000;             // Remembered, so a token is verified once.
};

// Fetches the key set once before it returns; UNAVAILABLE if that fails.
absl::StatusOr<std::unique_ptr<Authenticator>> MakeAuthenticator(AuthOptions options,
                                                                 const Clock& clock);

}  // namespace assay::platform
