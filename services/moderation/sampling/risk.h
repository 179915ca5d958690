// Sample sizes as a share of the cohort, by the centre's risk (MOD-2, percent-by-risk).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::moderation {

enum class CentreRisk { kLow, kMedium, kHigh };
inline constexpr int kCentreRisks = 3;
std::string_view NameOf(CentreRisk risk);  // "high"

struct PercentRung {
  std::int64_t from = 1;
  std::optional<std::int64_t> to;  // None: without end.
  std::int64_t basis_points = 0;   // 3500: 35 %.
};

struct RiskPercentages {
  // By risk. Each from 1 upwards without gaps or overlaps, the last rung without an end.
  std::array<std::vector<PercentRung>, kCentreRisks> bands;
  std::int64_t minimum = 1;  // At least so many, or all if there are fewer.
};

std::vector<std::string> Contradictions(const RiskPercentages& design);

// The share rounded up to whole candidates; never more than there are.
std::int64_t SampleSize(const RiskPercentages& design, CentreRisk risk, std::int64_t cohort);

}  // namespace assay::moderation
