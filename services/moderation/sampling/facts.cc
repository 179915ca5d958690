#include "services/moderation/sampling/facts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/moderation/sampling/canonical.h"

namespace assay::moderation {

std::string CanonicalSamplingFacts(const SamplingFacts& facts) {
  std::vector<std::string> lines;
  if (facts.risk.has_value()) {
    lines.push_back(absl::StrCat("risk\t", std::string(NameOf(*facts.risk)), "\n"));
  }
  if (facts.inspection.has_value()) {
    lines.push_back(absl::StrCat("inspection\t", std::string(NameOf(*facts.inspection)), "\n"));
  }
  for (const std::string& name : facts.new_assessors) {
    lines.push_back(absl::StrCat("new-assessor\t", Escaped(name), "\n"));
  }
  for (const Exclusion& e : facts.exclusions) {
    lines.push_back(absl::StrCat("excluded\t", Escaped(e.candidate), "\t", Escaped(e.centre), "\t",
                                 Escaped(e.reason), "\n"));
  }
  std::sort(lines.begin(), lines.end());
  return absl::StrJoin(lines, "");
}

}  // namespace assay::moderation
