// Generated cohorts for the tests and benchmarks of this room.
#pragma once
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/model.h"
#include "services/moderation/sampling/generator.h"

namespace assay::moderation {

struct CohortShape {
  int candidates = 100;
  int assessors = 5;
  int sites = 2;
  int groups = 6;
  Mark maximum = 60 * kOneMark;
  int absent_percent = 3;
  int withdrawn_percent = 2;
  int kin_percent = 1;
  int unmarked_percent = 0;
};

// Well mixed (splitmix64), as real seeds are: neighbouring numbers give unlike seeds.
inline Seed SeedOf(int number) {
  Seed seed;
  std::uint64_t state = static_cast<std::uint64_t>(number) + 1;
  for (std::size_t i = 0; i < seed.size(); ++i) {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    seed[i] = static_cast<std::uint8_t>(z >> 56);
  }
  return seed;
}

inline std::vector<Candidate> MakeCohort(const CohortShape& shape, int number) {
  DrawGenerator chance(SeedOf(number + 7));
  std::vector<Candidate> cohort;
  const auto percent = [&](int p) { return static_cast<int>(chance.Below(100)) < p; };
  for (int i = 0; i < shape.candidates; ++i) {
    Candidate c{.number = absl::StrCat(10'000 + i)};
    c.assessor = absl::StrCat("a", chance.Below(shape.assessors));
    c.site = absl::StrCat("s", chance.Below(shape.sites));
    c.group = absl::StrCat("g", chance.Below(shape.groups));
    if (percent(shape.absent_percent)) c.flags |= kAbsent;
    if (percent(shape.withdrawn_percent)) c.flags |= kWithdrawn;
    if (percent(shape.kin_percent)) c.flags |= kParentalInterest;
    if (!percent(shape.unmarked_percent) && !c.Has(kAbsent)) {
      c.mark = static_cast<Mark>(chance.Below(shape.maximum / kOneMark + 1)) * kOneMark;
    }
    cohort.push_back(std::move(c));
  }
  return cohort;
}

}  // namespace assay::moderation
