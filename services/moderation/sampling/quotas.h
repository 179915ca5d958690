// Samples by grade (MOD-2): so many of each, with what to take where a grade has too few.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/moderation/sampling/ladder.h"

namespace assay::moderation {

// So many candidates with any of these grades.
struct GradeQuota {
  std::vector<std::string> grades;
  std::int64_t count = 0;
  // What is taken instead where there are too few, the first that has any.
  std::vector<std::string> substitutes;
};

struct GradeQuotas {
  // The size over all grades; none: what the quotas come to.
  std::optional<Ladder> ladder;
  // Of these grades; what the ladder asks for beyond them is topped up from all grades.
  std::vector<GradeQuota> quotas;
  // Or of each grade that occurs; 0: `quotas` says.
  std::int64_t each_grade = 0;
  // At least so many over all grades, or all if there are fewer.
  std::int64_t minimum = 0;
};

std::vector<std::string> Contradictions(const GradeQuotas& design);

// How many candidates have each grade. Whoever has none counts under "".
using GradeCounts = std::map<std::string, std::int64_t, std::less<>>;

// Places in a sample that are kept for certain grades.
struct GradePlaces {
  std::vector<std::string> grades;
  std::int64_t count = 0;
};

struct QuotaPlan {
  std::int64_t size = 0;
  // Each grade has at least as many candidates as the places kept for it alone, and each group of
  // grades as the places kept for it. They come to `size` or less; the rest is open to all.
  std::vector<GradePlaces> places;
};
QuotaPlan PlanQuotas(const GradeQuotas& design, const GradeCounts& counts);

}  // namespace assay::moderation
