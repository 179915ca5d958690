#include "services/approval/spelling/spelling.h"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace assay::approval {
namespace {

// Letters are cut as the folded bytes of UTF-8 say; names here are nearly all ASCII once folded.
std::vector<std::string> Letters(std::string_view word) {
  std::vector<std::string> letters;
  for (const char c : word) {
    if ((c & 0xC0) != 0x80 || letters.empty()) letters.emplace_back();
    letters.back().push_back(c);
  }
  return letters;
}

std::string Joined(const std::vector<std::string>& letters, std::size_t without) {
  std::string word;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (i != without) word += letters[i];
  }
  return word;
}

struct Mutation {
  std::string_view radical;
  std::string_view mutated;
};

// Soft, nasal and aspirate mutation of the first consonant.
constexpr Mutation kMutations[] = {
    {"p", "b"}, {"p", "mh"},  {"p", "ph"}, {"t", "d"},  {"t", "nh"}, {"t", "th"},
    {"c", "g"}, {"c", "ngh"}, {"c", "ch"}, {"b", "f"},  {"b", "m"},  {"d", "dd"},
    {"d", "n"}, {"g", "ng"},  {"g", ""},   {"ll", "l"}, {"m", "f"},  {"rh", "r"},
};

constexpr std::string_view kSaints[] = {"st", "saint", "sant"};
constexpr std::size_t kMutatedBytesMin = 4;

}  // namespace

int ErrorsForgiven(std::string_view word) {
  const bool digits =
      std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto letters =
      std::count_if(word.begin(), word.end(), [](char c) { return (c & 0xC0) != 0x80; });
  if (digits || letters < 4 || word.size() > kSpelledBytesMax) return 0;
  return letters < 8 ? 1 : 2;
}

std::vector<std::string> Deletions(std::string_view word) {
  std::set<std::string> forms = {std::string(word)};
  std::set<std::string> last = forms;
  for (int i = 0; i < ErrorsForgiven(word); ++i) {
    std::set<std::string> shorter;
    for (const std::string& form : last) {
      const std::vector<std::string> letters = Letters(form);
      for (std::size_t at = 0; at < letters.size(); ++at) shorter.insert(Joined(letters, at));
    }
    forms.insert(shorter.begin(), shorter.end());
    last = std::move(shorter);
  }
  return {forms.begin(), forms.end()};
}

int Distance(std::string_view a, std::string_view b, int max) {
  const std::vector<std::string> x = Letters(a);
  const std::vector<std::string> y = Letters(b);
  const int difference = std::abs(static_cast<int>(x.size()) - static_cast<int>(y.size()));
  if (difference > max) return max + 1;
  std::vector<int> before_last(y.size() + 1);
  std::vector<int> last(y.size() + 1);
  std::vector<int> row(y.size() + 1);
  for (std::size_t j = 0; j <= y.size(); ++j) last[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= x.size(); ++i) {
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= y.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (x[i - 1] != y[j - 1])});
      if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last.swap(last);
    last.swap(row);
  }
  return std::min(last[y.size()], max + 1);
}

std::vector<std::string> Mutations(std::string_view word) {
  std::set<std::string> forms;
  for (const std::string_view saint : kSaints) {
    if (word != saint) continue;
    for (const std::string_view other : kSaints) forms.emplace(other);
  }
  if (word.size() >= kMutatedBytesMin) {
    std::set<std::string> radicals = {std::string(word)};
    for (const auto& [radical, mutated] : kMutations) {
      if (word.starts_with(mutated)) {
        radicals.insert(std::string(radical) + std::string(word.substr(mutated.size())));
      }
    }
    // Two mutated forms of one word are found by way of their radical.
    for (const std::string& form : radicals) {
      forms.insert(form);
      for (const auto& [radical, mutated] : kMutations) {
        if (form.starts_with(radical)) {
          forms.insert(std::string(mutated) + form.substr(radical.size()));
        }
      }
    }
  }
  forms.erase(std::string(word));
  return {forms.begin(), forms.end()};
}

}  // namespace assay::approval
