#include "services/moderation/adjustment/mapping.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace assay::moderation {
namespace {

using Wide = absl::int128;
using Big = boost::multiprecision::cpp_int;
using Fraction = boost::multiprecision::cpp_rational;

constexpr std::int64_t kBasisPoints = 10'000;  // Of the maximum.
constexpr std::int64_t kVarianceRatioMax = 10'000;
constexpr std::size_t kBandsMax = 100;

Big BigOf(Wide value) {
  const bool negative = value < 0;
  const absl::uint128 size = static_cast<absl::uint128>(negative ? -value : value);
  const Big big = (Big(absl::Uint128High64(size)) << 64) + absl::Uint128Low64(size);
  return negative ? Big(-big) : big;
}

// A band and the pairs that it was fitted to.
struct Band {
  Mark from = 0;
  std::int64_t pairs = 0;
  Mark differences = 0;  // Moderator less centre.

  Line Shift() const { return {.constant = differences, .rise = pairs, .run = pairs}; }
  void Join(const Band& above) {
    pairs += above.pairs;
    differences += above.differences;
  }
};

std::vector<Band> BandsOf(const FitRule& rule, const MarkScale& scale,
                          std::span<const MarkPair> pairs) {
  std::vector<Band> bands;
  for (const std::int64_t from : rule.bands_from) {
    // The first step that is in the band.
    const std::int64_t unit = kBasisPoints * scale.step;
    const Mark first = (from * scale.maximum + unit - 1) / unit * scale.step;
    if (bands.empty() || first > bands.back().from) bands.push_back({.from = first});
  }
  for (const MarkPair& pair : pairs) {
    const auto above =
        std::upper_bound(bands.begin(), bands.end(), pair.centre,
                         [](Mark mark, const Band& band) { return mark < band.from; });
    Band& band = *(above - 1);
    ++band.pairs;
    band.differences += pair.moderator - pair.centre;
  }
  return bands;
}

// Bands with too few pairs join the one below; those left at the bottom the one above.
std::vector<Band> WithEnoughPairs(const std::vector<Band>& bands, std::int64_t pairs_min) {
  std::vector<Band> kept;
  for (const Band& band : bands) {
    if (!kept.empty() && (band.pairs < pairs_min || kept.back().pairs < pairs_min)) {
      // Whichever of the two is the small one, they go together.
      kept.back().Join(band);
    } else {
      kept.push_back(band);
    }
  }
  // Only the first can have been small for want of a band below it; it has joined those above.
  return kept;
}

// Whether the top mark of `below` overtakes the first mark of `above`.
bool Overtakes(const Band& below, const Band& above, const MarkScale& scale) {
  return Apply(below.Shift(), scale, above.from - scale.step) >
         Apply(above.Shift(), scale, above.from);
}

Mapping FitBands(const FitRule& rule, const MarkScale& scale, std::span<const MarkPair> pairs) {
  std::vector<Band> ordered;
  for (const Band& band : WithEnoughPairs(BandsOf(rule, scale, pairs), rule.band_pairs_min)) {
    ordered.push_back(band);
    while (ordered.size() > 1 && Overtakes(ordered[ordered.size() - 2], ordered.back(), scale)) {
      ordered[ordered.size() - 2].Join(ordered.back());
      ordered.pop_back();
    }
  }
  Mapping mapping;
  for (const Band& band : ordered) mapping.pieces.push_back({band.from, band.Shift()});
  return mapping;
}

// The moderator's mark less the line's, times the line's run.
Wide Over(const Line& line, const MarkPair& pair) {
  return Wide(pair.moderator) * line.run - line.constant - line.rise * pair.centre;
}

std::string Text(Wide number) {
  if (number < 0) return "-" + Text(-number);
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(number % 10)));
    number /= 10;
  } while (number > 0);
  return digits;
}

std::string Text(const Line& line) {
  return absl::StrCat(Text(line.constant), " ", Text(line.rise), " ", Text(line.run));
}

}  // namespace

std::string_view NameOf(Method method) {
  switch (method) {
    case Method::kLeastSquares:
      return "least-squares";
    case Method::kStructural:
      return "structural";
    case Method::kBandWise:
      return "band-wise";
  }
  return "";
}

std::vector<std::string> Contradictions(const FitRule& rule) {
  std::vector<std::string> found;
  if (rule.variance_ratio < 1 || rule.variance_ratio > kVarianceRatioMax) {
    found.push_back("the ratio of the error variances is not between 0.01 and 100");
  }
  const auto& bands = rule.bands_from;
  if (bands.empty() || bands.front() != 0) found.push_back("the first band does not begin at 0");
  if (bands.size() > kBandsMax) found.push_back("there are more than 100 bands");
  if (std::adjacent_find(bands.begin(), bands.end(), std::greater_equal<>()) != bands.end()) {
    found.push_back("a band does not begin above the one before it");
  }
  if (!bands.empty() && bands.back() > kBasisPoints) {
    found.push_back("a band begins above the maximum");
  }
  if (rule.band_pairs_min < 1) found.push_back("a band may be fitted to no pairs");
  return found;
}

Mapping Fit(const FitRule& rule, const MarkScale& scale, std::span<const MarkPair> pairs) {
  switch (rule.method) {
    case Method::kLeastSquares:
      return {{{0, FitLine(pairs)}}};
    case Method::kStructural:
      return {{{0, FitStructuralLine(pairs, rule.variance_ratio)}}};
    case Method::kBandWise:
      break;
  }
  return FitBands(rule, scale, pairs);
}

const Line& LineAt(const Mapping& mapping, Mark mark) {
  const auto above = std::upper_bound(mapping.pieces.begin(), mapping.pieces.end(), mark,
                                      [](Mark m, const Piece& piece) { return m < piece.from; });
  return above == mapping.pieces.begin() ? above->line : (above - 1)->line;
}

Mark Apply(const Mapping& mapping, const MarkScale& scale, Mark mark) {
  return Apply(LineAt(mapping, mark), scale, mark);
}

std::int64_t NumbersFitted(const Mapping& mapping, Method method) {
  return method == Method::kBandWise ? static_cast<std::int64_t>(mapping.pieces.size()) : 2;
}

Spread SpreadOf(const Mapping& mapping, Method method, std::span<const MarkPair> pairs,
                double tolerances_max, Mark tolerance) {
  const std::int64_t freedom =
      static_cast<std::int64_t>(pairs.size()) - NumbersFitted(mapping, method);
  if (freedom < 1) return {};
  std::vector<Big> squares(mapping.pieces.size());  // Of each piece, times its run squared.
  for (const MarkPair& pair : pairs) {
    const Line& line = LineAt(mapping, pair.centre);
    const Big over = BigOf(Over(line, pair));
    std::size_t piece = 0;
    while (&mapping.pieces[piece].line != &line) ++piece;
    squares[piece] += over * over;
  }
  Fraction variance = 0;  // In hundredths of a mark, squared.
  for (std::size_t i = 0; i < squares.size(); ++i) {
    const Big run = BigOf(mapping.pieces[i].line.run);
    variance += Fraction(squares[i], Big(run * run));
  }
  variance /= freedom;
  constexpr std::int64_t kMillion = 1'000'000;
  const Big limit = Big(std::llround(tolerances_max * kMillion)) * tolerance;
  Spread spread;
  spread.too_wide = variance * kMillion * kMillion > Fraction(Big(limit * limit));
  // The root in units of 1e-15 marks, so that it is the same number everywhere.
  const Big scaled =
      numerator(variance) * pow(Big(10), 26) / denominator(variance);  // 1e30 over 100 squared.
  spread.marks = sqrt(scaled).convert_to<double>() / 1e15;
  return spread;
}

std::vector<Residual> ResidualsOf(const Mapping& mapping, const MarkScale& scale,
                                  std::span<const MarkPair> pairs) {
  std::vector<Residual> residuals;
  residuals.reserve(pairs.size());
  for (const MarkPair& pair : pairs) {
    const Line& line = LineAt(mapping, pair.centre);
    residuals.push_back(
        {.number = pair.number,
         .centre = pair.centre,
         .moderator = pair.moderator,
         .result = Apply(line, scale, pair.centre),
         .unexplained = static_cast<double>(Over(line, pair)) / static_cast<double>(line.run) /
                        static_cast<double>(kOneMark)});
  }
  return residuals;
}

std::string TextOf(const Mapping& mapping) {
  if (mapping.pieces.size() == 1) return Text(mapping.pieces[0].line);
  std::string text;
  for (const Piece& piece : mapping.pieces) {
    absl::StrAppend(&text, text.empty() ? "" : ";", piece.from, " ", Text(piece.line));
  }
  return text;
}

std::optional<Mapping> ParseMapping(std::string_view text) {
  Mapping mapping;
  const std::string all(text);
  for (const absl::string_view piece : absl::StrSplit(all, ';')) {
    std::vector<absl::string_view> numbers = absl::StrSplit(piece, ' ');
    if (numbers.size() == 3 && all.find(';') == all.npos) numbers.insert(numbers.begin(), "0");
    Piece read;
    if (numbers.size() != 4 || !absl::SimpleAtoi(numbers[0], &read.from) ||
        !absl::SimpleAtoi(numbers[1], &read.line.constant) ||
        !absl::SimpleAtoi(numbers[2], &read.line.rise) ||
        !absl::SimpleAtoi(numbers[3], &read.line.run) || read.line.run <= 0) {
      return std::nullopt;
    }
    mapping.pieces.push_back(read);
  }
  return mapping;
}

}  // namespace assay::moderation
