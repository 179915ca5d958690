// What takes a centre's marks to results (MOD-11): one line, or a shift for each band of marks.
//
// A mapping is whole numbers throughout and has a text form, so a decision that was kept can be
// applied again, to the same results, on any machine.
//
// Example:
//   const Mapping mapping = Fit(rule, scale, pairs);
//   const Mark result = Apply(mapping, scale, candidate.mark);
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/moderation/adjustment/line.h"

namespace assay::moderation {

enum class Method { kLeastSquares, kStructural, kBandWise };
std::string_view NameOf(Method method);  // "least-squares"

struct Piece {
  Mark from = 0;  // The lowest mark that it moves; it ends where the next one begins.
  Line line;
  friend bool operator==(const Piece&, const Piece&) = default;
};

// The pieces in the order of their marks, the first from 0; never none.
struct Mapping {
  std::vector<Piece> pieces;
  friend bool operator==(const Mapping&, const Mapping&) = default;
};

// How a mapping is fitted.
struct FitRule {
  Method method = Method::kLeastSquares;
  std::int64_t variance_ratio = 100;  // For kStructural, see FitStructuralLine.
  // For kBandWise: where bands begin, in hundredths of a per cent of the maximum; the first is 0.
  std::vector<std::int64_t> bands_from = {0};
  std::int64_t band_pairs_min = 1;  // A band with fewer pairs joins its lower neighbour.
};
std::vector<std::string> Contradictions(const FitRule& rule);

// Of 1 to kPairsMax pairs.
//
// Band-wise, each band moves by the mean difference of its pairs. A band with too few joins the
// band below it (the lowest one the band above), and so do neighbours whose results would
// overtake each other, until the order of marks is kept.
Mapping Fit(const FitRule& rule, const MarkScale& scale, std::span<const MarkPair> pairs);

// The piece that moves `mark`.
const Line& LineAt(const Mapping& mapping, Mark mark);

// As Apply of a line: on a step, within 0 and the maximum; zero stays zero.
Mark Apply(const Mapping& mapping, const MarkScale& scale, Mark mark);

// What a mapping leaves unexplained: the residual standard error, squared residuals over the pairs
// less the numbers that were fitted. Whether it is too wide is decided in whole numbers.
struct Spread {
  double marks = 0;  // For show; 0 if there are not more pairs than numbers.
  bool too_wide = false;
};
// Too wide is above `tolerances_max` (at most six decimals) times the tolerance.
Spread SpreadOf(const Mapping& mapping, Method method, std::span<const MarkPair> pairs,
                double tolerances_max, Mark tolerance);

// How many numbers a mapping fits: two of a line, a shift for each band.
std::int64_t NumbersFitted(const Mapping& mapping, Method method);

// One pair as the mapping leaves it.
struct Residual {
  std::string number;
  Mark centre = 0;
  Mark moderator = 0;
  Mark result = 0;         // What the centre's mark becomes.
  double unexplained = 0;  // The moderator's mark less the mapping's before rounding, in marks.
};
std::vector<Residual> ResidualsOf(const Mapping& mapping, const MarkScale& scale,
                                  std::span<const MarkPair> pairs);

// "constant rise run" of a line; of bands "from constant rise run" joined by ";".
std::string TextOf(const Mapping& mapping);
std::optional<Mapping> ParseMapping(std::string_view text);

}  // namespace assay::moderation
