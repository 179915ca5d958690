// What a draw has shown so far and what it can still show: the assessors, sites, teaching groups,
// centres and grades of a cohort, numbered. A part of draw.cc.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "services/moderation/model.h"
#include "services/moderation/sampling/draw.h"

namespace assay::moderation {

struct Dimension {
  CoverageKind kind = CoverageKind::kAssessor;
  bool asked = false;                  // The rule's coverage names it.
  std::vector<std::int32_t> first;     // By value: the first candidate who has it.
  std::vector<std::int32_t> value_of;  // By candidate; -1: names none.
  std::vector<std::int32_t> shown_by;  // By value; -1: nobody yet.
};

// What a candidate has of a kind other than the marks.
const std::string& ValueOf(CoverageKind kind, const Candidate& candidate);
Why WhyOf(CoverageKind kind);

// By the numbers of candidates in `order`. In a consortium each centre's assessors, sites and
// groups are its own. Whoever has withdrawn is no part of what is to be covered.
Dimension NumberValues(CoverageKind kind, std::span<const Candidate> candidates,
                       std::span<const std::int32_t> order, bool consortium);

// Why each candidate cannot be drawn; kCanBeDrawn of those who can.
inline constexpr std::int8_t kCanBeDrawn = -1;
std::vector<std::int8_t> SortOut(std::span<const Candidate> candidates, const SamplingFacts& facts,
                                 SamplingRule::Mode mode);

// In the order of the values. `sorted_out` is by candidate.
void ProveDimension(const Dimension& dimension, std::span<const Candidate> candidates,
                    std::span<const std::int8_t> sorted_out, const std::vector<bool>& taken,
                    bool consortium, std::vector<CoverageItem>& proof);

}  // namespace assay::moderation
