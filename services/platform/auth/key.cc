#include "services/platform/auth/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/auth/base64url.h"
#include "services/platform/auth/strict_json.h"

namespace assay::platform::auth_internal {
namespace {

using nlohmann::json;

struct Free {
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(OSSL_PARAM* p) const { OSSL_PARAM_free(p); }
  void operator()(OSSL_PARAM_BLD* p) const { OSSL_PARAM_BLD_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;  // Verifying with a huge key is a way to be kept busy.
constexpr std::size_t kCoordinate = 32;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<std::string> BytesMember(const json& jwk, const char* name) {
  const std::optional<std::string> text = StringMember(jwk, name);
  if (!text.has_value()) return std::nullopt;
  return DecodeBase64Url(*text);
}

KeyPtr FromParams(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return KeyPtr(key);
}

KeyPtr RsaKey(const json& jwk) {
  const auto n = BytesMember(jwk, "n");
  const auto e = BytesMember(jwk, "e");
  if (!n.has_value() || !e.has_value() || n->size() > kRsaBitsMax / 8 || e->size() > 8) {
    return nullptr;
  }
  const Owned<BIGNUM> modulus(BN_bin2bn(Bytes(*n), static_cast<int>(n->size()), nullptr));
  const Owned<BIGNUM> exponent(BN_bin2bn(Bytes(*e), static_cast<int>(e->size()), nullptr));
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (modulus == nullptr || exponent == nullptr || builder == nullptr ||
      BN_num_bits(modulus.get()) < kRsaBitsMin || BN_is_odd(exponent.get()) == 0 ||
      BN_is_one(exponent.get()) == 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return nullptr;
  }
  return FromParams("RSA", builder.get());
}

KeyPtr EcKey(const json& jwk) {
  const auto x = BytesMember(jwk, "x");
  const auto y = BytesMember(jwk, "y");
  if (StringMember(jwk, "crv") != "P-256" || !x.has_value() || !y.has_value() ||
      x->size() != kCoordinate || y->size() != kCoordinate) {
    return nullptr;
  }
  const std::string point = absl::StrCat("\x04", *x, *y);
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return FromParams("EC", builder.get());
}

KeyPtr OkpKey(const json& jwk) {
  const auto x = BytesMember(jwk, "x");
  if (StringMember(jwk, "crv") != "Ed25519" || !x.has_value() || x->size() != 32) return nullptr;
  return KeyPtr(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(*x), x->size()));
}

std::optional<VerifyKey> ParseJwk(const json& jwk) {
  if (jwk.contains("d") || jwk.contains("k")) return std::nullopt;
  if (jwk.contains("use") && StringMember(jwk, "use") != "sig") return std::nullopt;
  const std::optional<std::string> kty = StringMember(jwk, "kty");
  VerifyKey key;
  if (kty == "RSA") {
    key = {Algorithm::kRs256, RsaKey(jwk)};
  } else if (kty == "EC") {
    key = {Algorithm::kEs256, EcKey(jwk)};
  } else if (kty == "OKP") {
    key = {Algorithm::kEdDsa, OkpKey(jwk)};
  }
  if (key.key == nullptr) {
    ERR_clear_error();
    return std::nullopt;
  }
  if (jwk.contains("alg") && StringMember(jwk, "alg") != std::string(NameOf(key.algorithm))) {
    return std::nullopt;
  }
  return key;
}

}  // namespace

std::string_view NameOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRs256:
      return "RS256";
    case Algorithm::kEs256:
      return "ES256";
    case Algorithm::kEdDsa:
      return "EdDSA";
  }
  return "";
}

std::optional<Algorithm> AlgorithmOf(std::string_view name) {
  for (const Algorithm a : {Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEdDsa}) {
    if (NameOf(a) == name) return a;
  }
  return std::nullopt;
}

bool VerifyKey::Verify(std::string_view signed_text, std::string_view signature) const {
  std::optional<std::string> der;
  if (algorithm == Algorithm::kEs256) {
    der = DerFromRaw(signature);
    if (!der.has_value()) return false;
    signature = *der;
  }
  const EVP_MD* digest = algorithm == Algorithm::kEdDsa ? nullptr : EVP_sha256();
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const bool valid =
      context != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(signed_text),
                       signed_text.size()) == 1;
  if (!valid) ERR_clear_error();
  return valid;
}

absl::StatusOr<KeySet> ParseJwks(std::string_view text) {
  constexpr std::size_t kKeysMax = 64;
  const std::optional<json> set = ParseStrictObject(text);
  if (!set.has_value() || !set->contains("keys") || !(*set)["keys"].is_array()) {
    return absl::InvalidArgumentError("the key set is not a JSON object with \"keys\"");
  }
  KeySet keys;
  for (const json& jwk : (*set)["keys"]) {
    if (!jwk.is_object() || keys.size() >= kKeysMax) continue;
    std::optional<VerifyKey> key = ParseJwk(jwk);
    if (!key.has_value()) continue;
    keys.emplace(StringMember(jwk, "kid").value_or(""), *std::move(key));
  }
  if (keys.empty()) {
    return absl::InvalidArgumentError("the key set has no RS256, ES256 or EdDSA key that we take");
  }
  return keys;
}

std::optional<std::string> DerFromRaw(std::string_view raw) {
  if (raw.size() != 2 * kCoordinate) return std::nullopt;
  Owned<BIGNUM> r(BN_bin2bn(Bytes(raw), kCoordinate, nullptr));
  Owned<BIGNUM> s(BN_bin2bn(Bytes(raw) + kCoordinate, kCoordinate, nullptr));
  const Owned<ECDSA_SIG> signature(ECDSA_SIG_new());
  if (r == nullptr || s == nullptr || signature == nullptr ||
      ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) {
    return std::nullopt;
  }
  static_cast<void>(r.release());  // Both are the signature's now.
  static_cast<void>(s.release());
  unsigned char der[2 * kCoordinate + 16];
  unsigned char* end = der;
  const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
  if (size <= 0 || static_cast<std::size_t>(size) > sizeof(der) ||
      i2d_ECDSA_SIG(signature.get(), &end) != size) {
    return std::nullopt;
  }
  return std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
}

std::optional<std::string> RawFromDer(std::string_view der) {
  const unsigned char* begin = Bytes(der);
  const Owned<ECDSA_SIG> signature(d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size())));
  if (signature == nullptr) return std::nullopt;
  std::string raw(2 * kCoordinate, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kCoordinate) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kCoordinate, kCoordinate) < 0) {
    return std::nullopt;
  }
  return raw;
}

}  // namespace assay::platform::auth_internal
