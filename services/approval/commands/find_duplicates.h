// Looks for centres that are the same as those just written, and keeps the pairs.
#pragma once
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "services/approval/context.h"

namespace assay::approval {

struct KeyedCentre {
  Centre centre;
  std::vector<std::string> keys;
};

// To be called after the keys of `written` are stored. Pairs that officers have decided stay as
// they are; open ones that no longer have a reason go.
absl::Status FindDuplicates(const Work& work, std::span<const KeyedCentre> written);

}  // namespace assay::approval
