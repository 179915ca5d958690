#include "services/moderation/standardisation/rule.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace assay::moderation {
namespace {

constexpr std::int64_t kBasisPoints = 10'000;
constexpr std::int64_t kScriptsMax = 100;

Mark Size(Mark mark) { return mark < 0 ? -mark : mark; }

}  // namespace

std::vector<std::string> Contradictions(const StandardisationRule& rule) {
  std::vector<std::string> found;
  if (rule.practice_min < 0 || rule.practice_min > kScriptsMax) {
    found.push_back("the practice scripts are not 0 to 100");
  }
  if (rule.scripts < 1 || rule.scripts > kScriptsMax) {
    found.push_back("an attempt does not have 1 to 100 scripts");
  }
  if (rule.in_tolerance_min < 0 || rule.in_tolerance_min > rule.scripts) {
    found.push_back("more scripts are to be in tolerance than an attempt has");
  }
  if (rule.mean_difference_max < 0 || rule.mean_difference_max > kBasisPoints) {
    found.push_back("the mean difference is not 0 to 100 % of the maximum");
  }
  if (rule.attempts_max < 1) found.push_back("nobody has an attempt");
  if (rule.seed_share < 0 || rule.seed_share > kBasisPoints) {
    found.push_back("the share of seeds is not 0 to 100 %");
  }
  if (rule.seed_window < 1 || rule.seed_window > kScriptsMax) {
    found.push_back("the last seeds that count are not 1 to 100");
  }
  if (rule.seed_failures_max < 0 || rule.seed_failures_max >= rule.seed_window) {
    found.push_back("so many seeds may fail that none ever stops allocation");
  }
  return found;
}

bool IsInside(Mark tolerance, const ScriptMarks& marks) {
  return Size(marks.own - marks.definitive) <= tolerance;
}

Attempt JudgeAttempt(const StandardisationRule& rule, const MarkScale& scale, Mark tolerance,
                     std::span<const ScriptMarks> marks) {
  Attempt attempt{.marked = static_cast<std::int64_t>(marks.size())};
  for (const ScriptMarks& script : marks) {
    if (IsInside(tolerance, script)) ++attempt.inside;
    attempt.difference_sum += script.own - script.definitive;
  }
  if (attempt.inside < rule.in_tolerance_min) {
    attempt.why =
        absl::StrCat(attempt.inside, " of ", attempt.marked, " scripts are in tolerance, and ",
                     rule.in_tolerance_min, " have to be");
  }
  // |sum| / n against a share of the maximum, without dividing.
  if (Size(attempt.difference_sum) * kBasisPoints >
      rule.mean_difference_max * scale.maximum * attempt.marked) {
    absl::StrAppend(&attempt.why, attempt.why.empty() ? "" : "; ", "the marks are too ",
                    attempt.difference_sum > 0 ? "generous" : "severe", " on the whole");
  }
  attempt.qualified = attempt.why.empty() && attempt.marked > 0;
  return attempt;
}

bool LeftTolerance(const StandardisationRule& rule, Mark tolerance,
                   std::span<const ScriptMarks> seeds) {
  const std::size_t count = std::min(seeds.size(), static_cast<std::size_t>(rule.seed_window));
  const auto outside =
      std::count_if(seeds.begin(), seeds.begin() + static_cast<std::ptrdiff_t>(count),
                    [&](const ScriptMarks& seed) { return !IsInside(tolerance, seed); });
  return outside > rule.seed_failures_max;
}

}  // namespace assay::moderation
