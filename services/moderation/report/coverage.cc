#include "services/moderation/report/coverage.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace assay::moderation {
namespace {

constexpr int kMarkBands = 5;

using Items = std::map<std::string, Represented>;

void Count(Items& counts, const std::string& value, const Candidate& candidate, bool drawn) {
  if (value.empty()) return;
  Represented& item = counts[value];
  item.value = value;
  ++item.candidates;
  if (Drawable(candidate)) ++item.drawable;
  if (drawn) ++item.drawn;
}

std::vector<Represented> Sorted(const Items& counts) {
  std::vector<Represented> items;
  for (const auto& [value, item] : counts) items.push_back(item);
  std::stable_sort(items.begin(), items.end(), [](const Represented& a, const Represented& b) {
    return (a.drawn == 0) > (b.drawn == 0);
  });
  return items;
}

// Which of kMarkBands equal parts of the scale a mark is in; the maximum is in the last.
int BandOf(const MarkScale& scale, Mark mark) {
  if (scale.maximum <= 0) return 0;
  const auto band = static_cast<int>(mark * kMarkBands / scale.maximum);
  return std::clamp(band, 0, kMarkBands - 1);
}

std::vector<Represented> MarkBands(const MarkScale& scale) {
  std::vector<Represented> bands(kMarkBands);
  // The first step of the scale that is in the band or above it.
  const auto first = [&](int band) {
    const Mark edge = (scale.maximum * band + kMarkBands - 1) / kMarkBands;
    return (edge + scale.step - 1) / scale.step * scale.step;
  };
  for (int i = 0; i < kMarkBands; ++i) {
    const Mark last = i + 1 == kMarkBands ? scale.maximum : first(i + 1) - scale.step;
    bands[i].value = absl::StrCat(FormatMark(first(i)), " to ", FormatMark(last));
  }
  return bands;
}

}  // namespace

Coverage CoverageOf(std::span<const Candidate> candidates, std::span<const Pick> picks,
                    const MarkScale& scale) {
  absl::flat_hash_set<std::string> drawn;
  for (const Pick& pick : picks) drawn.insert(pick.candidate);
  std::optional<Mark> highest, lowest;
  for (const Candidate& candidate : candidates) {
    if (!Drawable(candidate)) continue;
    const Mark mark = *candidate.mark;
    highest = std::max(highest.value_or(mark), mark);
    if (mark > 0) lowest = std::min(lowest.value_or(mark), mark);
  }
  Coverage coverage{.marks = MarkBands(scale)};
  Items assessors, sites, groups;
  for (const Candidate& candidate : candidates) {
    const bool picked = drawn.contains(candidate.number);
    Count(assessors, candidate.assessor, candidate, picked);
    Count(sites, candidate.site, candidate, picked);
    Count(groups, candidate.group, candidate, picked);
    if (!candidate.mark.has_value()) continue;
    Represented& band = coverage.marks[BandOf(scale, *candidate.mark)];
    ++band.candidates;
    if (Drawable(candidate)) ++band.drawable;
    if (!picked) continue;
    ++band.drawn;
    coverage.highest |= candidate.mark == highest;
    coverage.lowest |= candidate.mark == lowest;
  }
  coverage.assessors = Sorted(assessors);
  coverage.sites = Sorted(sites);
  coverage.groups = Sorted(groups);
  return coverage;
}

std::string StandingOf(const Represented& item) {
  if (item.drawn > 0) return "Represented";
  if (item.candidates == 0) return "No candidate has such a mark";
  if (item.drawable == 0) {
    return "Not represented: nobody can be drawn (absent, withdrawn, carried forward or without "
           "a mark)";
  }
  return "Not represented: the size of the sample was used up";
}

}  // namespace assay::moderation
