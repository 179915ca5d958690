// Whom a sample represents and whom it does not, and why (MOD-3), counted from the cohort and
// the drawn candidates as they are now.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "services/moderation/model.h"

namespace assay::moderation {

// One assessor, site, teaching group, or range of marks.
struct Represented {
  std::string value;
  std::int64_t candidates = 0;
  std::int64_t drawable = 0;  // Marked in this series and present.
  std::int64_t drawn = 0;
};

struct Coverage {
  bool highest = false;  // Somebody drawn has the highest mark …
  bool lowest = false;   // … the lowest above zero.
  // Those that the sample does not represent first; else in the order of names.
  std::vector<Represented> assessors;
  std::vector<Represented> sites;
  std::vector<Represented> groups;
  // Equal parts of the scale, "0 to 12", from the lowest.
  std::vector<Represented> marks;
};

Coverage CoverageOf(std::span<const Candidate> candidates, std::span<const Pick> picks,
                    const MarkScale& scale);

// "Represented", or why not.
std::string StandingOf(const Represented& item);

}  // namespace assay::moderation
