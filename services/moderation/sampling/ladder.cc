#include "services/moderation/sampling/ladder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace assay::moderation {
namespace {

std::string Describe(const Rung& rung) {
  return absl::StrCat("the rung ", rung.from, "-",
                      rung.to.has_value() ? absl::StrCat(*rung.to) : "");
}

}  // namespace

std::vector<std::string> Contradictions(const Ladder& ladder) {
  std::vector<std::string> found;
  if (ladder.rungs.empty()) {
    found.push_back("the ladder has no rungs");
    return found;
  }
  std::int64_t next = 1;
  bool ended = false;
  for (const Rung& rung : ladder.rungs) {
    if (ended) {
      found.push_back(absl::StrCat(Describe(rung), " comes after one without an end"));
      break;
    }
    if (rung.from > next) {
      found.push_back(absl::StrCat("no rung covers cohorts of ", next, " to ", rung.from - 1));
    } else if (rung.from < next) {
      found.push_back(
          absl::StrCat(Describe(rung), " overlaps with the one before, which ends at ", next - 1));
    }
    if (rung.to.has_value() && *rung.to < rung.from) {
      found.push_back(absl::StrCat(Describe(rung), " ends before it begins"));
    }
    if (rung.size.has_value() && *rung.size < 1) {
      found.push_back(absl::StrCat(Describe(rung), " draws fewer than one candidate"));
    }
    if (rung.size.has_value() && *rung.size > rung.from) {
      found.push_back(absl::StrCat(Describe(rung), " draws ", *rung.size,
                                   " candidates from a cohort that may have only ", rung.from));
    }
    if (rung.to.has_value()) {
      next = *rung.to + 1;
    } else {
      ended = true;
    }
  }
  if (!ended) found.push_back(absl::StrCat("no rung covers cohorts of ", next, " and more"));
  return found;
}

std::int64_t SampleSize(const Ladder& ladder, std::int64_t cohort) {
  for (const Rung& rung : ladder.rungs) {
    if (cohort < rung.from || (rung.to.has_value() && cohort > *rung.to)) continue;
    return std::min(cohort, rung.size.value_or(cohort));
  }
  return cohort;
}

}  // namespace assay::moderation
