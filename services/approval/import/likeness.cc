#include "services/approval/import/likeness.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_join.h"

namespace assay::approval {
namespace {

constexpr int kSameUrn = 95;
constexpr int kSameUkprn = 90;
constexpr int kSameLaestab = 85;
constexpr int kSameName = 40;
// Names and postcode: from 65 to 85 with the likeness of the names.
constexpr int kSimilarityMin = 60;
constexpr int kNameAndPostcode = 35;
constexpr int kEachFurtherReason = 3;
constexpr int kScoreMax = 99;

std::vector<std::string_view> Trigrams(std::string_view text) {
  std::vector<std::string_view> grams;
  for (std::size_t i = 0; i + 3 <= text.size(); ++i) grams.push_back(text.substr(i, 3));
  std::sort(grams.begin(), grams.end());
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
  return grams;
}

bool Same(const std::string& a, const std::string& b) { return !a.empty() && a == b; }
bool Differ(const std::string& a, const std::string& b) {
  return !a.empty() && !b.empty() && a != b;
}

int BestSimilarity(const Likely& a, const Likely& b) {
  int best = 0;
  for (const std::string& x : a.names) {
    for (const std::string& y : b.names) best = std::max(best, Similarity(x, y));
  }
  return best;
}

}  // namespace

std::string NameKey(std::vector<std::string> words) {
  for (const char* left_out : {"the", "and", "of", "ltd", "limited"}) {
    words.erase(std::remove(words.begin(), words.end(), left_out), words.end());
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return absl::StrJoin(words, " ");
}

int Similarity(std::string_view a, std::string_view b) {
  if (a == b) return a.empty() ? 0 : 100;
  const std::vector<std::string_view> x = Trigrams(a);
  const std::vector<std::string_view> y = Trigrams(b);
  if (x.empty() || y.empty()) return 0;
  std::vector<std::string_view> both;
  std::set_intersection(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(both));
  return static_cast<int>(200 * both.size() / (x.size() + y.size()));
}

Likeness Compare(const Likely& a, const Likely& b) {
  Likeness likeness;
  const auto speaks = [&](int score, const char* reason) {
    likeness.score = std::max(likeness.score, score);
    likeness.reasons.emplace_back(reason);
  };
  if (Same(a.facts.urn, b.facts.urn)) speaks(kSameUrn, "SAME_URN");
  if (Same(a.facts.ukprn, b.facts.ukprn)) speaks(kSameUkprn, "SAME_UKPRN");
  const bool told_apart = Differ(a.facts.urn, b.facts.urn);
  // An academy has the number of the school that it took over from, and another URN.
  if (Same(a.facts.laestab, b.facts.laestab) && !told_apart) speaks(kSameLaestab, "SAME_LAESTAB");
  const bool by_name = !told_apart && !Differ(a.facts.ukprn, b.facts.ukprn) &&
                       !Differ(a.facts.laestab, b.facts.laestab) &&
                       !Differ(a.facts.reference, b.facts.reference);
  if (by_name) {
    const int similarity = BestSimilarity(a, b);
    if (Same(a.facts.postcode, b.facts.postcode) && similarity >= kSimilarityMin) {
      speaks(kNameAndPostcode + similarity / 2, "NAME_AND_POSTCODE");
    }
    if ((a.facts.postcode.empty() || b.facts.postcode.empty()) && similarity == 100) {
      speaks(kSameName, "SAME_NAME");
    }
  }
  if (!likeness.reasons.empty()) {
    likeness.score += kEachFurtherReason * (static_cast<int>(likeness.reasons.size()) - 1);
    likeness.score = std::min(likeness.score, kScoreMax);
  }
  return likeness;
}

}  // namespace assay::approval
