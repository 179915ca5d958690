// What happens to approvals without anybody's doing: they expire, lapse unused, and their
// conditions come due.
#pragma once
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/approval/context.h"

namespace assay::approval {

// Closes an approval that has ended by itself (see LapseDay) as lapsed, and says so.
absl::Status LapseApproval(const Work& work, QualificationApproval approval);

// The same for those of all tenants; and reminds centres of conditions that are due soon, and the
// quality team of those that are overdue. Each once. Bounded; what is left is done the next time.
absl::Status TendApprovals(const Context& context, absl::Time now);

}  // namespace assay::approval
