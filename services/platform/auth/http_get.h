// One bounded GET. Internal to platform/auth.
#pragma once
#include <atomic>
#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace assay::platform::auth_internal {

// The body of a 200. No redirects, five seconds, `bytes_max`; ends early once
// `stop` is set. Everything else is UNAVAILABLE.
absl::StatusOr<std::string> HttpGet(const std::string& url, std::size_t bytes_max,
                                    const std::atomic<bool>& stop);

}  // namespace assay::platform::auth_internal
