#include "services/moderation/adjustment/line.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace assay::moderation {
namespace {

using Wide = absl::int128;

Wide FloorDivide(Wide a, Wide b) {  // b > 0
  Wide quotient = a / b;
  if (a % b < 0) --quotient;
  return quotient;
}

// Twice the rank of each mark, so that shared ranks stay whole.
std::vector<std::int64_t> DoubledRanks(std::span<const MarkPair> pairs, Mark MarkPair::*mark) {
  std::vector<std::int32_t> order(pairs.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::int32_t a, std::int32_t b) { return pairs[a].*mark < pairs[b].*mark; });
  std::vector<std::int64_t> ranks(pairs.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && pairs[order[last + 1]].*mark == pairs[order[first]].*mark) {
      ++last;
    }
    // Places first + 1 to last + 1 share their mean.
    for (std::size_t i = first; i <= last; ++i) {
      ranks[order[i]] = static_cast<std::int64_t>(first + last + 2);
    }
    first = last + 1;
  }
  return ranks;
}

}  // namespace

double Line::slope() const { return static_cast<double>(rise) / static_cast<double>(run); }
double Line::intercept() const {
  return static_cast<double>(constant) / static_cast<double>(run) / kOneMark;
}

Line FitLine(std::span<const MarkPair> pairs) {
  const Wide n = static_cast<std::int64_t>(pairs.size());
  Wide sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (const MarkPair& p : pairs) {
    sx += p.centre;
    sy += p.moderator;
    sxx += Wide(p.centre) * p.centre;
    sxy += Wide(p.centre) * p.moderator;
  }
  const Wide q = n * sxx - sx * sx;
  if (q == 0) return {.constant = sy - sx, .rise = n, .run = n};
  const Wide p = n * sxy - sx * sy;
  // slope = p / q, intercept = (sy - slope * sx) / n.
  return {.constant = sy * q - p * sx, .rise = p * n, .run = q * n};
}

Mark Apply(const Line& line, const MarkScale& scale, Mark mark) {
  if (mark == 0) return 0;
  const Wide value = line.constant + line.rise * mark;
  const Wide unit = line.run * scale.step;
  // floor(v / u + 1/2)
  const Wide steps = FloorDivide(2 * value + unit, 2 * unit);
  const Wide top = FloorDivide(scale.maximum, scale.step);
  return static_cast<Mark>(std::clamp<Wide>(steps, 0, top)) * scale.step;
}

std::optional<double> RankCorrelation(std::span<const MarkPair> pairs) {
  const std::vector<std::int64_t> x = DoubledRanks(pairs, &MarkPair::centre);
  const std::vector<std::int64_t> y = DoubledRanks(pairs, &MarkPair::moderator);
  const auto mean = static_cast<std::int64_t>(pairs.size()) + 1;  // Of doubled ranks.
  std::int64_t xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
    xy += (x[i] - mean) * (y[i] - mean);
  }
  if (xx == 0 || yy == 0) return std::nullopt;
  return static_cast<double>(xy) / std::sqrt(static_cast<double>(xx) * static_cast<double>(yy));
}

double Residual(const Line& line, const MarkPair& pair) {
  const Wide over = Wide(pair.moderator) * line.run - line.constant - line.rise * pair.centre;
  return static_cast<double>(over) / static_cast<double>(line.run) / kOneMark;
}

double ResidualSpread(const Line& line, std::span<const MarkPair> pairs) {
  if (pairs.size() < 3) return 0;
  double squares = 0;
  for (const MarkPair& pair : pairs) {
    const double residual = Residual(line, pair);
    squares += residual * residual;
  }
  return std::sqrt(squares / static_cast<double>(pairs.size() - 2));
}

}  // namespace assay::moderation
