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
// With these every document that is taken can be sampled: moderation draws from at most 10,000
// items, none of which has a text of more than 200 characters (EI-14).
inline constexpr int kPlannerEvidenceMax = 10'000;
inline constexpr std::size_t kEvidenceNameMax = 128;  // With an activity's id before it.
inline constexpr std::size_t kEmployerCharactersMax = 200;

// INVALID_ARGUMENT (PLANNER_REFUSED) with a violation for each place that cannot be read, and its
// rule: an unspecified kind, a text too long, more than the maximum, evidence of another centre.
absl::StatusOr<Planner> PlannerFrom(const v1::PlannerDocument& document, std::string_view centre);

// DATA_LOSS if the bytes are not a document's.
absl::StatusOr<Planner> PlannerFromBytes(std::string_view bytes);
absl::StatusOr<v1::PlannerDocument> DocumentFromBytes(std::string_view bytes);

}  // namespace assay::approval
