#include "services/platform/auth/principal.h"

#include <algorithm>

namespace assay::platform {

bool Principal::Has(std::string_view role) const {
  return std::binary_search(roles.begin(), roles.end(), role, std::less<>());
}

}  // namespace assay::platform
