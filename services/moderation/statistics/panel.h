// How well a panel agrees (MOD-15): several markers of the same work.
//
// Marks by number: the intraclass correlations of Shrout and Fleiss (1979), from an analysis of
// variance. Categories: Fleiss' kappa, from how many markers chose each.
//
// Example:
//   const Intraclass icc = IntraclassCorrelations({{9, 2, 5, 8}, {6, 1, 3, 2}, …});
//   icc.agreement.single.value  // ICC(2,1)
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "services/moderation/statistics/estimate.h"
#include "services/moderation/statistics/pairs.h"

namespace assay::moderation {

// One row a piece of work, one column a marker; absent where a marker did not mark.
using Ratings = std::vector<std::vector<std::optional<double>>>;

struct IntraclassForm {
  Estimate single;   // Of one marker's mark: ICC(x,1). Intervals from Fisher's F.
  Estimate average;  // Of the mean of the panel's: ICC(x,k).
  double f = 0;
  double freedom1 = 0, freedom2 = 0;
  double p = 1;  // Of an F at least as large if work does not differ.
};

struct Intraclass {
  std::int64_t work = 0;   // Rows that count.
  double markers = 0;      // k; for unequal rows of ICC(1) what takes its place.
  IntraclassForm one_way;  // ICC(1): markers differ from work to work.
  // The two-way forms need every marker on every row; rows with gaps are left out of them.
  std::int64_t complete = 0;
  IntraclassForm agreement;    // ICC(2): a random panel, absolute agreement.
  IntraclassForm consistency;  // ICC(3): this panel, agreement but for their levels.
};

// No values for fewer than two rows or markers, or if all marks are the same: nothing varies that
// could be explained. If markers agree throughout the value is 1, without an interval.
Intraclass IntraclassCorrelations(const Ratings& ratings, double confidence = kConfidence);
// The same for two markers who both marked everything, from counts of their pairs.
Intraclass IntraclassCorrelations(const PairTable& table, double confidence = kConfidence);

struct FleissResult {
  // The interval is normal, its standard error by linearisation over the pieces of work.
  Estimate kappa;
  std::int64_t work = 0;  // Rows with two markers or more; others say nothing.
  // Against no agreement beyond chance (Fleiss, Nee and Landis 1979); only if all rows have the
  // same number of markers.
  std::optional<double> z;
  std::optional<double> p;
};
// One row a piece of work: how many markers chose each category. No value if nobody could
// disagree: no row counts, or all chose the one category.
FleissResult FleissKappa(std::span<const std::vector<std::int64_t>> counts,
                         double confidence = kConfidence);

}  // namespace assay::moderation
