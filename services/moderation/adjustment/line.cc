#include "services/moderation/adjustment/line.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <numeric>
#include <vector>

namespace assay::moderation {
namespace {

using Wide = absl::int128;
using Big = boost::multiprecision::cpp_int;

constexpr std::int64_t kSlopeUnit = 1'000'000'000;  // Nine decimals.
constexpr std::int64_t kSlopeMax = 1000;

Wide FloorDivide(Wide a, Wide b) {  // b > 0
  Wide quotient = a / b;
  if (a % b < 0) --quotient;
  return quotient;
}

Big BigOf(Wide value) {
  const bool negative = value < 0;
  const absl::uint128 size = static_cast<absl::uint128>(negative ? -value : value);
  const Big big = (Big(absl::Uint128High64(size)) << 64) + absl::Uint128Low64(size);
  return negative ? Big(-big) : big;
}

// n times the sums of squares and products about the means, which are whole.
struct Moments {
  Wide n = 0, sx = 0, sy = 0, qxx = 0, qyy = 0, qxy = 0;
};

Moments MomentsOf(std::span<const MarkPair> pairs) {
  Moments m;
  m.n = static_cast<std::int64_t>(pairs.size());
  Wide sxx = 0, syy = 0, sxy = 0;
  for (const MarkPair& p : pairs) {
    m.sx += p.centre;
    m.sy += p.moderator;
    sxx += Wide(p.centre) * p.centre;
    syy += Wide(p.moderator) * p.moderator;
    sxy += Wide(p.centre) * p.moderator;
  }
  m.qxx = m.n * sxx - m.sx * m.sx;
  m.qyy = m.n * syy - m.sy * m.sy;
  m.qxy = m.n * sxy - m.sx * m.sy;
  return m;
}

Line Shift(const Moments& m) { return {.constant = m.sy - m.sx, .rise = m.n, .run = m.n}; }

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

struct RankSums {
  std::int64_t xx = 0, yy = 0, xy = 0;  // Below 2^40 for kPairsMax pairs.
};

RankSums RankSumsOf(std::span<const MarkPair> pairs) {
  const std::vector<std::int64_t> x = DoubledRanks(pairs, &MarkPair::centre);
  const std::vector<std::int64_t> y = DoubledRanks(pairs, &MarkPair::moderator);
  const auto mean = static_cast<std::int64_t>(pairs.size()) + 1;  // Of doubled ranks.
  RankSums sums;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    sums.xx += (x[i] - mean) * (x[i] - mean);
    sums.yy += (y[i] - mean) * (y[i] - mean);
    sums.xy += (x[i] - mean) * (y[i] - mean);
  }
  return sums;
}

}  // namespace

double Line::slope() const { return static_cast<double>(rise) / static_cast<double>(run); }
double Line::intercept() const {
  return static_cast<double>(constant) / static_cast<double>(run) / kOneMark;
}

Line FitLine(std::span<const MarkPair> pairs) {
  const Moments m = MomentsOf(pairs);
  if (m.qxx == 0) return Shift(m);
  // slope = qxy / qxx, intercept = (sy - slope * sx) / n.
  return {.constant = m.sy * m.qxx - m.qxy * m.sx, .rise = m.qxy * m.n, .run = m.qxx * m.n};
}

Line FitStructuralLine(std::span<const MarkPair> pairs, std::int64_t variance_ratio) {
  const Moments m = MomentsOf(pairs);
  if (m.qxx == 0) return Shift(m);
  Wide slope = 0;  // In units of kSlopeUnit.
  if (m.qxy > 0) {
    // (u + sqrt(u^2 + 4 r qxy^2)) / (2 qxy) with u = qyy - r qxx, all times 100 for r's sake.
    const Big qxy = BigOf(m.qxy);
    const Big u = 100 * BigOf(m.qyy) - variance_ratio * BigOf(m.qxx);
    const Big under = u * u + 400 * Big(variance_ratio) * qxy * qxy;
    const Big root = sqrt(Big(under * kSlopeUnit * kSlopeUnit));
    const Big scaled = (u * kSlopeUnit + root) / (200 * qxy);  // Not negative: root >= |u|.
    slope = scaled > Big(kSlopeMax) * kSlopeUnit ? Wide(kSlopeMax) * kSlopeUnit
                                                 : Wide(scaled.convert_to<std::int64_t>());
  }
  return {
      .constant = m.sy * kSlopeUnit - slope * m.sx, .rise = slope * m.n, .run = m.n * kSlopeUnit};
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
  const RankSums sums = RankSumsOf(pairs);
  if (sums.xx == 0 || sums.yy == 0) return std::nullopt;
  return static_cast<double>(sums.xy) /
         std::sqrt(static_cast<double>(sums.xx) * static_cast<double>(sums.yy));
}

bool OrderDisagrees(std::span<const MarkPair> pairs, double least) {
  constexpr std::int64_t kMillion = 1'000'000;
  const RankSums sums = RankSumsOf(pairs);
  if (sums.xx == 0) return false;
  if (sums.yy == 0 || sums.xy < 0) return true;
  const Wide limit = std::llround(least * kMillion);
  const Big own = Big(sums.xy) * sums.xy * kMillion * kMillion;
  return own < BigOf(limit * limit) * sums.xx * sums.yy;
}

}  // namespace assay::moderation
