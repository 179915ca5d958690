// How many candidates a sample holds, by the size of the cohort (MOD-2).
//
// A ladder is data (services/moderation/policies): rungs without gaps or overlaps,
// from 1 upwards, the last one without an end.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace assay::moderation {

struct Rung {
  std::int64_t from = 1;
  std::optional<std::int64_t> to;  // None: without end.
  // Candidates to draw; none: every one of them.
  std::optional<std::int64_t> size;
};

struct Ladder {
  std::vector<Rung> rungs;
};

// Everything that is wrong with the ladder, one sentence each; empty if nothing is.
std::vector<std::string> Contradictions(const Ladder& ladder);

// The candidates to draw from a cohort; never more than there are. The ladder has
// no contradictions.
std::int64_t SampleSize(const Ladder& ladder, std::int64_t cohort);

}  // namespace assay::moderation
