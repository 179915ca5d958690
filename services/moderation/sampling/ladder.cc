#include "services/moderation/sampling/ladder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/moderation/sampling/rungs.h"

namespace assay::moderation {
namespace {

void CheckRung(const Rung& rung, std::vector<std::string>& found) {
  const auto wrong = [&](const std::string& what) {
    found.push_back(absl::StrCat(DescribeRung(rung), " ", what));
  };
  if (rung.size.has_value() && *rung.size < 1) wrong("draws fewer than one candidate");
  if (rung.size.has_value() && *rung.size > rung.from) {
    wrong(absl::StrCat("draws ", *rung.size, " candidates from a cohort that may have only ",
                       rung.from));
  }
  if (rung.more < 0 || rung.every < 0 || (rung.more == 0) != (rung.every == 0)) {
    wrong("grows by less than one candidate, or for less than one further candidate");
  } else if (rung.more > rung.every) {
    wrong(absl::StrCat("grows by ", rung.more, " for ", rung.every, " further candidates"));
  }
  if (rung.more != 0 && !rung.size.has_value()) wrong("draws everybody, and cannot grow");
}

}  // namespace

std::vector<std::string> Contradictions(const Ladder& ladder) {
  std::vector<std::string> found;
  if (ladder.rungs.empty()) {
    found.push_back("the ladder has no rungs");
    return found;
  }
  CheckRungs(
      ladder.rungs, "", [&](const Rung& rung) { CheckRung(rung, found); }, found);
  return found;
}

std::int64_t SampleSize(const Ladder& ladder, std::int64_t cohort) {
  const Rung* rung = FindRung(ladder.rungs, cohort);
  if (rung == nullptr || !rung->size.has_value()) return cohort;
  std::int64_t size = *rung->size;
  if (rung->every > 0) size += (cohort - rung->from) / rung->every * rung->more;
  return std::min(cohort, size);
}

}  // namespace assay::moderation
