// Public keys from JWKs (RFC 7517), and signatures checked with them.
// Internal to platform/auth.
#pragma once
#include <openssl/evp.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace assay::platform::auth_internal {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;

enum class Algorithm { kRs256, kEs256, kEdDsa };
std::string_view NameOf(Algorithm algorithm);
std::optional<Algorithm> AlgorithmOf(std::string_view name);

// The key fixes the algorithm; a token can only agree.
struct VerifyKey {
  Algorithm algorithm;
  KeyPtr key;
  bool Verify(std::string_view signed_text, std::string_view signature) const;
};

// By kid, which is an opaque name and nothing else.
using KeySet = std::map<std::string, VerifyKey, std::less<>>;

// Keys of other kinds or uses, too short or malformed ones, and those that come
// with a private part are passed over; INVALID_ARGUMENT if no key is left.
absl::StatusOr<KeySet> ParseJwks(std::string_view text);

// ES256 signatures are r and s side by side in a JWS, a DER sequence in OpenSSL.
std::optional<std::string> DerFromRaw(std::string_view raw);
std::optional<std::string> RawFromDer(std::string_view der);

}  // namespace assay::platform::auth_internal
