#include "tests/tidy/include_rules.h"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

namespace assay::tidy {
namespace {

// Whether `path` begins with `place`, where "*" is anything without a slash and
// a dot. What the first "*" stood for, or nothing.
std::optional<std::string> Fit(std::string_view place, std::string_view path) {
  std::string first;
  bool seen = false;
  std::size_t at = 0;
  for (std::size_t i = 0; i < place.size(); ++i) {
    if (place[i] != '*') {
      if (at >= path.size() || path[at] != place[i]) return std::nullopt;
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < path.size() && path[at] != '/' && path[at] != '.') ++at;
    if (at == begin) return std::nullopt;
    if (!seen) first = std::string(path.substr(begin, at - begin));
    seen = true;
  }
  return first;
}

bool IsStandard(std::string_view header) {
  return header.find_first_of("/.") == std::string_view::npos;
}

bool IsC(std::string_view header) {
  static const std::set<std::string_view> kPlain = {
      "dirent.h", "dlfcn.h", "errno.h",  "fcntl.h", "netdb.h",  "poll.h", "pthread.h", "pwd.h",
      "signal.h", "spawn.h", "stdlib.h", "time.h",  "unistd.h", "grp.h",  "sched.h",   "string.h"};
  for (std::string_view prefix : {"sys/", "netinet/", "arpa/", "linux/"}) {
    if (header.starts_with(prefix)) return true;
  }
  return kPlain.contains(header);
}

bool IsTest(std::string_view header) {
  return header.starts_with("gtest/") || header.starts_with("gmock/") ||
         header.starts_with("benchmark/");
}

bool Allowed(const IncludeRule& rule, const std::string& star, std::string_view header) {
  return std::any_of(rule.allowed.begin(), rule.allowed.end(), [&](const std::string& prefix) {
    if (prefix == "<std>") return IsStandard(header);
    if (prefix == "<test>") return IsTest(header);
    if (prefix == "<c>") return IsC(header);
    std::string whole = prefix;
    if (const auto at = whole.find("$1"); at != std::string::npos) whole.replace(at, 2, star);
    return header.starts_with(whole);
  });
}

std::string_view Skip(std::string_view text, std::string_view word) {
  const std::size_t at = text.find_first_not_of(" \t");
  if (at == std::string_view::npos || !text.substr(at).starts_with(word)) return "";
  return text.substr(at + word.size());
}

// The header that a line includes, or "".
std::string_view IncludedBy(std::string_view line) {
  const std::string_view rest = Skip(Skip(line, "#"), "include");
  const std::size_t begin = rest.find_first_of("<\"");
  if (begin == std::string_view::npos) return "";
  const std::size_t end = rest.find_first_of(">\"", begin + 1);
  return end == std::string_view::npos ? "" : rest.substr(begin + 1, end - begin - 1);
}

}  // namespace

std::vector<IncludeRule> ReadRules(std::istream& in) {
  std::vector<IncludeRule> rules;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t colon = line.find(':');
    IncludeRule rule{line.substr(0, line.find_last_not_of(' ', colon - 1) + 1), {}};
    std::istringstream words(line.substr(colon + 1));
    for (std::string word; words >> word;) rule.allowed.push_back(word);
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<std::string> Breaches(const std::vector<IncludeRule>& rules, std::string_view path,
                                  std::istream& text) {
  const IncludeRule* rule = nullptr;
  std::string star;
  for (const IncludeRule& candidate : rules) {
    if (auto found = Fit(candidate.place, path)) {
      rule = &candidate;
      star = *found;
      break;
    }
  }
  if (rule == nullptr) return {std::string(path) + ": no rule fits this file; declare its folder"};
  std::vector<std::string> found;
  int number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    const std::string_view header = IncludedBy(line);
    if (header.empty() || Allowed(*rule, star, header)) continue;
    found.push_back(std::string(path) + ":" + std::to_string(number) + ": may not include " +
                    std::string(header) + " (rule: " + rule->place + ")");
  }
  return found;
}

}  // namespace assay::tidy
