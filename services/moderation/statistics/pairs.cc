#include "services/moderation/statistics/pairs.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace assay::moderation {
namespace {

// A marker's own marks and their shares.
struct Margin {
  std::vector<double> marks;  // Ascending.
  std::vector<double> shares;

  std::size_t At(double mark) const {
    return std::lower_bound(marks.begin(), marks.end(), mark) - marks.begin();
  }
};

Margin MarginOf(const PairTable& table, double PairCell::*mark) {
  std::map<double, std::int64_t> counts;
  for (const PairCell& cell : table.cells) counts[cell.*mark] += cell.count;
  Margin margin;
  for (const auto& [value, count] : counts) {
    margin.marks.push_back(value);
    margin.shares.push_back(static_cast<double>(count) / static_cast<double>(table.pairs));
  }
  return margin;
}

// The mean disagreement of a mark with the marks of a margin, without visiting each of them: what
// is needed of them is kept as sums up to each mark.
class MeanDisagreement {
 public:
  MeanDisagreement(const Margin& margin, KappaWeights weights, double origin)
      : margin_(margin), weights_(weights), origin_(origin) {
    share_.assign(1, 0);
    first_.assign(1, 0);
    for (std::size_t i = 0; i < margin.marks.size(); ++i) {
      const double x = margin.marks[i] - origin;
      share_.push_back(share_.back() + margin.shares[i]);
      first_.push_back(first_.back() + margin.shares[i] * x);
      for (int power = 0; power < 4; ++power) {
        moments_[power] += margin.shares[i] * std::pow(x, power + 1);
      }
    }
  }
  // Of the disagreement, not yet over its largest.
  double At(double mark) const {
    const double x = mark - origin_;
    switch (weights_) {
      case KappaWeights::kNone: {
        const std::size_t i = margin_.At(mark);
        const bool there = i < margin_.marks.size() && margin_.marks[i] == mark;
        return 1 - (there ? margin_.shares[i] : 0);
      }
      case KappaWeights::kLinear: {
        const std::size_t i = margin_.At(mark);
        const double below = x * share_[i] - first_[i];
        const double above = (first_.back() - first_[i]) - x * (share_.back() - share_[i]);
        return below + above;
      }
      case KappaWeights::kQuadratic:
        break;
    }
    return x * x - 2 * x * moments_[0] + moments_[1];
  }
  // Of its square.
  double SquareAt(double mark) const {
    const double x = mark - origin_;
    if (weights_ == KappaWeights::kNone) return At(mark);
    if (weights_ == KappaWeights::kLinear) return x * x - 2 * x * moments_[0] + moments_[1];
    return x * x * x * x - 4 * x * x * x * moments_[0] + 6 * x * x * moments_[1] -
           4 * x * moments_[2] + moments_[3];
  }

 private:
  const Margin& margin_;
  KappaWeights weights_;
  double origin_;
  std::vector<double> share_, first_;
  double moments_[4] = {0, 0, 0, 0};
};

double DisagreementOf(KappaWeights weights, double first, double second) {
  const double apart = std::abs(first - second);
  if (weights == KappaWeights::kNone) return apart > 0 ? 1 : 0;
  return weights == KappaWeights::kLinear ? apart : apart * apart;
}

Estimate WithInterval(double value, double error, double quantile) {
  return {.value = value,
          .standard_error = error,
          .interval = Interval{value - quantile * error, value + quantile * error}};
}

// Pearson's correlation of the cells' marks as `first` and `second` give them.
template <typename First, typename Second>
std::optional<double> Correlation(const PairTable& table, First first, Second second) {
  const auto n = static_cast<double>(table.pairs);
  double mean_x = 0, mean_y = 0;
  for (const PairCell& cell : table.cells) {
    mean_x += first(cell) * static_cast<double>(cell.count) / n;
    mean_y += second(cell) * static_cast<double>(cell.count) / n;
  }
  double xx = 0, yy = 0, xy = 0;
  for (const PairCell& cell : table.cells) {
    const double x = first(cell) - mean_x, y = second(cell) - mean_y;
    const auto count = static_cast<double>(cell.count);
    xx += count * x * x;
    yy += count * y * y;
    xy += count * x * y;
  }
  if (xx <= 0 || yy <= 0) return std::nullopt;
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

// By Fisher's transformation; `factor` widens its variance.
Estimate CorrelationEstimate(std::optional<double> r, std::int64_t pairs, double factor,
                             double confidence) {
  if (!r.has_value()) return {};
  Estimate estimate{.value = r};
  if (pairs < 4 || std::abs(*r) > 1 - 1e-12) return estimate;
  const double error = std::sqrt(factor / static_cast<double>(pairs - 3));
  const double z = std::atanh(*r);
  const double quantile = NormalQuantile(.5 + confidence / 2);
  estimate.standard_error = error * (1 - *r * *r);
  estimate.interval = Interval{std::tanh(z - quantile * error), std::tanh(z + quantile * error)};
  return estimate;
}

// The mean rank of each mark of a margin.
std::vector<double> RanksOf(const Margin& margin, std::int64_t pairs) {
  std::vector<double> ranks;
  double before = 0;
  for (const double share : margin.shares) {
    const double count = std::round(share * static_cast<double>(pairs));
    ranks.push_back(before + (count + 1) / 2);
    before += count;
  }
  return ranks;
}

bool OneMark(const Margin& first, const Margin& second) {
  return first.marks.size() == 1 && second.marks.size() == 1 && first.marks[0] == second.marks[0];
}

}  // namespace

Estimate MeanDifference(const PairTable& table, double confidence) {
  if (table.pairs == 0) return {};
  const auto n = static_cast<double>(table.pairs);
  double mean = 0;
  for (const PairCell& cell : table.cells) {
    mean += (cell.first - cell.second) * static_cast<double>(cell.count) / n;
  }
  if (table.pairs < 2) return {.value = mean};
  double squares = 0;
  for (const PairCell& cell : table.cells) {
    const double apart = cell.first - cell.second - mean;
    squares += static_cast<double>(cell.count) * apart * apart;
  }
  return WithInterval(mean, std::sqrt(squares / (n - 1) / n),
                      StudentQuantile(.5 + confidence / 2, n - 1));
}

Estimate ExactAgreement(const PairTable& table, double confidence) {
  std::int64_t same = 0;
  for (const PairCell& cell : table.cells) same += cell.first == cell.second ? cell.count : 0;
  return Share(same, table.pairs, confidence);
}

KappaResult Kappa(const PairTable& table, KappaWeights weights, double confidence) {
  if (table.pairs == 0) return {};
  const auto n = static_cast<double>(table.pairs);
  const Margin first = MarginOf(table, &PairCell::first);
  const Margin second = MarginOf(table, &PairCell::second);
  if (OneMark(first, second)) return {};
  // Agreement is 1 less disagreement over the largest that the marks given could have.
  const double lowest = std::min(first.marks.front(), second.marks.front());
  const double highest = std::max(first.marks.back(), second.marks.back());
  const double largest = DisagreementOf(weights, lowest, highest);
  const double origin = (lowest + highest) / 2;  // Powers of distances from it stay small.
  const MeanDisagreement with_first(first, weights, origin);
  const MeanDisagreement with_second(second, weights, origin);

  double observed = 0;
  for (const PairCell& cell : table.cells) {
    observed += static_cast<double>(cell.count) / n *
                (1 - DisagreementOf(weights, cell.first, cell.second) / largest);
  }
  double expected = 0, null_variance = 0;
  for (std::size_t i = 0; i < first.marks.size(); ++i) {
    const double mean = 1 - with_second.At(first.marks[i]) / largest;
    // Of w squared: (1 - v)^2 = 1 - 2 v + v^2.
    const double square = 1 - 2 * with_second.At(first.marks[i]) / largest +
                          with_second.SquareAt(first.marks[i]) / (largest * largest);
    expected += first.shares[i] * mean;
    null_variance += first.shares[i] * (square - mean * mean);
  }
  for (std::size_t i = 0; i < second.marks.size(); ++i) {
    const double mean = 1 - with_first.At(second.marks[i]) / largest;
    null_variance -= second.shares[i] * mean * mean;
  }
  null_variance += expected * expected;
  const double kappa = (observed - expected) / (1 - expected);

  double variance = 0;
  for (const PairCell& cell : table.cells) {
    const double weight = 1 - DisagreementOf(weights, cell.first, cell.second) / largest;
    const double means = 2 - (with_second.At(cell.first) + with_first.At(cell.second)) / largest;
    const double term = weight - means * (1 - kappa);
    variance += static_cast<double>(cell.count) / n * term * term;
  }
  const double centre = kappa - expected * (1 - kappa);
  variance -= centre * centre;
  const double scale = n * (1 - expected) * (1 - expected);
  KappaResult result;
  result.kappa = WithInterval(kappa, std::sqrt(std::max(0.0, variance) / scale),
                              NormalQuantile(.5 + confidence / 2));
  result.kappa.interval->high = std::min(result.kappa.interval->high, 1.0);
  if (null_variance > 0) {
    result.z = kappa / std::sqrt(null_variance / scale);
    result.p = NormalTwoSided(*result.z);
  }
  return result;
}

Estimate Pearson(const PairTable& table, double confidence) {
  const auto r = Correlation(
      table, [](const PairCell& cell) { return cell.first; },
      [](const PairCell& cell) { return cell.second; });
  return CorrelationEstimate(r, table.pairs, 1, confidence);
}

Estimate Spearman(const PairTable& table, double confidence) {
  const Margin first = MarginOf(table, &PairCell::first);
  const Margin second = MarginOf(table, &PairCell::second);
  const std::vector<double> first_ranks = RanksOf(first, table.pairs);
  const std::vector<double> second_ranks = RanksOf(second, table.pairs);
  const auto r = Correlation(
      table, [&](const PairCell& cell) { return first_ranks[first.At(cell.first)]; },
      [&](const PairCell& cell) { return second_ranks[second.At(cell.second)]; });
  return CorrelationEstimate(r, table.pairs, r.has_value() ? 1 + *r * *r / 2 : 1, confidence);
}

}  // namespace assay::moderation
