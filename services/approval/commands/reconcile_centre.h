// Makes a centre's facts anew of what its sources and officers say.
#pragma once
#include "absl/status/status.h"
#include "services/approval/context.h"

namespace assay::approval {

// Writes `centre`, whose version is the stored one, with its facts made anew and the next version,
// and what it is found by. To be called after its sources changed.
absl::Status ReconcileCentre(const Work& work, Centre& centre);

}  // namespace assay::approval
