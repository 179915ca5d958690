#include "services/moderation/sampling/canonical.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"

namespace assay::moderation {
namespace {

void AppendEscaped(std::string& out, std::string_view text) {
  for (char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out += c;
    }
  }
}

std::string Write(std::span<const Candidate> candidates, bool marks) {
  std::vector<std::int32_t> order(candidates.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    const Candidate& x = candidates[a];
    const Candidate& y = candidates[b];
    return std::tie(x.centre, x.number) < std::tie(y.centre, y.number);
  });
  std::string out;
  out.reserve(candidates.size() * 32);
  for (std::int32_t i : order) {
    const Candidate& c = candidates[i];
    AppendEscaped(out, c.number);
    out += '\t';
    out += marks && c.mark.has_value() ? FormatMark(*c.mark) : "-";
    for (const std::string* text : {&c.assessor, &c.group, &c.site}) {
      out += '\t';
      AppendEscaped(out, *text);
    }
    out += '\t';
    if (c.Has(kAbsent)) out += 'a';
    if (c.Has(kWithdrawn)) out += 'w';
    if (c.Has(kParentalInterest)) out += 'p';
    if (c.Has(kCarriedForward)) out += 'c';
    if (!c.grade.empty() || !c.centre.empty()) {
      out += '\t';
      AppendEscaped(out, c.grade);
    }
    if (!c.centre.empty()) {
      out += '\t';
      AppendEscaped(out, c.centre);
    }
    out += '\n';
  }
  return out;
}

}  // namespace

std::string Escaped(std::string_view text) {
  std::string out;
  AppendEscaped(out, text);
  return out;
}

std::string CanonicalCandidates(std::span<const Candidate> candidates) {
  return Write(candidates, true);
}

std::string CanonicalEntries(std::span<const Candidate> candidates) {
  return Write(candidates, false);
}

std::string CanonicalFacts(const DrawFacts& facts) {
  return absl::StrCat("assay-seed@1\n", facts.submission, "\n", facts.policy, "\n", facts.algorithm,
                      "\n", facts.list_hash, "\n",
                      facts.facts_hash.empty() ? "" : absl::StrCat(facts.facts_hash, "\n"));
}

}  // namespace assay::moderation
