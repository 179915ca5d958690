// Draws the sample of a cohort (MOD-2, MOD-3) and proves what it covers.
//
// Pure: the same candidates (in any order), rule, facts, algorithm and seed give the same sample
// on any machine. An algorithm never changes once it has a name; what changes gets a new one.
//
// The order of selection:
//   1. candidates with parental interest, and those of new assessors if the rule wants them in
//      full, on top of the size; what they show counts as covered;
//   2. the rule's coverage in its order, for marks, then for every value one candidate, in the
//      seed's order; of several the one that also covers most of what comes later;
//   3. the rest as the rule spreads it;
//   4. the highest and lowest above zero, on top of the size if the rule says so and nobody
//      selected has them.
// Under grade quotas 2 and 3 fill the places kept for each grade, then those open to all.
//
// Example:
//   const DrawAlgorithm algorithm = AlgorithmFor(candidates, rule, facts);
//   if (auto faults = FaultsOf(candidates, rule, facts, algorithm); !faults.empty()) …
//   Draw draw = DrawSample(candidates, rule, facts, algorithm, seed);
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/moderation/model.h"
#include "services/moderation/sampling/facts.h"
#include "services/moderation/sampling/generator.h"
#include "services/moderation/sampling/rule.h"

namespace assay::moderation {

enum class DrawAlgorithm {
  k1,  // Ladders over one centre's marked candidates, coverage in the order of MOD-3, systematic.
  k2,  // Everything a SamplingRule can say. What the first can say it draws alike.
};
std::string_view NameOf(DrawAlgorithm algorithm);  // "assay-draw@1"
std::optional<DrawAlgorithm> ParseDrawAlgorithm(std::string_view name);

// The oldest that knows all that is asked for: a new draw is named with it.
DrawAlgorithm AlgorithmFor(std::span<const Candidate> candidates, const SamplingRule& rule,
                           const SamplingFacts& facts);

// What keeps such a draw from being made; empty if nothing does.
std::vector<FactFault> FaultsOf(std::span<const Candidate> candidates, const SamplingRule& rule,
                                const SamplingFacts& facts, DrawAlgorithm algorithm);

enum class Why {
  kWholeCohort,
  kParentalInterest,
  kNewAssessor,
  kHighest,
  kLowestNonZero,
  kAssessor,
  kSite,
  kTeachingGroup,
  kCentre,
  kGrade,
  kSpread,
  kExtension,
  kReplacement,  // For a name that turned out absent (MOD-5).
};
std::string_view NameOf(Why why);  // "PARENTAL_INTEREST"; "ALL" of kWholeCohort, "GROUP".

struct Selected {
  std::int32_t candidate = 0;  // Index into the candidates drawn from.
  Why why = Why::kSpread;
  bool on_top = false;    // Not counted by the design's size.
  std::int32_t step = 1;  // Of Draw::steps: when it is looked at.
};

// Why somebody cannot be drawn; the first that applies.
enum class NotDrawn { kWithdrawn, kAbsent, kCarriedForward, kExcluded, kUnmarked };
inline constexpr int kNotDrawns = 5;
std::string_view NameOf(NotDrawn why);  // "CARRIED_FORWARD"

// One thing that MOD-3 wants to see in the sample.
struct CoverageItem {
  using Kind = CoverageKind;
  enum class Status {
    kCovered,
    kSizeUsedUp,      // The design's size did not reach.
    kNotAskedFor,     // The rule's coverage does not name it, and it came out without.
    kNobodyToSelect,  // None of its candidates can be drawn; `not_drawn` says why.
    kTooFew,          // Of a grade's quota: there are not as many.
  };
  Kind kind = Kind::kHighest;
  std::string value;  // The assessor, site, group, centre or grade; empty for the marks.
  Status status = Status::kCovered;
  std::int32_t candidate = -1;  // Who shows it first; -1 if nobody.
  std::string centre = {};      // Whose assessor, site or group it is, in a consortium.
  std::int64_t drawable = 0;    // Candidates who could show it …
  std::int64_t selected = 0;    // … and those who do.
  std::int64_t wanted = 1;      // More than one for a grade's quota.
  std::array<std::int64_t, kNotDrawns> not_drawn = {};  // Its candidates who cannot be drawn.
};
// "assessor Jones: the size of the sample was used up"; "" if it is covered.
std::string GapOf(const CoverageItem& item);

struct Draw {
  std::vector<Selected> selected;  // In the order of selection.
  std::int64_t cohort = 0;         // Candidates that could be drawn.
  std::int64_t ladder_size = 0;    // What the design asks of such a cohort.
  std::vector<CoverageItem> coverage;
  // The longest run of neighbours in the order of marks of whom nobody was selected. 0 before
  // there are marks.
  std::int64_t rank_gap_max = 0;
  // How the sample is judged: one step that decides nothing by counting, unless the design is
  // sequential or acceptance sampling. Whoever is on top belongs to the first.
  std::vector<SampleStep> steps;
  std::array<std::int64_t, kNotDrawns> not_drawn = {};  // Candidates who could not be drawn.
};

// Candidates have different numbers within their centre. FaultsOf() these arguments is empty, and
// so are Contradictions(rule).
Draw DrawSample(std::span<const Candidate> candidates, const SamplingRule& rule,
                const SamplingFacts& facts, DrawAlgorithm algorithm, const Seed& seed);
// Without facts, by AlgorithmFor().
Draw DrawSample(std::span<const Candidate> candidates, const SamplingRule& rule, const Seed& seed);

// What becomes of names that were drawn before there were marks (MOD-5), now that there are:
// whoever cannot be drawn any more is replaced at random, and the highest and lowest above zero
// are added on top. `names` are what the draw selected, in its order, as indexes into
// `candidates`; under grade quotas a replacement has the same grade if anybody left has.
Draw CompleteSample(std::span<const Candidate> candidates, const SamplingRule& rule,
                    const SamplingFacts& facts, std::span<const Selected> names, const Seed& seed);

// Up to `size` further candidates, systematically by rank of mark, from those that can be
// drawn and are not among `already` (indexes into `candidates`). `round` is 1 for the first
// extension, 2 for the second.
std::vector<Selected> ExtendSample(std::span<const Candidate> candidates,
                                   std::span<const std::int32_t> already, std::int64_t size,
                                   const Seed& seed, int round);
// The same, without those whom the facts exclude.
std::vector<Selected> ExtendSample(std::span<const Candidate> candidates,
                                   const SamplingFacts& facts,
                                   std::span<const std::int32_t> already, std::int64_t size,
                                   const Seed& seed, int round);

// Which of the selected (indexes into `selected`) the moderator looks at first (MOD-10):
// those of the first step if there are several; else `size` of them spread evenly by rank of mark
// with the first and the last. All with parental interest and of new assessors besides. Ascending.
std::vector<std::int32_t> SubSample(std::span<const Candidate> candidates,
                                    std::span<const Selected> selected, std::int64_t size);

}  // namespace assay::moderation
