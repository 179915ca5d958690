#include "services/platform/core/clock.h"

#include "absl/time/clock.h"

namespace assay::platform {
namespace {

class RealClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace

const Clock& SystemClock() {
  static const RealClock clock;
  return clock;
}

}  // namespace assay::platform
