// How many candidates a sample holds, by the size of the cohort (MOD-2).
//
// A ladder is data (services/moderation/policies): rungs without gaps or overlaps,
// from 1 upwards, the last one without an end. A rung may grow: "12 more for each further 100".
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
  // `more` further candidates each time the cohort has gone `every` beyond `from`; 0: never.
  std::int64_t more = 0;
  std::int64_t every = 0;
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
