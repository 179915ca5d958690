// Reads the texts of canonical.h back, so that a draw can be made again from what was published
// (MOD-4), on any machine.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/model.h"
#include "services/moderation/sampling/facts.h"

namespace assay::moderation {

inline constexpr std::size_t kCanonicalLinesMax = 100'000;

// Of CanonicalCandidates() or CanonicalEntries(), of either algorithm. INVALID_ARGUMENT naming the
// line that cannot be read.
absl::StatusOr<std::vector<Candidate>> ReadCanonicalCandidates(std::string_view text);

// Of CanonicalSamplingFacts(); the same.
absl::StatusOr<SamplingFacts> ReadCanonicalSamplingFacts(std::string_view text);

// Escaped() undone; none if a backslash stands for nothing.
std::optional<std::string> Unescaped(std::string_view text);

std::optional<CentreRisk> CentreRiskOf(std::string_view name);  // "high"
std::optional<Inspection> InspectionOf(std::string_view name);  // "tightened"

}  // namespace assay::moderation
