// Time, as a dependency.
//
// Nothing below a service's wiring calls absl::Now(); it is handed a Clock, or
// the time itself. Tests hand it a FakeClock (platform/testing/fake_clock.h),
// whose time moves only on request.
#pragma once
#include "absl/time/time.h"

namespace assay::platform {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;  // Thread-safe.
};

const Clock& SystemClock();

}  // namespace assay::platform
