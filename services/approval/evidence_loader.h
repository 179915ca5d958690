// Reads which evidence of employer involvement is required (EI-8). What ships is a default of our
// own (involvement/data/evidence.json); an awarding body may give its own instead.
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

// The shipped ones if `file` is "".
absl::StatusOr<std::vector<EvidencePolicy>> LoadEvidence(const std::string& file);

}  // namespace assay::approval
