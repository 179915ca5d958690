#include "services/platform/core/backoff.h"

#include <algorithm>
#include <cmath>

namespace assay::platform {

absl::Duration Backoff(int failures, absl::Duration min, absl::Duration max, Entropy& entropy) {
  std::uint8_t bytes[2];
  entropy.Fill(bytes);
  const double factor = 0.5 + (bytes[0] * 256 + bytes[1]) / 65536.0;
  const double doubled = std::exp2(std::clamp(failures - 1, 0, 60));
  return std::min(max, min * doubled) * factor;
}

}  // namespace assay::platform
