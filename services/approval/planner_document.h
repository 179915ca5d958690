// A planner's document between its three forms: as sent, as kept (the bytes of what was sent), and
// as the rules see it.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "services/approval/involvement/planner.h"

namespace assay::approval {

inline constexpr int kPlannerLearnersMax = 2000;
inline constexpr int kPlannerActivitiesMax = 500;
inline constexpr int kPlannerAttendancesMax = 100'000;

// INVALID_ARGUMENT (PLANNER_REFUSED) with a violation for each place that cannot be read: an
// unspecified kind, a text too long, more than the maximum.
absl::StatusOr<Planner> PlannerFrom(const v1::PlannerDocument& document);

// DATA_LOSS if the bytes are not a document's.
absl::StatusOr<Planner> PlannerFromBytes(std::string_view bytes);
absl::StatusOr<v1::PlannerDocument> DocumentFromBytes(std::string_view bytes);

}  // namespace assay::approval
