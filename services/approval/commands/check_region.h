// Whether a qualification is offered where a centre is (QUAL-1, QUAL-2: "for centres in Wales
// only").
//
// Where a centre is comes from its facts: what files say of its region or authority, and above them
// an officer's correction of the region, which keeps its reason. Approvals that were given stay.
#pragma once
#include <string_view>

#include "absl/status/status.h"
#include "services/approval/context.h"

namespace assay::approval {

// For applying. FAILED_PRECONDITION (REGION_NOT_SERVED) if the centre is known to be elsewhere.
absl::Status CheckRegionToApply(const Centre& centre, const Qualification& qualification);

// For approving: the same, and REGION_UNKNOWN if nobody has said where the centre is.
absl::Status CheckRegionToApprove(const Work& work, const Centre& centre,
                                  std::string_view qualification);

}  // namespace assay::approval
