// Whether a centre was approved, and approved for a qualification, on a day (QUAL-9).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/approval/context.h"

namespace assay::approval {

struct StandingAnswer {
  Standing standing = Standing::kNoApproval;
  std::string message;  // For people; "" if in force.
  std::string centre_title;
};

// For a day in the past the centre's state at the end of that day counts; for today and
// later (or without a day) the one it has. Returns NOT_FOUND (CENTRE_NOT_FOUND).
absl::StatusOr<StandingAnswer> CheckStanding(const Work& work, std::string_view centre_id,
                                             std::string_view qualification,
                                             std::optional<absl::CivilDay> day);

}  // namespace assay::approval
