// What all lists of rungs share: they begin at 1, follow each other without gaps or overlaps, and
// the last one has no end.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace assay::moderation {

template <typename R>
std::string DescribeRung(const R& rung) {
  return absl::StrCat("the rung ", rung.from, "-",
                      rung.to.has_value() ? absl::StrCat(*rung.to) : "");
}

// Adds what is wrong with the ends of `rungs`; `prefix` stands before each sentence. `check` is
// asked about each rung for what is wrong with it alone.
template <typename R, typename Check>
void CheckRungs(const std::vector<R>& rungs, absl::string_view prefix, Check check,
                std::vector<std::string>& found) {
  std::int64_t next = 1;
  bool ended = false;
  for (const R& rung : rungs) {
    if (ended) {
      found.push_back(absl::StrCat(prefix, DescribeRung(rung), " comes after one without an end"));
      break;
    }
    if (rung.from > next) {
      found.push_back(
          absl::StrCat(prefix, "no rung covers cohorts of ", next, " to ", rung.from - 1));
    } else if (rung.from < next) {
      found.push_back(absl::StrCat(prefix, DescribeRung(rung),
                                   " overlaps with the one before, which ends at ", next - 1));
    }
    if (rung.to.has_value() && *rung.to < rung.from) {
      found.push_back(absl::StrCat(prefix, DescribeRung(rung), " ends before it begins"));
    }
    check(rung);
    if (rung.to.has_value()) {
      next = *rung.to + 1;
    } else {
      ended = true;
    }
  }
  if (!ended) {
    found.push_back(absl::StrCat(prefix, "no rung covers cohorts of ", next, " and more"));
  }
}

// The rung of a cohort of `size`; null if there is none.
template <typename R>
const R* FindRung(const std::vector<R>& rungs, std::int64_t size) {
  for (const R& rung : rungs) {
    if (size >= rung.from && (!rung.to.has_value() || size <= *rung.to)) return &rung;
  }
  return nullptr;
}

}  // namespace assay::moderation
