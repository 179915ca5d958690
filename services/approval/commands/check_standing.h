// Whether a centre was approved, and approved for a qualification, on a day (QUAL-9).
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/approval/context.h"

namespace assay::approval {

struct StandingQuestion {
  std::string centre;
  std::string qualification;
  std::optional<absl::CivilDay> day;
};

struct StandingAnswer {
  bool centre_found = true;
  Standing standing = Standing::kNoApproval;
  std::string message;  // For people; "" if in force.
  std::string centre_title;
};

// For a day in the past the centre's state at the end of that day counts; for today and
// later (or without a day) the one it has. Of the approval, every day is known: suspended, expired
// and withdrawn times are kept. Returns NOT_FOUND (CENTRE_NOT_FOUND).
absl::StatusOr<StandingAnswer> CheckStanding(const Work& work, std::string_view centre_id,
                                             std::string_view qualification,
                                             std::optional<absl::CivilDay> day);

// Many at once, in their order, with a handful of queries; a centre out of reach is not found.
absl::StatusOr<std::vector<StandingAnswer>> CheckStandings(
    const Work& work, std::span<const StandingQuestion> questions);

}  // namespace assay::approval
