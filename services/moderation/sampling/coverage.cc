#include "services/moderation/sampling/coverage.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace assay::moderation {
namespace {

// Values that belong to a centre rather than to the consortium.
bool IsCentresOwn(CoverageKind kind) {
  return kind == CoverageKind::kAssessor || kind == CoverageKind::kSite ||
         kind == CoverageKind::kTeachingGroup;
}

template <typename Key, typename KeyOf>
void Number(Dimension& dimension, std::span<const Candidate> candidates,
            std::span<const std::int32_t> order, KeyOf key_of) {
  absl::flat_hash_map<Key, std::int32_t> numbers;
  for (std::int32_t c : order) {
    const std::string& value = ValueOf(dimension.kind, candidates[c]);
    if (value.empty() || candidates[c].Has(kWithdrawn)) continue;
    auto [it, added] = numbers.try_emplace(key_of(candidates[c], value),
                                           static_cast<std::int32_t>(dimension.first.size()));
    if (added) dimension.first.push_back(c);
    dimension.value_of[c] = it->second;
  }
}

}  // namespace

const std::string& ValueOf(CoverageKind kind, const Candidate& candidate) {
  switch (kind) {
    case CoverageKind::kAssessor:
      return candidate.assessor;
    case CoverageKind::kSite:
      return candidate.site;
    case CoverageKind::kTeachingGroup:
      return candidate.group;
    case CoverageKind::kCentre:
      return candidate.centre;
    case CoverageKind::kGrade:
    case CoverageKind::kHighest:
    case CoverageKind::kLowestNonZero:
      break;
  }
  return candidate.grade;
}

Why WhyOf(CoverageKind kind) {
  switch (kind) {
    case CoverageKind::kHighest:
      return Why::kHighest;
    case CoverageKind::kLowestNonZero:
      return Why::kLowestNonZero;
    case CoverageKind::kAssessor:
      return Why::kAssessor;
    case CoverageKind::kSite:
      return Why::kSite;
    case CoverageKind::kTeachingGroup:
      return Why::kTeachingGroup;
    case CoverageKind::kCentre:
      return Why::kCentre;
    case CoverageKind::kGrade:
      return Why::kGrade;
  }
  return Why::kSpread;
}

Dimension NumberValues(CoverageKind kind, std::span<const Candidate> candidates,
                       std::span<const std::int32_t> order, bool consortium) {
  Dimension dimension;
  dimension.kind = kind;
  dimension.value_of.assign(candidates.size(), -1);
  if (consortium && IsCentresOwn(kind)) {
    Number<std::pair<std::string_view, std::string_view>>(
        dimension, candidates, order, [](const Candidate& c, const std::string& value) {
          return std::pair<std::string_view, std::string_view>(c.centre, value);
        });
  } else {
    Number<std::string_view>(
        dimension, candidates, order,
        [](const Candidate&, const std::string& value) { return std::string_view(value); });
  }
  dimension.shown_by.assign(dimension.first.size(), -1);
  return dimension;
}

std::vector<std::int8_t> SortOut(std::span<const Candidate> candidates, const SamplingFacts& facts,
                                 SamplingRule::Mode mode) {
  std::vector<std::int8_t> out(candidates.size(), kCanBeDrawn);
  absl::flat_hash_set<std::pair<std::string_view, std::string_view>> excluded;
  for (const Exclusion& e : facts.exclusions) excluded.emplace(e.centre, e.candidate);
  const bool marks = mode == SamplingRule::Mode::kAfterMarks;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& c = candidates[i];
    if (c.Has(kWithdrawn)) {
      out[i] = static_cast<std::int8_t>(NotDrawn::kWithdrawn);
    } else if (c.Has(kAbsent)) {
      out[i] = static_cast<std::int8_t>(NotDrawn::kAbsent);
    } else if (c.Has(kCarriedForward)) {
      out[i] = static_cast<std::int8_t>(NotDrawn::kCarriedForward);
    } else if (!excluded.empty() && excluded.contains({c.centre, c.number})) {
      out[i] = static_cast<std::int8_t>(NotDrawn::kExcluded);
    } else if (marks && !c.mark.has_value()) {
      out[i] = static_cast<std::int8_t>(NotDrawn::kUnmarked);
    }
  }
  return out;
}

void ProveDimension(const Dimension& dimension, std::span<const Candidate> candidates,
                    std::span<const std::int8_t> sorted_out, const std::vector<bool>& taken,
                    bool consortium, std::vector<CoverageItem>& proof) {
  using Status = CoverageItem::Status;
  const std::size_t begin = proof.size();
  for (std::size_t v = 0; v < dimension.first.size(); ++v) {
    const Candidate& first = candidates[dimension.first[v]];
    CoverageItem& item = proof.emplace_back();
    item.kind = dimension.kind;
    item.value = ValueOf(dimension.kind, first);
    item.candidate = dimension.shown_by[v];
    if (consortium && IsCentresOwn(dimension.kind)) item.centre = first.centre;
  }
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    if (dimension.value_of[c] < 0) continue;
    CoverageItem& item = proof[begin + static_cast<std::size_t>(dimension.value_of[c])];
    if (sorted_out[c] == kCanBeDrawn) {
      ++item.drawable;
      if (taken[c]) ++item.selected;
    } else {
      ++item.not_drawn[sorted_out[c]];
    }
  }
  for (std::size_t i = begin; i < proof.size(); ++i) {
    proof[i].status = proof[i].candidate >= 0  ? Status::kCovered
                      : proof[i].drawable == 0 ? Status::kNobodyToSelect
                      : dimension.asked        ? Status::kSizeUsedUp
                                               : Status::kNotAskedFor;
  }
}

}  // namespace assay::moderation
