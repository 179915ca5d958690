// How somebody of the staff stands for a qualification on a day, from what is kept of them
// (QUAL-6).
#pragma once
#include <string>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/staff.h"

namespace assay::approval {

// The level asked for is the catalogue's; a qualification that it does not have asks for none.
absl::StatusOr<StaffJudgement> JudgeStaffRecord(const Work& work, const StaffRecord& staff,
                                                const std::string& qualification,
                                                absl::CivilDay day);

}  // namespace assay::approval
