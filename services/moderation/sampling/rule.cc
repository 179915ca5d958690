#include "services/moderation/sampling/rule.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace assay::moderation {
namespace {

constexpr std::int64_t kBandsMax = 100;

constexpr std::array<std::string_view, std::variant_size_v<SamplingDesign>> kDesignNames = {
    "ladder", "grade quotas", "percent by risk", "acceptance sampling", "sequential"};
constexpr std::array<std::string_view, kCoverageKinds> kKindNames = {
    "HIGHEST", "LOWEST_NON_ZERO", "ASSESSOR", "SITE", "GROUP", "CENTRE", "GRADE"};

bool Names(const SamplingRule& rule, CoverageKind kind) {
  return std::find(rule.coverage.begin(), rule.coverage.end(), kind) != rule.coverage.end();
}

}  // namespace

std::string_view NameOf(const SamplingDesign& design) { return kDesignNames[design.index()]; }
std::string_view NameOf(CoverageKind kind) { return kKindNames[static_cast<int>(kind)]; }

std::vector<std::string> Contradictions(const SamplingRule& rule) {
  using Rule = SamplingRule;
  std::vector<std::string> found =
      std::visit([](const auto& design) { return Contradictions(design); }, rule.design);
  for (std::size_t i = 0; i < rule.coverage.size(); ++i) {
    if (std::find(rule.coverage.begin(), rule.coverage.begin() + i, rule.coverage[i]) !=
        rule.coverage.begin() + i) {
      found.push_back(
          absl::StrCat("coverage names ", std::string(NameOf(rule.coverage[i])), " twice"));
    }
  }
  const bool wants_extremes =
      Names(rule, CoverageKind::kHighest) || Names(rule, CoverageKind::kLowestNonZero);
  if (rule.extremes == Rule::Extremes::kOnTop && !wants_extremes) {
    found.push_back("the extremes come on top, but coverage wants neither of them");
  }
  if (rule.mode == Rule::Mode::kBeforeMarks) {
    if (rule.extremes == Rule::Extremes::kWithinSize && wants_extremes) {
      found.push_back(
          "names drawn before marks cannot begin with the highest and lowest mark; they come on "
          "top");
    }
    if (rule.spread != Rule::Spread::kRandom) {
      found.push_back("names drawn before marks cannot be spread over them; the spread is random");
    }
  }
  if (rule.spread == Rule::Spread::kStratified && (rule.bands < 2 || rule.bands > kBandsMax)) {
    found.push_back(absl::StrCat("the mark range is divided into 2 to ", kBandsMax, " bands, not ",
                                 rule.bands));
  }
  return found;
}

}  // namespace assay::moderation
