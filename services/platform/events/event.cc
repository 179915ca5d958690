#include "services/platform/events/event.h"

#include "absl/strings/str_cat.h"
#include "services/platform/core/view.h"

namespace assay::platform {

// The version changes when an entry's fields do, so that old consumers never misread new entries.
std::string StreamOf(std::string_view service) {
  return absl::StrCat("assay:events:v1:", View(service));
}

}  // namespace assay::platform
