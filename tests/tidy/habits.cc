#include "tests/tidy/habits.h"

#include <sstream>

namespace assay::tidy {
namespace {

struct Banned {
  std::string_view word;
  std::string_view instead;
  std::string_view only_below;  // Path prefix; empty: everywhere.
  std::string_view except;      // Part of a path where it is right; empty: nowhere.
};

// The words are split so that this file does not break its own rule.
constexpr Banned kBanned[] = {
    {"absl::"
     "Now(",
     "take a Clock or the time itself", "services/", "platform/core/clock.cc"},
    {"std::random_"
     "device",
     "take an Entropy or a seed", "", ""},
    {"sleep_"
     "for(",
     "wait on a condition, or move a FakeClock", "", "gateway/ctl/"},
    {"std::"
     "cout",
     "use Log", "services/", "platform/server/"},
    {"catch ("
     "...)",
     "catch what you can handle", "", ""},
    {"\"0.0.0"
     ".0",
     "bind loopback, let the operator open it", "", ""},
    {"FIX"
     "ME",
     "mend it or open an issue", "", ""},
    {"TO"
     "DO",
     "do it or open an issue", "", ""},
};

bool Holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// UTF-8 continuation bytes do not count.
std::size_t Characters(std::string_view line) {
  std::size_t n = 0;
  for (const char c : line) n += (c & 0xc0) != 0x80;
  return n;
}

}  // namespace

std::vector<std::string> HabitsBroken(std::string_view path, std::string_view text) {
  std::vector<std::string> found;
  const bool code = path.ends_with(".cc") || path.ends_with(".h");
  int number = 0;
  int titles = 0;
  bool fenced = false;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto tell = [&](const std::string& what) {
      found.push_back(std::string(path) + ":" + std::to_string(number) + ": " + what);
    };
    if (path.ends_with(".md")) {
      if (line.starts_with("```")) fenced = !fenced;
      if (!fenced && line.starts_with("# ")) ++titles;
    }
    if (!code) continue;
    if (Characters(line) > 100 && !Holds(line, "http") && !Holds(line, "R\"")) {
      tell("longer than 100 characters");
    }
    for (const Banned& banned : kBanned) {
      if (!Holds(line.substr(0, line.find("//")), banned.word)) continue;
      if (!path.starts_with(banned.only_below)) continue;
      if (!banned.except.empty() && Holds(path, banned.except)) continue;
      tell(std::string(banned.word) + " (" + std::string(banned.instead) + ")");
    }
  }
  if (path.ends_with(".md") && titles != 1) {
    found.push_back(std::string(path) + ": has " + std::to_string(titles) +
                    " titles (one \"# \" a page)");
  }
  if (path.ends_with("/main.cc") && path.starts_with("services/") && number > 41) {
    found.push_back(std::string(path) + ": " + std::to_string(number) +
                    " lines (main is at most 40)");
  }
  if (path.ends_with(".h") && !Holds(text, "#pragma once")) {
    found.push_back(std::string(path) + ": no #pragma once");
  }
  return found;
}

}  // namespace assay::tidy
