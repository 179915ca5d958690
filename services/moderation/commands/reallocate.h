// A moderator drops out (MOD-7): they take nothing any more, and what they have open goes to others
// as far as others can take it. Marks that they recorded are kept, and what they judged is done.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/context.h"
#include "services/moderation/stores/allocations.h"

namespace assay::moderation {

struct ReallocateParams {
  std::string moderator;  // Id.
  std::string reason;
  std::string etag;
  bool validate_only = false;
};

struct Reallocated {
  Moderator moderator;
  // What they had open; with nobody as the moderator: it stays with them.
  std::vector<PlannedAllocation> items;
};

// All in one transaction: nobody has more than a thousand. INVALID_ARGUMENT (REASON_MISSING).
absl::StatusOr<Reallocated> Reallocate(const Work& work, const ReallocateParams& params);

}  // namespace assay::moderation
