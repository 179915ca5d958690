// The line that takes a centre's marks to the moderator's (MOD-11), by least squares (the
// moderator's mark regressed on the centre's) or structural (both marks carry error).
//
// All of it is kept in whole numbers: the line is a fraction, so a result that lies exactly
// between two steps is rounded the same way on every machine, and a centre that recomputes its
// results by hand gets ours. Doubles are only ever shown.
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
  friend bool operator==(const Line&, const Line&) = default;
};

inline constexpr std::int64_t kPairsMax = 10'000;  // Keeps the sums below 2^127.

// The least-squares line of 1 to kPairsMax pairs. If the centre gave all the same mark there is
// no slope to fit, and the line shifts by the mean difference.
Line FitLine(std::span<const MarkPair> pairs);

// The structural (Deming) line through the means of 1 to kPairsMax pairs. `variance_ratio`: the
// variance of the moderator's errors over that of the centre's, in hundredths (100: equal).
//
// Its slope is a square root, so it is defined as that root rounded down to nine decimals, which
// whole numbers give exactly, and at most 1000. It is 0 if the two marks do not rise together.
// Without a slope to fit the line shifts by the mean difference, as above.
Line FitStructuralLine(std::span<const MarkPair> pairs, std::int64_t variance_ratio);

// The step of the scale nearest to the line at `mark` (half up), within 0 and the maximum.
// Zero stays zero.
Mark Apply(const Line& line, const MarkScale& scale, Mark mark);

// How alike two people order the candidates: Spearman's rank correlation, equal marks sharing
// the mean rank. None if either of them gave all the same mark.
std::optional<double> RankCorrelation(std::span<const MarkPair> pairs);

// Whether the rank correlation is below `least` (0 to 1, at most six decimals), decided in whole
// numbers. A centre that told nobody apart has no order to disagree with; a moderator who told
// nobody apart agrees with none.
bool OrderDisagrees(std::span<const MarkPair> pairs, double least);

}  // namespace assay::moderation
