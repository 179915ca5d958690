// Draws the sample of a cohort (MOD-2, MOD-3) and proves what it covers.
//
// Pure: the same candidates (in any order), rule and seed give the same sample on any
// machine; kDrawAlgorithm changes whenever that would no longer hold.
//
// The order of selection:
//   1. candidates with parental interest, on top of the size; what they show counts as covered;
//   2. the highest mark and the lowest above zero, if the rule takes them from the size;
//   3. one candidate of every assessor, then site, then teaching group not yet covered, in the
//      seed's order; of several the one that also covers most of what comes later;
//   4. the rest systematically by rank of mark, from a random start;
//   5. the highest and lowest above zero, on top of the size if the rule says so and nobody
//      selected has them.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/moderation/model.h"
#include "services/moderation/sampling/generator.h"
#include "services/moderation/sampling/ladder.h"

namespace assay::moderation {

inline constexpr std::string_view kDrawAlgorithm = "assay-draw@1";

struct SamplingRule {
  enum class Extremes {
    kWithinSize,  // The highest and the lowest mark are the first of the sample.
    kOnTop,       // Added if the draw did not select them.
  };
  Ladder ladder;
  Extremes extremes = Extremes::kWithinSize;
};

enum class Why {
  kWholeCohort,
  kParentalInterest,
  kHighest,
  kLowestNonZero,
  kAssessor,
  kSite,
  kTeachingGroup,
  kSpread,
  kExtension,
};

struct Selected {
  std::int32_t candidate = 0;  // Index into the candidates drawn from.
  Why why = Why::kSpread;
  bool on_top = false;  // Not counted by the ladder.
};

// One thing that MOD-3 wants to see in the sample.
struct CoverageItem {
  enum class Kind { kHighest, kLowestNonZero, kAssessor, kSite, kTeachingGroup };
  enum class Status {
    kCovered,
    kSizeUsedUp,      // The ladder's size did not reach.
    kNobodyToSelect,  // All of its candidates are absent, withdrawn, carried forward or unmarked.
  };
  Kind kind = Kind::kHighest;
  std::string value;  // The assessor, site or group; empty for the marks.
  Status status = Status::kCovered;
  std::int32_t candidate = -1;  // Who shows it; -1 if not covered.
};

struct Draw {
  std::vector<Selected> selected;  // In the order of selection.
  std::int64_t cohort = 0;         // Candidates that could be drawn.
  std::int64_t ladder_size = 0;    // What the ladder asks of such a cohort.
  std::vector<CoverageItem> coverage;
  // The longest run of neighbours in the order of marks of whom nobody was selected.
  std::int64_t rank_gap_max = 0;
};

// Candidates have different numbers. The ladder has no contradictions.
Draw DrawSample(std::span<const Candidate> candidates, const SamplingRule& rule, const Seed& seed);

// Up to `size` further candidates, systematically by rank of mark, from those that can be
// drawn and are not among `already` (indexes into `candidates`). `round` is 1 for the first
// extension, 2 for the second.
std::vector<Selected> ExtendSample(std::span<const Candidate> candidates,
                                   std::span<const std::int32_t> already, std::int64_t size,
                                   const Seed& seed, int round);

// Which of the selected (indexes into `selected`) the moderator looks at first (MOD-10):
// `size` of them spread evenly by rank of mark with the first and the last, and all with
// parental interest besides. Ascending.
std::vector<std::int32_t> SubSample(std::span<const Candidate> candidates,
                                    std::span<const Selected> selected, std::int64_t size);

}  // namespace assay::moderation
