// Reminds centres of what is due, escalates what was due (NOT-3), and tells of conditions and
// sanctions whose last day has passed, and settles the centres whose conditions have begun. Driven
// by the clock that it is given; may run as often as one likes, at the same time too: each notice
// is raised once.
#pragma once
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/approval/context.h"

namespace assay::approval {

// Of every tenant. For the background; blocks.
absl::Status SweepDeadlines(const Context& context, absl::Time now);

}  // namespace assay::approval
