// Reads the policy of oversight: what may be imposed, when reminders go out, what staff need. One
// ships with the binary (oversight/data/oversight.json); an awarding body may give its own instead.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/approval/oversight/policy.h"
#include "services/platform/core/embedded_file.h"

namespace assay::approval {

// oversight/data/oversight.json alone, embedded at build time.
std::span<const platform::EmbeddedFile> ShippedOversight();

// INVALID_ARGUMENT with the first fault and its place, or with what contradicts itself.
absl::StatusOr<OversightPolicy> ParseOversight(std::string_view file, std::string_view text);

// The shipped one if `file` is "".
absl::StatusOr<OversightPolicy> LoadOversight(const std::string& file);

}  // namespace assay::approval
