// Page sizes and page tokens (AIP-158).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace assay::platform {

struct PageLimits {
  std::int32_t size_default = 50;
  std::int32_t size_max = 1000;
};

// 0 means the default, above the maximum means the maximum. Returns
// INVALID_ARGUMENT (PAGE_SIZE_NEGATIVE) if `requested` is negative.
absl::StatusOr<std::int32_t> PageSize(std::int32_t requested, PageLimits limits = {});

// Opaque and URL-safe; bound to `query` (everything else that decides the list:
// tenant, parent, filter, order), so a token used with another query is refused
// with INVALID_ARGUMENT (PAGE_TOKEN_INVALID). Not a secret: access is checked anew.
std::string EncodePageToken(std::string_view position, std::string_view query);
// "" gives "".
absl::StatusOr<std::string> DecodePageToken(std::string_view token, std::string_view query);

}  // namespace assay::platform
