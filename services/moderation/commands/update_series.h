// Gives a series other dates, another title or checkpoint policy (MOD-16).
#pragma once
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/context.h"

namespace assay::moderation {

// Whether its dates follow one another and its checkpoint policy is in force.
// TERM_DATES_DISORDERED, POLICY_NOT_FOUND.
absl::Status CheckSeries(const Work& work, const Series& series);

// `wanted` has the id and all that can be changed. SERIES_NOT_FOUND, ETAG_MISMATCH.
absl::StatusOr<Series> UpdateSeries(const Work& work, const Series& wanted, std::string_view etag);

}  // namespace assay::moderation
