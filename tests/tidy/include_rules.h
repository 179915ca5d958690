// The layering as a check: which file may include which header.
#pragma once
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace assay::tidy {

struct IncludeRule {
  std::string place;  // As in include_rules.txt.
  std::vector<std::string> allowed;
};

std::vector<IncludeRule> ReadRules(std::istream& in);

// "path:line: may not include header (rule: place)" for each breach; one line if
// no rule fits the path.
std::vector<std::string> Breaches(const std::vector<IncludeRule>& rules, std::string_view path,
                                  std::istream& text);

}  // namespace assay::tidy
