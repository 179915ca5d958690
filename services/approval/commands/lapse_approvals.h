// What happens to approvals without anybody's doing: they expire, or lapse unused. What comes due
// before is told by sweep_deadlines.h.
#pragma once
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/approval/context.h"

namespace assay::approval {

// Closes an approval that has ended by itself (see LapseDay) as lapsed, and says so.
absl::Status LapseApproval(const Work& work, QualificationApproval approval);

// The same for those of all tenants. One that cannot be closed holds up no other and is tried again
// the next time; the answer then is INTERNAL, with the first of them and why, after all were tried.
// Bounded; what is left is done the next time.
absl::Status TendApprovals(const Context& context, absl::Time now);

}  // namespace assay::approval
