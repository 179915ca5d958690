// How centres and moderators agree (MOD-15), from the counts that the store makes.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/context.h"
#include "services/moderation/statistics/pairs.h"
#include "services/moderation/statistics/panel.h"
#include "services/moderation/stores/agreement.h"

namespace assay::moderation {

struct Agreement {
  AgreementKey key;
  bool percent = false;  // Marks are in per cent of the maximum: there is more than one maximum.
  std::int64_t pairs = 0;
  Estimate mean_difference;
  Estimate exact;
  Estimate within_tolerance;
  KappaResult kappa;
  KappaResult linear_kappa;
  KappaResult quadratic_kappa;
  Intraclass intraclass;
  Estimate pearson;
  Estimate spearman;
};

// One for each key, in their order. NOT_FOUND (POLICY_NOT_FOUND) if a tolerance that was in force
// is no longer known.
absl::StatusOr<std::vector<Agreement>> MeasureAgreements(const Work& work,
                                                         const AgreementFilter& filter,
                                                         std::span<const AgreementKey> keys);

}  // namespace assay::moderation
