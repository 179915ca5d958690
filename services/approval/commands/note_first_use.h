// The first learner who is registered under an approval keeps it from lapsing unused.
#pragma once
#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "services/approval/context.h"

namespace assay::approval {

// Of the approvals in force on the day, in the transaction that registers.
absl::Status NoteFirstUse(const Work& work, const std::string& centre,
                          const std::string& qualification, absl::CivilDay day);

}  // namespace assay::approval
