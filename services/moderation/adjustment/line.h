// The line that takes a centre's marks to the moderator's (MOD-11): moderator's mark regressed
// on the centre's over the sample, by least squares.
//
// All of it is kept in whole numbers: the line is a fraction, so a result that lies exactly
// between two steps is rounded the same way on every machine, and a centre that recomputes its
// results by hand gets ours.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "absl/numeric/int128.h"
#include "services/moderation/model.h"
#include "services/moderation/tolerance/tolerance.h"

namespace assay::moderation {

// y = (constant + rise * x) / run, in hundredths of marks; run > 0.
struct Line {
  absl::int128 constant = 0;
  absl::int128 rise = 0;
  absl::int128 run = 1;

  double slope() const;
  double intercept() const;  // In marks.
};

inline constexpr std::int64_t kPairsMax = 10'000;  // Keeps the sums below 2^127.

// The least-squares line of 1 to kPairsMax pairs. If the centre gave all the same mark there is
// no slope to fit, and the line shifts by the mean difference.
Line FitLine(std::span<const MarkPair> pairs);

// The step of the scale nearest to the line at `mark` (half up), within 0 and the maximum.
// Zero stays zero.
Mark Apply(const Line& line, const MarkScale& scale, Mark mark);

// How alike two people order the candidates: Spearman's rank correlation, equal marks sharing
// the mean rank. None if either of them gave all the same mark.
std::optional<double> RankCorrelation(std::span<const MarkPair> pairs);

// What the line leaves unexplained: the residual standard error, in marks
// (squared residuals over pairs less two); 0 for fewer than three pairs.
double ResidualSpread(const Line& line, std::span<const MarkPair> pairs);

// One pair's distance from the line, in marks: the moderator's mark less the line's.
double Residual(const Line& line, const MarkPair& pair);

}  // namespace assay::moderation
