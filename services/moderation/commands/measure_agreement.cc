#include "services/moderation/commands/measure_agreement.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/tolerance/tolerance.h"
#include "services/platform/core/status_macros.h"

namespace assay::moderation {
namespace {

// The scales and tolerances of components, each looked up once.
class Scales {
 public:
  Scales(const Work& work, std::string series) : work_(work), series_(std::move(series)) {}

  absl::StatusOr<MarkScale> ScaleOf(const std::string& component) {
    if (const auto found = scales_.find(component); found != scales_.end()) return found->second;
    ASSIGN_OR_RETURN(const Component read,
                     work_.store().GetComponent(work_.tx, work_.caller.tenant, series_, component));
    return scales_[component] = read.scale;
  }

  absl::StatusOr<Mark> ToleranceIn(const AgreementCell& cell) {
    const std::pair key{cell.component, cell.tolerance_policy};
    if (const auto found = tolerances_.find(key); found != tolerances_.end()) return found->second;
    ASSIGN_OR_RETURN(const MarkScale scale, ScaleOf(cell.component));
    ASSIGN_OR_RETURN(const PolicyPtr policy,
                     RecordedPolicy(work_, cell.tolerance_policy, PolicyKind::kTolerance));
    return tolerances_[key] = ToleranceOf(policy->tolerance, scale);
  }

 private:
  const Work& work_;
  std::string series_;
  absl::flat_hash_map<std::string, MarkScale> scales_;
  absl::flat_hash_map<std::pair<std::string, std::string>, Mark> tolerances_;
};

absl::StatusOr<Agreement> Measure(Scales& scales, std::span<const AgreementCell> cells) {
  Agreement agreement{.key = cells.front().key};
  Mark maximum = 0;
  for (const AgreementCell& cell : cells) {
    ASSIGN_OR_RETURN(const MarkScale scale, scales.ScaleOf(cell.component));
    agreement.percent = agreement.percent || (maximum != 0 && maximum != scale.maximum);
    maximum = scale.maximum;
  }
  PairTable table;
  std::int64_t within = 0;
  for (const AgreementCell& cell : cells) {
    ASSIGN_OR_RETURN(const Mark tolerance, scales.ToleranceIn(cell));
    const Mark apart = cell.centre - cell.moderator;
    if ((apart < 0 ? -apart : apart) <= tolerance) within += cell.count;
    ASSIGN_OR_RETURN(const MarkScale scale, scales.ScaleOf(cell.component));
    const double unit = agreement.percent ? static_cast<double>(scale.maximum) / 100 : kOneMark;
    table.Add(static_cast<double>(cell.centre) / unit, static_cast<double>(cell.moderator) / unit,
              cell.count);
  }
  agreement.pairs = table.pairs;
  agreement.mean_difference = MeanDifference(table);
  agreement.exact = ExactAgreement(table);
  agreement.within_tolerance = Share(within, table.pairs);
  agreement.kappa = Kappa(table, KappaWeights::kNone);
  agreement.linear_kappa = Kappa(table, KappaWeights::kLinear);
  agreement.quadratic_kappa = Kappa(table, KappaWeights::kQuadratic);
  agreement.intraclass = IntraclassCorrelations(table);
  agreement.pearson = Pearson(table);
  agreement.spearman = Spearman(table);
  return agreement;
}

}  // namespace

absl::StatusOr<std::vector<Agreement>> MeasureAgreements(const Work& work,
                                                         const AgreementFilter& filter,
                                                         std::span<const AgreementKey> keys) {
  std::vector<Agreement> agreements;
  if (keys.empty()) return agreements;
  AgreementStore store;
  ASSIGN_OR_RETURN(const std::vector<AgreementCell> cells,
                   store.CountCells(work.tx, work.caller, filter, keys.front(), keys.back()));
  Scales scales(work, filter.series);
  for (std::size_t first = 0; first < cells.size();) {
    std::size_t end = first;
    while (end < cells.size() && cells[end].key == cells[first].key) ++end;
    ASSIGN_OR_RETURN(Agreement agreement,
                     Measure(scales, std::span(cells).subspan(first, end - first)));
    agreements.push_back(std::move(agreement));
    first = end;
  }
  return agreements;
}

}  // namespace assay::moderation
