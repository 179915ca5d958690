#include "services/platform/core/sha256.h"

#include <openssl/evp.h>

#include <cstdlib>

#include "absl/strings/escaping.h"

namespace assay::platform {

std::string Sha256(std::string_view bytes) {
  // Fetched once: looking the algorithm up again costs more than hashing a cohort.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::string digest(32, '\0');
  unsigned int size = 0;
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 sha256, nullptr);
  // Only a library without SHA-256 or a machine without memory fails, and neither can go on.
  if (done != 1 || size != digest.size()) std::abort();
  return digest;
}

std::string Sha256Hex(std::string_view bytes) { return absl::BytesToHexString(Sha256(bytes)); }

}  // namespace assay::platform
