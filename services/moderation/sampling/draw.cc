#include "services/moderation/sampling/draw.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "services/moderation/sampling/coverage.h"
#include "services/moderation/sampling/places.h"
#include "services/moderation/sampling/size.h"

namespace assay::moderation {
namespace {

using Kind = CoverageKind;
using Rule = SamplingRule;

// Streams of the seed: the draw is 0, extensions are their round.
constexpr int kReplacementStream = 32;

// The candidates as the draw sees them: in the order of their centres and numbers, so that the
// order in which they came does not matter.
std::vector<std::int32_t> InOrder(std::span<const Candidate> candidates) {
  std::vector<std::int32_t> order(candidates.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    const Candidate& x = candidates[a];
    const Candidate& y = candidates[b];
    if (const int centres = x.centre.compare(y.centre); centres != 0) return centres < 0;
    return x.number < y.number;
  });
  return order;
}

// `size` of `places`, evenly: place (start + i * places) / size for a start in [0, places).
template <typename Take>
void Systematic(std::uint64_t places, std::uint64_t size, std::uint64_t start, Take take) {
  for (std::uint64_t i = 0; i < size; ++i) take((start + i * places) / size);
}

bool IsConsortium(std::span<const Candidate> candidates) {
  return std::any_of(candidates.begin(), candidates.end(),
                     [](const Candidate& c) { return !c.centre.empty(); });
}

bool Names(const Rule& rule, Kind kind) {
  return std::find(rule.coverage.begin(), rule.coverage.end(), kind) != rule.coverage.end();
}

// What the draw serves, in order: the rule's coverage, and the centres of a consortium like sites.
std::vector<Kind> CoverageOrder(const Rule& rule, bool consortium) {
  std::vector<Kind> order = rule.coverage;
  if (consortium && !Names(rule, Kind::kCentre)) {
    order.insert(std::find(order.begin(), order.end(), Kind::kSite), Kind::kCentre);
  }
  return order;
}

class Drawing {
 public:
  Drawing(std::span<const Candidate> candidates, const Rule& rule, const SamplingFacts& facts,
          Rule::Mode mode, DrawGenerator generator)
      : candidates_(candidates),
        rule_(rule),
        facts_(facts),
        marks_(mode == Rule::Mode::kAfterMarks),
        consortium_(IsConsortium(candidates)),
        generator_(generator),
        sorted_out_(SortOut(candidates, facts, mode)),
        taken_(candidates.size(), false) {
    const std::vector<std::int32_t> order = InOrder(candidates);
    NumberDimensions(order);
    pool_.reserve(order.size());
    for (std::int32_t c : order) {
      if (sorted_out_[c] == kCanBeDrawn) {
        pool_.push_back(c);
      } else {
        ++draw_.not_drawn[sorted_out_[c]];
      }
    }
    if (marks_) FindExtremes();
    generator_.Shuffle(std::span(pool_));
    if (marks_) RankPool();
  }

  Draw Run() {
    draw_.cohort = static_cast<std::int64_t>(pool_.size());
    DesignSize size = Size();
    draw_.ladder_size = size.size;
    draw_.steps = std::move(size.steps);
    const bool everyone = draw_.ladder_size >= draw_.cohort;
    TakeOnTop(everyone);
    if (everyone) {
      for (std::int32_t c : pool_) {
        if (!taken_[c]) Take(c, Why::kWholeCohort, false);
      }
    } else {
      OpenPlaces();
      for (Kind kind : coverage_) Cover(kind);
      FillPlaces();
      if (marks_ && rule_.extremes == Rule::Extremes::kOnTop) TakeExtremes();
    }
    StepUp();
    Prove();
    return std::move(draw_);
  }

  Draw Complete(std::span<const Selected> names) {
    draw_.cohort = static_cast<std::int64_t>(pool_.size());
    std::vector<Selected> lost;
    for (const Selected& name : names) {
      if (!name.on_top) ++draw_.ladder_size;
      if (sorted_out_[name.candidate] != kCanBeDrawn) {
        if (!name.on_top) lost.push_back(name);
        continue;
      }
      Take(name.candidate, name.why, name.on_top);
      draw_.selected.back().step = name.step;
    }
    for (const Selected& name : lost) Replace(name);
    TakeExtremes();
    CountSteps();
    Prove();
    return std::move(draw_);
  }

 private:
  bool ByGrade() const { return std::holds_alternative<GradeQuotas>(rule_.design); }
  std::int32_t GradeOf(std::int32_t c) const {
    return grades_ < 0 ? -1 : dimensions_[grades_].value_of[c];
  }

  // Those of the coverage in its order, then the others that a proof can tell of.
  void NumberDimensions(const std::vector<std::int32_t>& order) {
    coverage_ = CoverageOrder(rule_, consortium_);
    const auto add = [&](Kind kind, bool asked) {
      if (kind == Kind::kHighest || kind == Kind::kLowestNonZero) return;
      for (const Dimension& there : dimensions_) {
        if (there.kind == kind) return;
      }
      if (kind == Kind::kGrade) grades_ = static_cast<int>(dimensions_.size());
      dimensions_.push_back(NumberValues(kind, candidates_, order, consortium_));
      dimensions_.back().asked = asked;
    };
    dimensions_.reserve(kCoverageKinds);
    for (Kind kind : coverage_) add(kind, true);
    for (Kind kind : {Kind::kAssessor, Kind::kSite, Kind::kTeachingGroup}) add(kind, false);
    if (ByGrade()) add(Kind::kGrade, false);
  }

  void FindExtremes() {
    for (std::int32_t c : pool_) {
      const Mark mark = *candidates_[c].mark;
      highest_ = std::max(highest_, mark);
      if (mark > 0 && (lowest_ == 0 || mark < lowest_)) lowest_ = mark;
    }
  }

  // Ties keep the shuffled order, so that equal marks have equal chances.
  void RankPool() {
    ranked_ = pool_;
    std::stable_sort(ranked_.begin(), ranked_.end(), [&](std::int32_t a, std::int32_t b) {
      return *candidates_[a].mark < *candidates_[b].mark;
    });
  }

  GradeCounts CountGrades(bool untaken_only) const {
    GradeCounts counts;
    for (std::int32_t c : pool_) {
      if (!untaken_only || !taken_[c]) ++counts[candidates_[c].grade];
    }
    return counts;
  }

  DesignSize Size() const {
    if (ByGrade()) return SizeOf(rule_, facts_, CountGrades(false));
    return SizeOf(rule_, facts_, draw_.cohort);
  }

  void Take(std::int32_t c, Why why, bool on_top) {
    taken_[c] = true;
    if (!on_top) places_.Take(GradeOf(c));
    draw_.selected.push_back({c, why, on_top});
    if (marks_) {
      const Mark mark = *candidates_[c].mark;
      if (mark == highest_ && shows_highest_ < 0) shows_highest_ = c;
      if (mark == lowest_ && shows_lowest_ < 0) shows_lowest_ = c;
    }
    for (Dimension& dimension : dimensions_) {
      const std::int32_t value = dimension.value_of[c];
      if (value >= 0 && dimension.shown_by[value] < 0) dimension.shown_by[value] = c;
    }
  }

  // Parental interest, and new assessors in full.
  void TakeOnTop(bool everyone) {
    for (std::int32_t c : pool_) {
      if (candidates_[c].Has(kParentalInterest)) Take(c, Why::kParentalInterest, !everyone);
    }
    if (rule_.new_assessors != Rule::NewAssessors::kInFull || facts_.new_assessors.empty()) return;
    for (std::int32_t c : pool_) {
      const auto& news = facts_.new_assessors;
      if (taken_[c] || candidates_[c].assessor.empty()) continue;
      if (std::find(news.begin(), news.end(), candidates_[c].assessor) != news.end()) {
        Take(c, Why::kNewAssessor, !everyone);
      }
    }
  }

  // Of those not on top: what is kept for a grade must still be there to be taken.
  void OpenPlaces() {
    if (!ByGrade()) {
      places_ = Places(draw_.ladder_size);
      return;
    }
    std::vector<std::string> grades;
    for (std::int32_t c : dimensions_[grades_].first) grades.push_back(candidates_[c].grade);
    places_ = Places(draw_.ladder_size,
                     PlanQuotas(std::get<GradeQuotas>(rule_.design), CountGrades(true)), grades);
  }

  void Cover(Kind kind) {
    const bool within = marks_ && rule_.extremes == Rule::Extremes::kWithinSize;
    if (kind == Kind::kHighest || kind == Kind::kLowestNonZero) {
      if (within) TakeExtreme(kind, false);
      return;
    }
    for (std::size_t i = 0; i < dimensions_.size(); ++i) {
      if (dimensions_[i].kind == kind) CoverDimension(i);
    }
  }

  void TakeExtremes() {
    for (Kind kind : {Kind::kHighest, Kind::kLowestNonZero}) {
      if (Names(rule_, kind)) TakeExtreme(kind, true);
    }
  }

  void TakeExtreme(Kind kind, bool on_top) {
    const bool high = kind == Kind::kHighest;
    const Mark wanted = high ? highest_ : lowest_;
    const std::int32_t& shown = high ? shows_highest_ : shows_lowest_;
    if (!high && lowest_ == 0) return;
    for (std::int32_t c : pool_) {
      if (shown >= 0 || (!on_top && places_.left() <= 0)) return;
      if (*candidates_[c].mark != wanted || taken_[c]) continue;
      if (on_top || places_.HasRoom(GradeOf(c))) Take(c, WhyOf(kind), on_top);
    }
  }

  // One pass over the pool files each open value's candidates; the values are then served in the
  // order of the shuffled pool, which is the seed's.
  void CoverDimension(std::size_t which) {
    const Dimension& dimension = dimensions_[which];
    std::vector<std::vector<std::int32_t>> members(dimension.first.size());
    std::vector<std::int32_t> queue;
    for (std::int32_t c : pool_) {
      const std::int32_t value = dimension.value_of[c];
      if (value < 0 || dimension.shown_by[value] >= 0 || taken_[c]) continue;
      if (members[value].empty()) queue.push_back(value);
      members[value].push_back(c);
    }
    for (std::int32_t value : queue) {
      if (places_.left() <= 0) return;
      std::int32_t best = -1;
      int best_gain = -1;
      for (std::int32_t c : members[value]) {
        const int gain = GainBeyond(which, c);
        if (gain > best_gain && places_.HasRoom(GradeOf(c))) {
          best = c;
          best_gain = gain;
        }
      }
      if (best >= 0) Take(best, WhyOf(dimension.kind), false);
    }
  }

  // How much of what the coverage asks for later the candidate would show.
  int GainBeyond(std::size_t which, std::int32_t c) const {
    int gain = 0;
    for (std::size_t later = which + 1; later < dimensions_.size(); ++later) {
      const Dimension& dimension = dimensions_[later];
      const std::int32_t value = dimension.value_of[c];
      if (dimension.asked && value >= 0 && dimension.shown_by[value] < 0) ++gain;
    }
    return gain;
  }

  // The places kept for grades first, then those open to all.
  void FillPlaces() {
    for (int group = 0; group < places_.kept_groups(); ++group) {
      Spread(places_.kept(group), Why::kGrade,
             [&](std::int32_t c) { return places_.IsFor(group, GradeOf(c)); });
    }
    Spread(places_.left(), Why::kSpread, [](std::int32_t) { return true; });
  }

  template <typename Fits>
  void Spread(std::int64_t size, Why why, Fits fits) {
    if (size <= 0) return;
    std::vector<std::int32_t> rest;
    const bool ranked = marks_ && rule_.spread == Rule::Spread::kSystematic;
    for (std::int32_t c : ranked ? ranked_ : pool_) {
      if (!taken_[c] && fits(c)) rest.push_back(c);
    }
    size = std::min(size, static_cast<std::int64_t>(rest.size()));
    if (size <= 0) return;
    if (ranked) {
      const std::uint64_t start = generator_.Below(rest.size());
      Systematic(rest.size(), static_cast<std::uint64_t>(size), start,
                 [&](std::uint64_t place) { Take(rest[place], why, false); });
    } else if (marks_ && rule_.spread == Rule::Spread::kStratified) {
      Stratify(rest, size, why);
    } else {
      for (std::int64_t i = 0; i < size; ++i) Take(rest[i], why, false);  // Already shuffled.
    }
  }

  // One from each band of the mark range in turn, the bands in a random order, until the size is
  // used up. `rest` is in the seed's order, and so is each band.
  void Stratify(const std::vector<std::int32_t>& rest, std::int64_t size, Why why) {
    const auto [least, most] =
        std::minmax_element(rest.begin(), rest.end(), [&](std::int32_t a, std::int32_t b) {
          return *candidates_[a].mark < *candidates_[b].mark;
        });
    const Mark low = *candidates_[*least].mark;
    const Mark range = *candidates_[*most].mark - low + 1;
    std::vector<std::vector<std::int32_t>> bands(static_cast<std::size_t>(rule_.bands));
    for (std::int32_t c : rest) {
      bands[static_cast<std::size_t>((*candidates_[c].mark - low) * rule_.bands / range)].push_back(
          c);
    }
    std::erase_if(bands, [](const auto& band) { return band.empty(); });
    generator_.Shuffle(std::span(bands));
    for (std::size_t round = 0; size > 0; ++round) {
      for (const std::vector<std::int32_t>& band : bands) {
        if (size == 0 || round >= band.size()) continue;
        Take(band[round], why, false);
        --size;
      }
    }
  }

  // Somebody with the same grade, if grades count and there is one; else anybody.
  void Replace(const Selected& lost) {
    std::int32_t found = -1;
    for (std::int32_t c : pool_) {
      if (taken_[c]) continue;
      const bool alike = !ByGrade() || candidates_[c].grade == candidates_[lost.candidate].grade;
      if (found < 0 || alike) found = c;
      if (alike) break;
    }
    if (found < 0) return;
    Take(found, Why::kReplacement, false);
    draw_.selected.back().step = lost.step;
  }

  // Deals those counted by the size to the steps: each takes evenly by rank from what is left.
  void StepUp() {
    std::vector<std::int32_t> left;
    for (std::size_t i = 0; i < draw_.selected.size(); ++i) {
      if (!draw_.selected[i].on_top) left.push_back(static_cast<std::int32_t>(i));
    }
    if (draw_.steps.size() > 1) {
      if (marks_) SortByMark(left);
      for (std::size_t step = 0; step < draw_.steps.size(); ++step) {
        const std::int64_t size = draw_.steps[step].size;
        std::vector<std::int32_t> later;
        std::size_t at = 0;
        for (std::size_t place : PlacesOf(size, left.size())) {
          for (; at < place; ++at) later.push_back(left[at]);
          draw_.selected[left[at++]].step = static_cast<std::int32_t>(step) + 1;
        }
        for (; at < left.size(); ++at) later.push_back(left[at]);
        left = std::move(later);
      }
    }
    CountSteps();
  }

  void SortByMark(std::vector<std::int32_t>& places) const {
    std::sort(places.begin(), places.end(), [&](std::int32_t a, std::int32_t b) {
      const Candidate& x = candidates_[draw_.selected[a].candidate];
      const Candidate& y = candidates_[draw_.selected[b].candidate];
      return std::tie(*x.mark, x.number, x.centre) < std::tie(*y.mark, y.number, y.centre);
    });
  }

  // `size` of `count` places with the first and the last, or the first ones without marks.
  std::vector<std::size_t> PlacesOf(std::int64_t size, std::size_t count) const {
    std::vector<std::size_t> places;
    const auto n = static_cast<std::int64_t>(count);
    size = std::min(size, n);
    for (std::int64_t i = 0; i < size; ++i) {
      const bool even = marks_ && size < n;
      places.push_back(static_cast<std::size_t>(!even       ? i
                                                : size == 1 ? n / 2
                                                            : i * (n - 1) / (size - 1)));
    }
    return places;
  }

  // A step is as large as it came out: parental interest may have left fewer.
  void CountSteps() {
    if (draw_.steps.empty()) draw_.steps.resize(1);
    for (SampleStep& step : draw_.steps) step.size = 0;
    for (const Selected& selected : draw_.selected) {
      if (selected.on_top) continue;
      if (static_cast<std::size_t>(selected.step) > draw_.steps.size()) {
        draw_.steps.resize(static_cast<std::size_t>(selected.step));
      }
      ++draw_.steps[static_cast<std::size_t>(selected.step) - 1].size;
    }
    while (draw_.steps.size() > 1 && draw_.steps.back().size == 0) draw_.steps.pop_back();
  }

  void Prove() {
    if (marks_) {
      ProveExtreme(Kind::kHighest, !pool_.empty(), highest_, shows_highest_);
      ProveExtreme(Kind::kLowestNonZero, lowest_ > 0, lowest_, shows_lowest_);
    }
    for (const Dimension& dimension : dimensions_) {
      ProveDimension(dimension, candidates_, sorted_out_, taken_, consortium_, draw_.coverage);
    }
    if (ByGrade()) ProveQuotas();
    std::int64_t gap = 0;
    for (std::int32_t c : ranked_) {
      gap = taken_[c] ? 0 : gap + 1;
      draw_.rank_gap_max = std::max(draw_.rank_gap_max, gap);
    }
  }

  void ProveExtreme(Kind kind, bool exists, Mark mark, std::int32_t shown) {
    using Status = CoverageItem::Status;
    CoverageItem& item = draw_.coverage.emplace_back();
    item.kind = kind;
    item.candidate = shown;
    item.status = shown >= 0           ? Status::kCovered
                  : !exists            ? Status::kNobodyToSelect
                  : Names(rule_, kind) ? Status::kSizeUsedUp
                                       : Status::kNotAskedFor;
    item.not_drawn = draw_.not_drawn;
    for (std::int32_t c : pool_) {
      if (!exists || *candidates_[c].mark != mark) continue;
      ++item.drawable;
      if (taken_[c]) ++item.selected;
    }
  }

  // What the design wants of each grade, whether or not anybody has it.
  void ProveQuotas() {
    using Status = CoverageItem::Status;
    const auto& design = std::get<GradeQuotas>(rule_.design);
    std::map<std::string, std::int64_t, std::less<>> wanted;
    for (const GradeQuota& quota : design.quotas) {
      if (quota.grades.size() == 1) wanted[quota.grades[0]] += quota.count;
    }
    for (CoverageItem& item : draw_.coverage) {
      if (item.kind != Kind::kGrade) continue;
      item.wanted = design.each_grade;
      if (const auto it = wanted.find(item.value); it != wanted.end()) {
        item.wanted = it->second;
        wanted.erase(it);
      }
      if (item.drawable == 0) {
        item.status = Status::kNobodyToSelect;
      } else if (item.selected >= item.wanted) {
        item.status = item.selected > 0 ? Status::kCovered : Status::kNotAskedFor;
      } else {
        item.status = item.selected == item.drawable ? Status::kTooFew : Status::kSizeUsedUp;
      }
    }
    for (const auto& [grade, count] : wanted) {
      CoverageItem& item = draw_.coverage.emplace_back();
      item.kind = Kind::kGrade;
      item.value = grade;
      item.wanted = count;
      item.status = Status::kNobodyToSelect;
    }
  }

  std::span<const Candidate> candidates_;
  const Rule& rule_;
  const SamplingFacts& facts_;
  const bool marks_;  // Whether the draw sees them.
  const bool consortium_;
  DrawGenerator generator_;
  std::vector<std::int8_t> sorted_out_;
  std::vector<bool> taken_;
  std::vector<Kind> coverage_;
  std::vector<Dimension> dimensions_;
  int grades_ = -1;                   // Which dimension holds them.
  std::vector<std::int32_t> pool_;    // Who can be drawn, shuffled.
  std::vector<std::int32_t> ranked_;  // By mark; empty without marks.
  Places places_{0};
  Mark highest_ = -1;
  Mark lowest_ = 0;  // 0: nobody has more than zero.
  std::int32_t shows_highest_ = -1;
  std::int32_t shows_lowest_ = -1;
  Draw draw_;
};

}  // namespace

Draw DrawSample(std::span<const Candidate> candidates, const SamplingRule& rule,
                const SamplingFacts& facts, DrawAlgorithm algorithm, const Seed& seed) {
  // The second algorithm adds to the first without changing what that can say: one engine serves
  // both names, and draw_test.cc holds it to what the first one drew.
  (void)algorithm;
  return Drawing(candidates, rule, facts, rule.mode, DrawGenerator(seed)).Run();
}

Draw DrawSample(std::span<const Candidate> candidates, const SamplingRule& rule, const Seed& seed) {
  const SamplingFacts facts;
  return DrawSample(candidates, rule, facts, AlgorithmFor(candidates, rule, facts), seed);
}

Draw CompleteSample(std::span<const Candidate> candidates, const SamplingRule& rule,
                    const SamplingFacts& facts, std::span<const Selected> names, const Seed& seed) {
  return Drawing(candidates, rule, facts, Rule::Mode::kAfterMarks,
                 DrawGenerator(seed, kReplacementStream))
      .Complete(names);
}

std::vector<Selected> ExtendSample(std::span<const Candidate> candidates,
                                   std::span<const std::int32_t> already, std::int64_t size,
                                   const Seed& seed, int round) {
  return ExtendSample(candidates, SamplingFacts{}, already, size, seed, round);
}

std::vector<Selected> ExtendSample(std::span<const Candidate> candidates,
                                   const SamplingFacts& facts,
                                   std::span<const std::int32_t> already, std::int64_t size,
                                   const Seed& seed, int round) {
  std::vector<bool> taken(candidates.size(), false);
  for (std::int32_t c : already) taken[c] = true;
  const std::vector<std::int8_t> sorted_out = SortOut(candidates, facts, Rule::Mode::kAfterMarks);
  std::vector<std::int32_t> rest;
  for (std::int32_t c : InOrder(candidates)) {
    if (!taken[c] && sorted_out[c] == kCanBeDrawn) rest.push_back(c);
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
  const bool steps =
      std::any_of(selected.begin(), selected.end(), [](const Selected& s) { return s.step > 1; });
  for (std::size_t i = 0; i < selected.size(); ++i) {
    const bool besides = candidates[selected[i].candidate].Has(kParentalInterest) ||
                         selected[i].why == Why::kNewAssessor;
    const bool now = steps ? selected[i].step == 1 : besides;
    if (now || !steps) (now ? first : ranked).push_back(static_cast<std::int32_t>(i));
  }
  // Marks may not be there yet; then the order is that of the numbers alone.
  std::sort(ranked.begin(), ranked.end(), [&](std::int32_t a, std::int32_t b) {
    const Candidate& x = candidates[selected[a].candidate];
    const Candidate& y = candidates[selected[b].candidate];
    return std::tie(x.mark, x.number, x.centre) < std::tie(y.mark, y.number, y.centre);
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
