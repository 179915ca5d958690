#include "services/moderation/returns/layout.h"

#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"

namespace assay::moderation {
namespace {

constexpr std::size_t kColumnsMax = 200;
constexpr std::size_t kPatternMax = 1000;

constexpr std::string_view kSources[] = {"reporting_date",
                                         "awarding_organisation",
                                         "series",
                                         "series_title",
                                         "component",
                                         "component_title",
                                         "qualification",
                                         "centre_urn",
                                         "centre_ukprn",
                                         "centre_other",
                                         "centre_title",
                                         "candidate",
                                         "uln",
                                         "centre_mark",
                                         "final_mark",
                                         "maximum_mark",
                                         "basis",
                                         "nothing"};

constexpr std::string_view kChecks[] = {"", "uln", "urn", "ukprn"};

template <std::size_t n>
bool IsOneOf(std::string_view text, const std::string_view (&list)[n]) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

bool Compiles(const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  return RE2(pattern, options).ok();
}

// Whether "^" and "$" stand around the whole: at both ends, and no "|" outside of all groups.
bool StandsForTheWhole(const std::string& pattern) {
  if (pattern.size() < 2 || pattern.front() != '^' || pattern.back() != '$') return false;
  int depth = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      // A "]" that comes first in a class is one of its characters.
      const bool first = pattern[i - 1] == '[' || (pattern[i - 1] == '^' && pattern[i - 2] == '[');
      in_class = c != ']' || first;
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == '|' && depth == 0) {
      return false;
    }
  }
  return true;
}

bool Fits(const std::string& pattern, const std::string& text) {
  return RE2::FullMatch(text, pattern);
}

}  // namespace

std::vector<std::string_view> ReturnSources() { return {std::begin(kSources), std::end(kSources)}; }

std::vector<std::string> Contradictions(const ReturnLayout& layout) {
  std::vector<std::string> wrong;
  if (layout.columns.empty() || layout.columns.size() > kColumnsMax) {
    wrong.push_back(
        absl::StrCat("has ", layout.columns.size(), " columns, not 1 to ", kColumnsMax));
  }
  std::set<std::string> names;
  for (const ReturnColumn& column : layout.columns) {
    const auto refuse = [&](std::string what) {
      wrong.push_back(absl::StrCat("column \"", column.name, "\" ", what));
    };
    if (column.name.empty()) refuse("has no name");
    if (!names.insert(column.name).second) refuse("is there twice");
    if (!IsOneOf(column.source, kSources)) {
      refuse(absl::StrCat("has the source \"", column.source, "\", which is not known"));
    }
    if (!IsOneOf(column.check, kChecks)) {
      refuse(absl::StrCat("has the check \"", column.check, "\", which is not known"));
    }
    const std::string& pattern = column.pattern.empty() ? column.published : column.pattern;
    if (pattern.empty() || pattern.size() > kPatternMax) {
      refuse(absl::StrCat("has no pattern of 1 to ", kPatternMax, " characters"));
    } else if (!Compiles(pattern)) {
      refuse(absl::StrCat("has the pattern ", pattern,
                          ", which is malformed; give a `pattern` of your own and a `note`"));
    }
    if (!column.pattern.empty() && column.note.empty()) {
      refuse("replaces the published pattern without a note");
    }
    if (column.source == "nothing" && column.absent.empty()) refuse("never has a value");
  }
  return wrong;
}

CheckedPattern PatternOf(const ReturnColumn& column) {
  CheckedPattern checked;
  checked.used = column.pattern.empty() ? column.published : column.pattern;
  checked.note = column.note;
  const auto note = [&](std::string_view what) {
    absl::StrAppend(&checked.note, checked.note.empty() ? "" : "; ",
                    absl::string_view(what.data(), what.size()));
  };
  if (!StandsForTheWhole(checked.used)) {
    checked.used = absl::StrCat("^(?:", checked.used, ")$");
    note("wrapped: its anchors do not hold all of it");
  }
  if (!column.absent.empty() && !Fits(checked.used, column.absent)) {
    checked.used = absl::StrCat("^(?:", RE2::QuoteMeta(column.absent), "|(?:", checked.used, "))$");
    note(absl::StrCat("wrapped: it leaves out ", column.absent, ", which its description allows"));
  }
  return checked;
}

}  // namespace assay::moderation
