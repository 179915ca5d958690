// Freshness (AIP-154): an etag is the quoted version of a resource.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace assay::platform {

std::string EtagOf(std::int64_t version);  // 3 → "\"3\""

// "" agrees with any version. Returns ABORTED (ETAG_MISMATCH, with the resource's
// name and current etag) if it does not agree.
absl::Status CheckEtag(std::string_view etag, std::int64_t version, std::string_view name);

}  // namespace assay::platform
