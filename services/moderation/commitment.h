// The digests of a draw (MOD-4): what is published while marks are open, and what the seed is
// made of. sampling/canonical.h has the texts that go in. And of files that may be sent again.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "services/moderation/sampling/generator.h"
#include "services/platform/core/sha256.h"

namespace assay::moderation {

inline constexpr int kSecretBytes = 32;

using platform::Sha256;
using platform::Sha256Hex;

// Of a text that comes in pieces.
class RunningSha256 {
 public:
  RunningSha256();
  ~RunningSha256();
  RunningSha256(const RunningSha256&) = delete;
  RunningSha256& operator=(const RunningSha256&) = delete;
  void Add(std::string_view bytes);
  std::string Finish();  // 32 bytes; once.

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// HMAC-SHA-256 of the facts under the secret.
Seed SeedOf(std::string_view secret, std::string_view facts);

}  // namespace assay::moderation
