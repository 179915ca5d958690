#include "services/platform/auth/issuer.h"

#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/auth/base64url.h"
#include "services/platform/auth/key.h"
#include "services/platform/auth/strict_json.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::platform {
namespace {

using auth_internal::Algorithm;
using auth_internal::EncodeBase64Url;
using auth_internal::KeyPtr;
using nlohmann::json;

struct Free {
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

absl::Status CryptoError(const char* what) {
  ERR_clear_error();
  return absl::InternalError(absl::StrCat("OpenSSL could not ", what));
}

// A number of the key as base64url of exactly `size` bytes (0: as many as it needs).
absl::StatusOr<std::string> Number(const EVP_PKEY* key, const char* name, int size) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return CryptoError("read the public key");
  const Owned<BIGNUM> number(raw);
  std::string bytes(static_cast<std::size_t>(size > 0 ? size : BN_num_bytes(raw)), '\0');
  if (BN_bn2binpad(raw, reinterpret_cast<unsigned char*>(bytes.data()),
                   static_cast<int>(bytes.size())) < 0) {
    return CryptoError("read the public key");
  }
  return EncodeBase64Url(bytes);
}

// The members that make the public key, and nothing else: RFC 7638 hashes these.
absl::StatusOr<json> PublicMembers(const EVP_PKEY* key, Algorithm algorithm) {
  json members = json::object();  // std::map inside, so sorted as the RFC wants it.
  switch (algorithm) {
    case Algorithm::kRs256: {
      ASSIGN_OR_RETURN(members["n"], Number(key, OSSL_PKEY_PARAM_RSA_N, 0));
      ASSIGN_OR_RETURN(members["e"], Number(key, OSSL_PKEY_PARAM_RSA_E, 0));
      members["kty"] = "RSA";
      break;
    }
    case Algorithm::kEs256: {
      ASSIGN_OR_RETURN(members["x"], Number(key, OSSL_PKEY_PARAM_EC_PUB_X, 32));
      ASSIGN_OR_RETURN(members["y"], Number(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32));
      members["crv"] = "P-256";
      members["kty"] = "EC";
      break;
    }
    case Algorithm::kEdDsa: {
      unsigned char raw[32];
      std::size_t size = sizeof(raw);
      if (EVP_PKEY_get_raw_public_key(key, raw, &size) != 1) {
        return CryptoError("read the public key");
      }
      members["x"] = EncodeBase64Url({reinterpret_cast<const char*>(raw), size});
      members["crv"] = "Ed25519";
      members["kty"] = "OKP";
      break;
    }
  }
  return members;
}

std::optional<Algorithm> AlgorithmOfKey(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return Algorithm::kEdDsa;
  if (EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= 2048) return Algorithm::kRs256;
  if (EVP_PKEY_is_a(key, "EC") == 1) {
    char group[64];
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, group, sizeof(group), &size) == 1 &&
        std::string_view(group, size) == "prime256v1") {
      return Algorithm::kEs256;
    }
  }
  return std::nullopt;
}

class OpenSslKey final : public SigningKey {
 public:
  static absl::StatusOr<std::unique_ptr<SigningKey>> Of(KeyPtr key) {
    const std::optional<Algorithm> algorithm = AlgorithmOfKey(key.get());
    if (!algorithm.has_value()) {
      return absl::InvalidArgumentError("the key is not Ed25519, P-256 or RSA of 2048 bits");
    }
    ASSIGN_OR_RETURN(json members, PublicMembers(key.get(), *algorithm));
    const std::string text = members.dump();
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) != 1) {
      return CryptoError("hash the public key");
    }
    auto made = std::make_unique<OpenSslKey>();
    made->id_ = EncodeBase64Url({reinterpret_cast<const char*>(digest), size});
    members["kid"] = made->id_;
    members["alg"] = std::string(NameOf(*algorithm));
    members["use"] = "sig";
    made->jwk_ = members.dump();
    made->algorithm_ = *algorithm;
    made->key_ = std::move(key);
    return made;
  }

  std::string key_id() const override { return id_; }
  std::string PublicJwk() const override { return jwk_; }

  absl::StatusOr<std::string> ToPem() const override {
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    if (bio == nullptr || PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0,
                                                        nullptr, nullptr) != 1) {
      return CryptoError("write the key");
    }
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
  }

  absl::StatusOr<std::string> SignJwt(std::string_view header_extra,
                                      std::string_view payload) const override {
    std::optional<json> header =
        auth_internal::ParseStrictObject(header_extra.empty() ? "{}" : header_extra);
    if (!header.has_value()) return absl::InvalidArgumentError("the header is not a JSON object");
    (*header)["alg"] = std::string(NameOf(algorithm_));
    (*header)["kid"] = id_;
    const std::string text =
        absl::StrCat(EncodeBase64Url(header->dump()), ".", EncodeBase64Url(payload));
    ASSIGN_OR_RETURN(const std::string signature, Sign(text));
    return absl::StrCat(text, ".", EncodeBase64Url(signature));
  }

 private:
  absl::StatusOr<std::string> Sign(std::string_view text) const {
    const EVP_MD* digest = algorithm_ == Algorithm::kEdDsa ? nullptr : EVP_sha256();
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    std::size_t size = 0;
    if (context == nullptr ||
        EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, Bytes(text), text.size()) != 1) {
      return CryptoError("sign");
    }
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       Bytes(text), text.size()) != 1) {
      return CryptoError("sign");
    }
    signature.resize(size);
    if (algorithm_ != Algorithm::kEs256) return signature;
    const auto raw = auth_internal::RawFromDer(signature);
    if (!raw.has_value()) return CryptoError("sign");
    return *raw;
  }

  Algorithm algorithm_ = Algorithm::kEdDsa;
  KeyPtr key_;
  std::string id_;
  std::string jwk_;
};

// Writes a file that nobody sees half of: `place` puts the finished one where it belongs.
absl::Status WriteWhole(const std::string& path, std::string_view text, mode_t mode) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
  const absl::Cleanup close_it = [fd] { close(fd); };
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(fd) != 0) return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
  return absl::OkStatus();
}

// A name that no other starter uses.
std::string TemporaryName(const std::string& path) {
  return absl::StrCat(path, ".", getpid(), ".", EncodeBase64Url(SystemEntropy().Bytes(9)));
}

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SigningKey>> SigningKey::Generate(KeyKind kind) {
  EVP_PKEY* key = nullptr;
  switch (kind) {
    case KeyKind::kEd25519:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
      break;
    case KeyKind::kEs256:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
      break;
    case KeyKind::kRs256:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(2048));
      break;
  }
  if (key == nullptr) return CryptoError("make a key");
  return OpenSslKey::Of(KeyPtr(key));
}

absl::StatusOr<std::unique_ptr<SigningKey>> SigningKey::FromPem(std::string_view pem) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EVP_PKEY* key =
      bio == nullptr ? nullptr : PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr);
  if (key == nullptr) {
    ERR_clear_error();
    return absl::InvalidArgumentError("the text is not a private key in PEM");
  }
  return OpenSslKey::Of(KeyPtr(key));
}

std::string JwksOf(const std::vector<const SigningKey*>& keys) {
  return absl::StrCat("{\"keys\":[",
                      absl::StrJoin(keys, ",",
                                    [](std::string* out, const SigningKey* key) {
                                      absl::StrAppend(out, key->PublicJwk());
                                    }),
                      "]}\n");
}

absl::StatusOr<std::string> MintToken(const SigningKey& key, const TokenRequest& request,
                                      absl::Time now) {
  const Principal& who = request.principal;
  json claims = {{"iss", request.issuer},
                 {"aud", request.audience},
                 {"sub", who.subject},
                 {"tenant", who.tenant},
                 {"roles", who.roles},
                 {"iat", absl::ToUnixSeconds(now)},
                 {"nbf", absl::ToUnixSeconds(now)},
                 {"exp", absl::ToUnixSeconds(now + request.lifetime)}};
  if (!who.centre.empty()) claims["centre"] = who.centre;
  return key.SignJwt(R"({"typ":"at+jwt"})", claims.dump());
}

absl::StatusOr<std::unique_ptr<SigningKey>> LoadOrMakeKey(std::string_view dir) {
  std::error_code failed;
  std::filesystem::create_directories(dir, failed);
  if (failed) {
    return absl::UnavailableError(absl::StrCat(View(dir), ": ", failed.message()));
  }
  const std::string path = absl::StrCat(View(dir), "/signing.pem");
  if (!std::filesystem::exists(path)) {
    ASSIGN_OR_RETURN(const auto made, SigningKey::Generate(KeyKind::kEd25519));
    ASSIGN_OR_RETURN(const std::string pem, made->ToPem());
    const std::string temporary = TemporaryName(path);
    const absl::Cleanup remove_it = [&] { unlink(temporary.c_str()); };
    RETURN_IF_ERROR(WriteWhole(temporary, pem, 0600));
    // link() refuses an existing name, so of several starters one wins and all use its key.
    if (link(temporary.c_str(), path.c_str()) != 0 && errno != EEXIST) {
      return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
    }
  }
  ASSIGN_OR_RETURN(const std::string pem, ReadWhole(path));
  ASSIGN_OR_RETURN(std::unique_ptr<SigningKey> key, SigningKey::FromPem(pem));

  const std::string jwks_path = absl::StrCat(View(dir), "/jwks.json");
  const std::string jwks = JwksOf({key.get()});
  if (absl::StatusOr<std::string> there = ReadWhole(jwks_path); there.ok() && *there == jwks) {
    return key;
  }
  const std::string temporary = TemporaryName(jwks_path);
  RETURN_IF_ERROR(WriteWhole(temporary, jwks, 0644));
  if (rename(temporary.c_str(), jwks_path.c_str()) != 0) {
    return absl::UnavailableError(absl::StrCat(jwks_path, ": ", std::strerror(errno)));
  }
  return key;
}

}  // namespace assay::platform
