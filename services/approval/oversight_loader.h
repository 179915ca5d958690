// Reads the policy of oversight: what may be imposed, when reminders go out, what staff need. One
// ships with the binary (oversight/data/oversight.json); an awarding body may give its own instead.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/approval/oversight/policy.h"

namespace assay::approval {

std::string_view ShippedOversight();  // Made from oversight/data by embed.cmake.

// INVALID_ARGUMENT with the first fault and its place, or with what contradicts itself.
absl::StatusOr<OversightPolicy> ParseOversight(std::string_view file, std::string_view text);

// The shipped one if `file` is "".
absl::StatusOr<OversightPolicy> LoadOversight(const std::string& file);

}  // namespace assay::approval
