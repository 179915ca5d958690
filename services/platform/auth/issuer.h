// The embedded default's own token issuer: a key made on the first run.
//
// Production configures an OIDC issuer instead; nothing else changes.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/auth/principal.h"
#include "services/platform/core/entropy.h"

namespace assay::platform {

enum class KeyKind { kEd25519, kEs256, kRs256 };

// A private key with its public JWK.
class SigningKey {
 public:
  static absl::StatusOr<std::unique_ptr<SigningKey>> Generate(KeyKind kind);
  // PEM (PKCS #8).
  static absl::StatusOr<std::unique_ptr<SigningKey>> FromPem(std::string_view pem);
  virtual ~SigningKey() = default;
  virtual std::string key_id() const = 0;     // RFC 7638 thumbprint.
  virtual std::string PublicJwk() const = 0;  // One JSON object with kid, alg, use.
  virtual absl::StatusOr<std::string> ToPem() const = 0;
  // header and payload are JSON texts; "kid" and "alg" are put into the header.
  virtual absl::StatusOr<std::string> SignJwt(std::string_view header_extra,
                                              std::string_view payload) const = 0;
};

// {"keys":[…]} of these keys.
std::string JwksOf(const std::vector<const SigningKey*>& keys);

struct TokenRequest {
  std::string issuer;
  std::string audience = "assay";
  Principal principal;  // expires is taken from `lifetime`.
  absl::Duration lifetime = absl::Hours(1);
};
absl::StatusOr<std::string> MintToken(const SigningKey& key, const TokenRequest& request,
                                      absl::Time now);

// Loads DIR/signing.pem, or makes it (mode 0600) with DIR/jwks.json beside it.
absl::StatusOr<std::unique_ptr<SigningKey>> LoadOrMakeKey(std::string_view dir);

}  // namespace assay::platform
