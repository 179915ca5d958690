// What hangs on a centre: what would be lost with it, and who would be left without it.
// A table with something of a centre's own that counts on a day belongs into the list in the .cc.
#pragma once
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/approval/store.h"

namespace assay::approval {

class CentreUse {
 public:
  using Tx = platform::Transaction;

  // What the centre has of its own on the day, "planners", "conditions or sanctions".
  absl::StatusOr<std::vector<std::string>> Of(Tx& tx, std::string_view tenant,
                                              std::string_view centre, absl::CivilDay day);
  // Those of `centres` that teach: with qualification approvals in force or active registrations.
  absl::StatusOr<std::set<std::string>> Teaching(Tx& tx, std::string_view tenant,
                                                 std::span<const std::string> centres);
};

}  // namespace assay::approval
