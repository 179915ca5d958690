#include "services/moderation/statistics/panel.h"

#include <algorithm>
#include <cmath>

namespace assay::moderation {
namespace {

// A two-way table: n rows of work, k markers, mean squares.
struct Anova {
  double n = 0, k = 0;
  double between = 0;  // Of work.
  double markers = 0;
  double error = 0;
  double within = 0;  // Markers and error together.
};

// The tiny sums that rounding leaves where nothing varies.
double Clean(double square, double total) { return square < 1e-12 * total ? 0 : square; }

// (F - 1) / (F + k - 1) and 1 - 1 / F with the bounds that F's distribution gives.
IntraclassForm FormOf(double between, double rest, double k, double freedom1, double freedom2,
                      double confidence) {
  IntraclassForm form{.freedom1 = freedom1, .freedom2 = freedom2};
  if (between + rest <= 0) return form;
  const double single = (between - rest) / (between + (k - 1) * rest);
  form.single.value = single;
  if (between > 0) form.average.value = 1 - rest / between;
  if (rest <= 0) return form;
  form.f = between / rest;
  form.p = FisherAbove(form.f, freedom1, freedom2);
  const double tail = .5 + confidence / 2;
  const double low = form.f / FisherQuantile(tail, freedom1, freedom2);
  const double high = form.f * FisherQuantile(tail, freedom2, freedom1);
  form.single.interval = Interval{(low - 1) / (low + k - 1), (high - 1) / (high + k - 1)};
  if (low > 0) form.average.interval = Interval{1 - 1 / low, 1 - 1 / high};
  return form;
}

// ICC(2,1) and ICC(2,k); the bounds' degrees of freedom are Satterthwaite's.
IntraclassForm AgreementOf(const Anova& a, double confidence) {
  IntraclassForm form{.freedom1 = a.n - 1, .freedom2 = (a.n - 1) * (a.k - 1)};
  const double down = a.between + (a.k - 1) * a.error + a.k * (a.markers - a.error) / a.n;
  if (down <= 0) return form;
  const double rho = (a.between - a.error) / down;
  form.single.value = rho;
  const double mean_down = a.between + (a.markers - a.error) / a.n;
  if (mean_down > 0) form.average.value = (a.between - a.error) / mean_down;
  if (a.error <= 0) return form;
  form.f = a.between / a.error;
  form.p = FisherAbove(form.f, form.freedom1, form.freedom2);
  const double fj = a.markers / a.error;
  const double rest = a.n * (1 + (a.k - 1) * rho) - a.k * rho;
  const double up = a.k * rho * fj + rest;
  const double freedom =
      (a.k - 1) * (a.n - 1) * up * up / ((a.n - 1) * a.k * a.k * rho * rho * fj * fj + rest * rest);
  const double tail = .5 + confidence / 2;
  const double above = FisherQuantile(tail, a.n - 1, freedom);
  const double below = FisherQuantile(tail, freedom, a.n - 1);
  const double noise = a.k * a.markers + (a.k * a.n - a.k - a.n) * a.error;
  const double low = a.n * (a.between - above * a.error) / (above * noise + a.n * a.between);
  const double high = a.n * (below * a.between - a.error) / (noise + a.n * below * a.between);
  form.single.interval = Interval{low, high};
  form.average.interval =
      Interval{low * a.k / (1 + low * (a.k - 1)), high * a.k / (1 + high * (a.k - 1))};
  return form;
}

Anova Table(double n, double k, double rows, double columns, double total) {
  Anova a{.n = n, .k = k};
  const double error = Clean(total - rows - columns, total);
  a.between = Clean(rows, total) / (n - 1);
  a.markers = Clean(columns, total) / (k - 1);
  a.error = std::max(0.0, error) / ((n - 1) * (k - 1));
  a.within = Clean(std::max(0.0, total - rows), total) / (n * (k - 1));
  return a;
}

void FillTwoWay(const Anova& a, double confidence, Intraclass& icc) {
  icc.agreement = AgreementOf(a, confidence);
  icc.consistency = FormOf(a.between, a.error, a.k, a.n - 1, (a.n - 1) * (a.k - 1), confidence);
}

// Sums of squares about the grand mean of the rows without gaps.
std::optional<Anova> TwoWayOf(const Ratings& complete) {
  if (complete.size() < 2 || complete[0].size() < 2) return std::nullopt;
  const auto n = static_cast<double>(complete.size());
  const auto k = static_cast<double>(complete[0].size());
  double mean = 0;
  for (const auto& row : complete) {
    for (const auto& mark : row) mean += *mark / (n * k);
  }
  double rows = 0, total = 0;
  std::vector<double> columns(complete[0].size(), 0);
  for (const auto& row : complete) {
    double sum = 0;
    for (std::size_t j = 0; j < row.size(); ++j) {
      const double apart = *row[j] - mean;
      sum += apart;
      columns[j] += apart;
      total += apart * apart;
    }
    rows += sum * sum / k;
  }
  double between = 0;
  for (const double sum : columns) between += sum * sum / n;
  return Table(n, k, rows, between, total);
}

// ICC(1) of rows of unequal length: the number of markers that the expected mean square has.
void FillOneWay(const Ratings& rows, double confidence, Intraclass& icc) {
  if (rows.size() < 2) return;
  double count = 0, squares = 0, mean = 0;
  for (const auto& row : rows) {
    count += static_cast<double>(row.size());
    squares += static_cast<double>(row.size() * row.size());
    for (const auto& mark : row) mean += *mark;
  }
  mean /= count;
  double between = 0, total = 0;
  for (const auto& row : rows) {
    double sum = 0;
    for (const auto& mark : row) {
      sum += *mark - mean;
      total += (*mark - mean) * (*mark - mean);
    }
    between += sum * sum / static_cast<double>(row.size());
  }
  const auto n = static_cast<double>(rows.size());
  icc.markers = (count - squares / count) / (n - 1);
  const double within = Clean(std::max(0.0, total - between), total) / (count - n);
  icc.one_way =
      FormOf(Clean(between, total) / (n - 1), within, icc.markers, n - 1, count - n, confidence);
}

}  // namespace

Intraclass IntraclassCorrelations(const Ratings& ratings, double confidence) {
  Intraclass icc;
  Ratings complete, marked;
  for (const auto& row : ratings) {
    std::vector<std::optional<double>> given;
    for (const auto& mark : row) {
      if (mark.has_value()) given.push_back(mark);
    }
    if (given.size() == row.size()) complete.push_back(row);
    if (given.size() >= 2) marked.push_back(std::move(given));
  }
  icc.work = static_cast<std::int64_t>(marked.size());
  icc.complete = static_cast<std::int64_t>(complete.size());
  FillOneWay(marked, confidence, icc);
  if (const auto anova = TwoWayOf(complete)) FillTwoWay(*anova, confidence, icc);
  return icc;
}

Intraclass IntraclassCorrelations(const PairTable& table, double confidence) {
  Intraclass icc{.work = table.pairs, .markers = 2, .complete = table.pairs};
  if (table.pairs < 2) return icc;
  const auto n = static_cast<double>(table.pairs);
  double mean = 0;
  for (const PairCell& cell : table.cells) {
    mean += (cell.first + cell.second) * static_cast<double>(cell.count) / (2 * n);
  }
  double rows = 0, total = 0, first = 0, second = 0;
  for (const PairCell& cell : table.cells) {
    const double x = cell.first - mean, y = cell.second - mean;
    const auto count = static_cast<double>(cell.count);
    rows += count * (x + y) * (x + y) / 2;
    total += count * (x * x + y * y);
    first += count * x;
    second += count * y;
  }
  const Anova a = Table(n, 2, rows, (first * first + second * second) / n, total);
  icc.one_way = FormOf(a.between, a.within, 2, n - 1, n, confidence);
  FillTwoWay(a, confidence, icc);
  return icc;
}

FleissResult FleissKappa(std::span<const std::vector<std::int64_t>> counts, double confidence) {
  FleissResult result;
  std::size_t categories = 0;
  for (const auto& row : counts) categories = std::max(categories, row.size());
  std::vector<double> shares(categories, 0);  // Of each category, a piece of work weighing 1.
  std::vector<double> agreement;              // Of each piece of work.
  std::vector<std::vector<double>> of_work;
  double markers = 0;
  bool balanced = true;
  for (const auto& row : counts) {
    double sum = 0, pairs = 0;
    for (const std::int64_t count : row) {
      sum += static_cast<double>(count);
      pairs += static_cast<double>(count) * static_cast<double>(count - 1);
    }
    if (sum < 2) continue;
    balanced = balanced && (markers == 0 || markers == sum);
    markers = sum;
    agreement.push_back(pairs / (sum * (sum - 1)));
    std::vector<double>& own = of_work.emplace_back(categories, 0);
    for (std::size_t j = 0; j < row.size(); ++j) own[j] = static_cast<double>(row[j]) / sum;
  }
  result.work = static_cast<std::int64_t>(agreement.size());
  if (agreement.empty()) return result;
  const auto n = static_cast<double>(agreement.size());
  double observed = 0, expected = 0;
  for (std::size_t i = 0; i < agreement.size(); ++i) {
    observed += agreement[i] / n;
    for (std::size_t j = 0; j < categories; ++j) shares[j] += of_work[i][j] / n;
  }
  for (const double share : shares) expected += share * share;
  if (expected > 1 - 1e-12) return result;
  const double kappa = (observed - expected) / (1 - expected);
  result.kappa.value = kappa;
  if (agreement.size() >= 2) {
    double squares = 0;
    for (std::size_t i = 0; i < agreement.size(); ++i) {
      double own_expected = 0;
      for (std::size_t j = 0; j < categories; ++j) own_expected += shares[j] * of_work[i][j];
      const double own = (agreement[i] - expected) / (1 - expected) -
                         2 * (1 - kappa) * (own_expected - expected) / (1 - expected);
      squares += (own - kappa) * (own - kappa);
    }
    const double error = std::sqrt(squares / (n * (n - 1)));
    const double width = NormalQuantile(.5 + confidence / 2) * error;
    result.kappa.standard_error = error;
    result.kappa.interval = Interval{kappa - width, std::min(1.0, kappa + width)};
  }
  if (balanced) {
    double pq = 0, skew = 0;
    for (const double p : shares) {
      pq += p * (1 - p);
      skew += p * (1 - p) * (1 - 2 * p);
    }
    const double error =
        std::sqrt(2 * (pq * pq - skew)) / (pq * std::sqrt(n * markers * (markers - 1)));
    if (error > 0) {
      result.z = kappa / error;
      result.p = NormalTwoSided(*result.z);
    }
  }
  return result;
}

}  // namespace assay::moderation
