#include "services/moderation/sampling/risk.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/moderation/sampling/rungs.h"

namespace assay::moderation {
namespace {

constexpr std::int64_t kAll = 10'000;  // Basis points.
constexpr std::array<absl::string_view, kCentreRisks> kNames = {"low", "medium", "high"};

std::int64_t Share(const std::vector<PercentRung>& band, std::int64_t cohort) {
  const PercentRung* rung = FindRung(band, cohort);
  return rung == nullptr ? kAll : rung->basis_points;
}

}  // namespace

std::string_view NameOf(CentreRisk risk) {
  const absl::string_view name = kNames[static_cast<int>(risk)];
  return {name.data(), name.size()};
}

std::vector<std::string> Contradictions(const RiskPercentages& design) {
  std::vector<std::string> found;
  for (int risk = 0; risk < kCentreRisks; ++risk) {
    const std::vector<PercentRung>& band = design.bands[risk];
    const std::string prefix = absl::StrCat(kNames[risk], " risk: ");
    if (band.empty()) {
      found.push_back(absl::StrCat(prefix, "no rung says what to draw"));
      continue;
    }
    CheckRungs(
        band, prefix,
        [&](const PercentRung& rung) {
          if (rung.basis_points > 0 && rung.basis_points <= kAll) return;
          found.push_back(absl::StrCat(prefix, DescribeRung(rung),
                                       " draws a share that is not above 0 and up to 100 %"));
        },
        found);
  }
  if (design.minimum < 1) found.push_back("the minimum is below one candidate");
  if (!found.empty()) return found;
  // Shares only change where a rung begins.
  for (int risk = 1; risk < kCentreRisks; ++risk) {
    for (const auto* rungs : {&design.bands[risk - 1], &design.bands[risk]}) {
      for (const PercentRung& rung : *rungs) {
        if (Share(design.bands[risk], rung.from) >= Share(design.bands[risk - 1], rung.from)) {
          continue;
        }
        found.push_back(absl::StrCat("of cohorts of ", rung.from, " candidates ", kNames[risk],
                                     " risk draws a smaller share than ", kNames[risk - 1],
                                     " risk"));
      }
    }
  }
  return found;
}

std::int64_t SampleSize(const RiskPercentages& design, CentreRisk risk, std::int64_t cohort) {
  const std::int64_t share = Share(design.bands[static_cast<int>(risk)], cohort);
  const std::int64_t size = (cohort * share + kAll - 1) / kAll;
  return std::min(cohort, std::max(size, design.minimum));
}

}  // namespace assay::moderation
