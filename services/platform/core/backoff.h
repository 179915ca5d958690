// How long to wait before the next attempt.
#pragma once
#include "absl/time/time.h"
#include "services/platform/core/entropy.h"

namespace assay::platform {

// `min` doubled for each of the `failures` before this one, at most `max`, times a
// random factor from 0.5 to 1.5, so that those who failed together do not all
// come back together.
absl::Duration Backoff(int failures, absl::Duration min, absl::Duration max, Entropy& entropy);

}  // namespace assay::platform
