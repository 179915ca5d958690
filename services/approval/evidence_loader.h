// Reads which evidence of employer involvement is required (EI-8): data with a first day, of which
// a default of our own ships (involvement/data/evidence.json).
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/involvement/evidence.h"
#include "services/platform/core/embedded_file.h"

namespace assay::approval {

// involvement/data/evidence.json alone, embedded at build time.
std::span<const platform::EmbeddedFile> ShippedEvidencePolicies();

// In the order of their days. INVALID_ARGUMENT with the first fault and its place.
absl::StatusOr<std::vector<EvidencePolicy>> ParseEvidence(std::string_view file,
                                                          std::string_view text);

// What ships, read once; a test reads it too, so that it has no faults.
const std::vector<EvidencePolicy>& ShippedEvidence();

}  // namespace assay::approval
