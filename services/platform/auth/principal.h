// Who is calling, as the token says.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace assay::platform {

struct Principal {
  std::string tenant = {};   // The awarding body; from the token, never from the request.
  std::string subject = {};  // "users/01h…"
  std::vector<std::string> roles = {};  // Sorted: "centre_exams", "quality", …
  std::string centre = {};              // "centres/…": limits centre people; empty: not limited.
  absl::Time expires = {};

  bool Has(std::string_view role) const;
};

}  // namespace assay::platform
