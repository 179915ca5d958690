// A centre applies for approval for a qualification.
#pragma once
#include <string_view>

#include "absl/status/statusor.h"
#include "services/approval/context.h"

namespace assay::approval {

// Returns NOT_FOUND (CENTRE_NOT_FOUND, QUALIFICATION_NOT_FOUND), FAILED_PRECONDITION
// (CENTRE_STATE_WRONG) if the centre is withdrawn or closed, ALREADY_EXISTS
// (APPROVAL_EXISTS) with the name of the one that is applied for or in force.
absl::StatusOr<QualificationApproval> ApplyForQualification(const Work& work,
                                                            std::string_view centre_id,
                                                            std::string_view qualification);

}  // namespace assay::approval
