#include "services/platform/rpc/page.h"

#include <openssl/evp.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/log/log.h"

namespace assay::platform {
namespace {

constexpr std::size_t kHashBytes = 12;
constexpr std::size_t kTokenBytesMax = 4096;

// Says which query a token belongs to; nothing secret hangs on it.
std::string HashOf(std::string_view query) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ASSAY_CHECK(EVP_Digest(query.data(), query.size(), digest, &size, EVP_sha256(), nullptr) == 1);
  return std::string(reinterpret_cast<const char*>(digest), kHashBytes);
}

}  // namespace

absl::StatusOr<std::int32_t> PageSize(std::int32_t requested, PageLimits limits) {
  if (requested < 0) {
    return Error(absl::StatusCode::kInvalidArgument, "PAGE_SIZE_NEGATIVE",
                 "page_size cannot be negative; leave it out for the default")
        .With("page_size", std::to_string(requested))
        .Field("page_size", "is negative");
  }
  if (requested == 0) return limits.size_default;
  return std::min(requested, limits.size_max);
}

std::string EncodePageToken(std::string_view position, std::string_view query) {
  return absl::WebSafeBase64Escape(HashOf(query).append(position));
}

absl::StatusOr<std::string> DecodePageToken(std::string_view token, std::string_view query) {
  if (token.empty()) return std::string();
  std::string bytes;
  if (token.size() > kTokenBytesMax || !absl::WebSafeBase64Unescape(View(token), &bytes) ||
      bytes.size() < kHashBytes || bytes.compare(0, kHashBytes, HashOf(query)) != 0) {
    return Error(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID",
                 "the page token is not one of this list; begin again without a token")
        .Field("page_token", "is not a token of this list");
  }
  return bytes.substr(kHashBytes);
}

}  // namespace assay::platform
