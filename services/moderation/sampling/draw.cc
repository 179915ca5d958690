#include "services/moderation/sampling/draw.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace assay::moderation {
namespace {

using Kind = CoverageItem::Kind;

// The candidates as the draw sees them: in the order of their numbers, so that the order in
// which they came does not matter.
std::vector<std::int32_t> InOrder(std::span<const Candidate> candidates) {
  std::vector<std::int32_t> order(candidates.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return candidates[a].number < candidates[b].number;
  });
  return order;
}

// `size` of `places`, evenly: place (start + i * places) / size for a start in [0, places).
template <typename Take>
void Systematic(std::uint64_t places, std::uint64_t size, std::uint64_t start, Take take) {
  for (std::uint64_t i = 0; i < size; ++i) take((start + i * places) / size);
}

// The assessors, sites or teaching groups of a cohort, numbered in the candidates' order.
struct Dimension {
  Kind kind;
  Why why;
  const std::string& (*of)(const Candidate&);
  std::vector<std::string_view> values;
  std::vector<std::int32_t> value_of;  // By candidate; -1: names none.
  std::vector<std::int32_t> shown_by;  // By value; -1: nobody yet.
};

class Drawing {
 public:
  Drawing(std::span<const Candidate> candidates, const SamplingRule& rule, const Seed& seed)
      : candidates_(candidates), rule_(rule), generator_(seed), taken_(candidates.size(), false) {
    const std::vector<std::int32_t> order = InOrder(candidates);
    for (Dimension& dimension : dimensions_) Number(order, dimension);
    for (std::int32_t c : order) {
      if (Drawable(candidates[c])) pool_.push_back(c);
    }
    FindExtremes();
    generator_.Shuffle(std::span(pool_));
  }

  Draw Run() {
    draw_.cohort = static_cast<std::int64_t>(pool_.size());
    draw_.ladder_size = SampleSize(rule_.ladder, draw_.cohort);
    const bool everyone = draw_.ladder_size >= draw_.cohort;
    for (std::int32_t c : pool_) {
      if (candidates_[c].Has(kParentalInterest)) Take(c, Why::kParentalInterest, !everyone);
    }
    if (everyone) {
      for (std::int32_t c : pool_) {
        if (!taken_[c]) Take(c, Why::kWholeCohort, false);
      }
    } else {
      left_ = draw_.ladder_size;
      if (rule_.extremes == SamplingRule::Extremes::kWithinSize) TakeExtremes(false);
      for (std::size_t i = 0; i < std::size(dimensions_); ++i) Cover(i);
      Spread();
      if (rule_.extremes == SamplingRule::Extremes::kOnTop) TakeExtremes(true);
    }
    Prove();
    return std::move(draw_);
  }

 private:
  void Number(const std::vector<std::int32_t>& order, Dimension& dimension) {
    absl::flat_hash_map<std::string_view, std::int32_t> numbers;
    dimension.value_of.assign(candidates_.size(), -1);
    for (std::int32_t c : order) {
      const std::string& value = dimension.of(candidates_[c]);
      if (value.empty() || candidates_[c].Has(kWithdrawn)) continue;
      auto [it, added] =
          numbers.try_emplace(value, static_cast<std::int32_t>(dimension.values.size()));
      if (added) dimension.values.push_back(value);
      dimension.value_of[c] = it->second;
    }
    dimension.shown_by.assign(dimension.values.size(), -1);
  }

  void FindExtremes() {
    for (std::int32_t c : pool_) {
      const Mark mark = *candidates_[c].mark;
      highest_ = std::max(highest_, mark);
      if (mark > 0 && (lowest_ == 0 || mark < lowest_)) lowest_ = mark;
    }
  }

  void Take(std::int32_t c, Why why, bool on_top) {
    taken_[c] = true;
    if (!on_top) --left_;
    draw_.selected.push_back({c, why, on_top});
    const Mark mark = *candidates_[c].mark;
    if (mark == highest_ && shows_highest_ < 0) shows_highest_ = c;
    if (mark == lowest_ && shows_lowest_ < 0) shows_lowest_ = c;
    for (Dimension& dimension : dimensions_) {
      const std::int32_t value = dimension.value_of[c];
      if (value >= 0 && dimension.shown_by[value] < 0) dimension.shown_by[value] = c;
    }
  }

  void TakeExtremes(bool on_top) {
    const auto take = [&](Mark wanted, const std::int32_t& shown, Why why) {
      for (std::int32_t c : pool_) {
        if (shown >= 0 || (!on_top && left_ <= 0)) return;
        if (*candidates_[c].mark == wanted && !taken_[c]) Take(c, why, on_top);
      }
    };
    take(highest_, shows_highest_, Why::kHighest);
    if (lowest_ > 0) take(lowest_, shows_lowest_, Why::kLowestNonZero);
  }

  // One pass over the pool files each open value's best candidate; the values are then
  // served in the order of the shuffled pool, which is the seed's.
  void Cover(std::size_t which) {
    Dimension& dimension = dimensions_[which];
    std::vector<std::vector<std::int32_t>> members(dimension.values.size());
    std::vector<std::int32_t> queue;
    for (std::int32_t c : pool_) {
      const std::int32_t value = dimension.value_of[c];
      if (value < 0 || dimension.shown_by[value] >= 0 || taken_[c]) continue;
      if (members[value].empty()) queue.push_back(value);
      members[value].push_back(c);
    }
    for (std::int32_t value : queue) {
      if (left_ <= 0) return;
      std::int32_t best = -1;
      int best_gain = -1;
      for (std::int32_t c : members[value]) {
        int gain = 0;
        for (std::size_t later = which + 1; later < std::size(dimensions_); ++later) {
          const std::int32_t v = dimensions_[later].value_of[c];
          if (v >= 0 && dimensions_[later].shown_by[v] < 0) ++gain;
        }
        if (gain > best_gain) {
          best = c;
          best_gain = gain;
        }
      }
      Take(best, dimension.why, false);
    }
  }

  // Ties keep the shuffled order, so that equal marks have equal chances.
  std::vector<std::int32_t> ByRank() const {
    std::vector<std::int32_t> ranked = pool_;
    std::stable_sort(ranked.begin(), ranked.end(), [&](std::int32_t a, std::int32_t b) {
      return *candidates_[a].mark < *candidates_[b].mark;
    });
    return ranked;
  }

  void Spread() {
    std::vector<std::int32_t> rest = ByRank();
    std::erase_if(rest, [&](std::int32_t c) { return taken_[c]; });
    const auto size = std::min<std::int64_t>(left_, static_cast<std::int64_t>(rest.size()));
    if (size <= 0) return;
    const std::uint64_t start = generator_.Below(rest.size());
    Systematic(rest.size(), static_cast<std::uint64_t>(size), start,
               [&](std::uint64_t place) { Take(rest[place], Why::kSpread, false); });
  }

  void Prove() {
    using Status = CoverageItem::Status;
    const auto mark = [&](Kind kind, bool exists, std::int32_t shown) {
      const Status status = shown >= 0 ? Status::kCovered
                            : exists   ? Status::kSizeUsedUp
                                       : Status::kNobodyToSelect;
      draw_.coverage.push_back({kind, "", status, shown});
    };
    mark(Kind::kHighest, !pool_.empty(), shows_highest_);
    mark(Kind::kLowestNonZero, lowest_ > 0, shows_lowest_);
    for (const Dimension& dimension : dimensions_) {
      std::vector<bool> selectable(dimension.values.size(), false);
      for (std::int32_t c : pool_) {
        if (dimension.value_of[c] >= 0) selectable[dimension.value_of[c]] = true;
      }
      for (std::size_t v = 0; v < dimension.values.size(); ++v) {
        const Status status = dimension.shown_by[v] >= 0 ? Status::kCovered
                              : selectable[v]            ? Status::kSizeUsedUp
                                                         : Status::kNobodyToSelect;
        draw_.coverage.push_back(
            {dimension.kind, std::string(dimension.values[v]), status, dimension.shown_by[v]});
      }
    }
    std::int64_t gap = 0;
    for (std::int32_t c : ByRank()) {
      gap = taken_[c] ? 0 : gap + 1;
      draw_.rank_gap_max = std::max(draw_.rank_gap_max, gap);
    }
  }

  std::span<const Candidate> candidates_;
  const SamplingRule& rule_;
  DrawGenerator generator_;
  std::vector<std::int32_t> pool_;  // Who can be drawn, shuffled.
  std::vector<bool> taken_;
  std::int64_t left_ = 0;  // Of the ladder's size.
  Mark highest_ = -1;
  Mark lowest_ = 0;  // 0: nobody has more than zero.
  std::int32_t shows_highest_ = -1;
  std::int32_t shows_lowest_ = -1;
  Dimension dimensions_[3] = {
      {Kind::kAssessor, Why::kAssessor,
       [](const Candidate& c) -> const std::string& { return c.assessor; }},
      {Kind::kSite, Why::kSite, [](const Candidate& c) -> const std::string& { return c.site; }},
      {Kind::kTeachingGroup, Why::kTeachingGroup,
       [](const Candidate& c) -> const std::string& { return c.group; }},
  };
  Draw draw_;
};

}  // namespace

Draw DrawSample(std::span<const Candidate> candidates, const SamplingRule& rule, const Seed& seed) {
  return Drawing(candidates, rule, seed).Run();
}

std::vector<Selected> ExtendSample(std::span<const Candidate> candidates,
                                   std::span<const std::int32_t> already, std::int64_t size,
                                   const Seed& seed, int round) {
  std::vector<bool> taken(candidates.size(), false);
  for (std::int32_t c : already) taken[c] = true;
  std::vector<std::int32_t> rest;
  for (std::int32_t c : InOrder(candidates)) {
    if (!taken[c] && Drawable(candidates[c])) rest.push_back(c);
  }
  // A stream of its own, so that an extension repeats none of the draw's numbers.
  DrawGenerator generator(seed, round);
  generator.Shuffle(std::span(rest));
  std::stable_sort(rest.begin(), rest.end(), [&](std::int32_t a, std::int32_t b) {
    return *candidates[a].mark < *candidates[b].mark;
  });
  std::vector<Selected> selected;
  size = std::min<std::int64_t>(size, static_cast<std::int64_t>(rest.size()));
  if (size <= 0) return selected;
  const std::uint64_t start = generator.Below(rest.size());
  Systematic(rest.size(), static_cast<std::uint64_t>(size), start, [&](std::uint64_t place) {
    selected.push_back({rest[place], Why::kExtension, false});
  });
  return selected;
}

std::vector<std::int32_t> SubSample(std::span<const Candidate> candidates,
                                    std::span<const Selected> selected, std::int64_t size) {
  std::vector<std::int32_t> first;
  std::vector<std::int32_t> ranked;
  for (std::size_t i = 0; i < selected.size(); ++i) {
    const bool kin = candidates[selected[i].candidate].Has(kParentalInterest);
    (kin ? first : ranked).push_back(static_cast<std::int32_t>(i));
  }
  std::sort(ranked.begin(), ranked.end(), [&](std::int32_t a, std::int32_t b) {
    const Candidate& x = candidates[selected[a].candidate];
    const Candidate& y = candidates[selected[b].candidate];
    return std::tie(*x.mark, x.number) < std::tie(*y.mark, y.number);
  });
  const auto places = static_cast<std::int64_t>(ranked.size());
  if (size >= places) {
    first.insert(first.end(), ranked.begin(), ranked.end());
  } else if (size == 1) {
    first.push_back(ranked[places / 2]);
  } else {
    // size < places, so the steps are longer than one and no place comes twice.
    for (std::int64_t i = 0; i < size; ++i) {
      first.push_back(ranked[i * (places - 1) / (size - 1)]);
    }
  }
  std::sort(first.begin(), first.end());
  return first;
}

}  // namespace assay::moderation
