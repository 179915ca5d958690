#include "services/moderation/commitment.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "services/platform/log/log.h"

namespace assay::moderation {

struct RunningSha256::Impl {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

RunningSha256::RunningSha256() : impl_(std::make_unique<Impl>()) {
  ASSAY_CHECK(EVP_DigestInit_ex(impl_->context.get(), EVP_sha256(), nullptr) == 1);
}
RunningSha256::~RunningSha256() = default;

void RunningSha256::Add(std::string_view bytes) {
  ASSAY_CHECK(EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()) == 1);
}

std::string RunningSha256::Finish() {
  std::string digest(32, '\0');
  ASSAY_CHECK(EVP_DigestFinal_ex(impl_->context.get(),
                                 reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1);
  return digest;
}

Seed SeedOf(std::string_view secret, std::string_view facts) {
  Seed seed;
  unsigned int size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(facts.data()), facts.size(), seed.data(), &size);
  ASSAY_CHECK(made != nullptr && size == seed.size());
  return seed;
}

}  // namespace assay::moderation
