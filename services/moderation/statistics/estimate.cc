#include "services/moderation/statistics/estimate.h"

#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace assay::moderation {

double NormalQuantile(double p) { return quantile(boost::math::normal(), p); }
double StudentQuantile(double p, double freedom) {
  return quantile(boost::math::students_t(freedom), p);
}
double FisherQuantile(double p, double freedom1, double freedom2) {
  return quantile(boost::math::fisher_f(freedom1, freedom2), p);
}
double NormalTwoSided(double z) { return 2 * cdf(complement(boost::math::normal(), std::abs(z))); }
double FisherAbove(double f, double freedom1, double freedom2) {
  return cdf(complement(boost::math::fisher_f(freedom1, freedom2), f));
}

Estimate Share(std::int64_t hits, std::int64_t count, double confidence) {
  if (count <= 0) return {};
  const auto n = static_cast<double>(count);
  const double p = static_cast<double>(hits) / n;
  const double z = NormalQuantile(.5 + confidence / 2);
  const double spread = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double centre = p + z * z / (2 * n);
  const double scale = 1 + z * z / n;
  return {.value = p,
          .standard_error = std::sqrt(p * (1 - p) / n),
          // At the ends the bound is the end itself, which rounding would only nearly give.
          .interval = Interval{hits == 0 ? 0 : (centre - spread) / scale,
                               hits == count ? 1 : (centre + spread) / scale}};
}

}  // namespace assay::moderation
