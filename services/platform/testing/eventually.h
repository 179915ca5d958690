// Waiting in tests for what other threads or processes bring about.
#pragma once
#include <poll.h>

#include <functional>

#include "absl/time/time.h"
#include "services/platform/core/clock.h"

namespace assay::platform::testing {

// Asks `done` until it says yes; false once `limit` is over. The limit is for a test
// that has failed: a loaded machine is slow, so it is generous.
inline bool Eventually(const std::function<bool()>& done,
                       absl::Duration limit = absl::Seconds(30)) {
  const absl::Time end = SystemClock().Now() + limit;
  while (!done()) {
    if (SystemClock().Now() > end) return false;
    poll(nullptr, 0, 2);
  }
  return true;
}

}  // namespace assay::platform::testing
