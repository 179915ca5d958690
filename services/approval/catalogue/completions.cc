#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <queue>
#include <span>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/approval/catalogue/combination.h"

namespace assay::approval {
namespace {

constexpr int kNever = std::numeric_limits<int>::max();
constexpr std::int64_t kCountMax = std::numeric_limits<std::int64_t>::max();
// Units that stand in several rules are remembered bit by bit.
constexpr int kSharedUnitsMax = 20;

// A rule with how much of it can matter. A figure is followed only as far as a minimum asks for it
// or a maximum cuts it off, and goes to the rules around this one at once: that keeps states few.
//
// That is exact as long as units come to a rule with a maximum of units best first. If they cannot,
// because a part below has a maximum of credits, the rule *gathers*: it keeps how many units add
// how many credits, and counts when it ends.
struct Rule {
  int credits_min = 0;
  int units_min = 0;
  int credits_max = 0;  // 0: none, or one that can never matter.
  int units_max = 0;
  int credits_bound = 0;
  int units_bound = 0;
  bool gathers = false;
  int gain_max = 0;        // Of one that gathers: more credits of a unit matter to no rule.
  std::uint64_t base = 1;  // Place value of this rule's figures within a state.
  std::uint64_t size = 1;  // How many figures there are.
  int parent = -1;
};

enum class StepKind { kTake, kChoose, kClose };

// One thing that happens on the way through the rule, in the order in which it is tallied.
struct Step {
  StepKind kind = StepKind::kTake;
  int rule = 0;
  int credits = 0;
  int hours = 0;
  int end = -1;          // The rule around this one that has counted the unit already.
  int unit = -1;         // Place in `units`, of kChoose.
  int bit = -1;          // Of a unit that several rules name.
  bool decided = false;  // An earlier step chose it or not.
};

struct Cost {
  int first = kNever;
  int second = 0;
  bool Possible() const { return first != kNever; }
  friend auto operator<=>(const Cost&, const Cost&) = default;
};

Cost operator+(const Cost& a, const Cost& b) { return {a.first + b.first, a.second + b.second}; }

// The product, or 0 if it is too large for a state.
std::uint64_t Times(std::uint64_t a, std::uint64_t b) {
  return a == 0 || b > std::numeric_limits<std::uint64_t>::max() / a ? 0 : a * b;
}

// The rule of combination as steps over whole numbers. A state holds, for each open rule, the
// credits and units that count so far.
class Plan {
 public:
  Plan(const Qualification& qualification, const UnitNumbers& achieved, const UnitNumbers& excluded)
      : qualification_(qualification), achieved_(achieved), excluded_(excluded) {
    CountUses(qualification.combination);
    base_ = std::uint64_t{1} << std::min(static_cast<int>(bits_.size()), kSharedUnitsMax);
    fits_ = bits_.size() <= kSharedUnitsMax;
    Add(qualification.combination, -1, 0, base_, false);
  }

  bool fits() const { return fits_; }
  const std::vector<Step>& steps() const { return steps_; }
  const Unit& unit(int index) const { return *units_[static_cast<std::size_t>(index)]; }

  // The state after a step; nullopt if a rule ends unmet.
  std::optional<std::uint64_t> After(std::uint64_t state, const Step& step, bool take) const {
    if (step.kind == StepKind::kClose) return Close(state, RuleAt(step.rule));
    if (step.bit >= 0) {
      const std::uint64_t mask = std::uint64_t{1} << step.bit;
      if (step.decided)
        take = (state & mask) != 0;
      else if (take)
        state |= mask;
    }
    return take ? Rise(state, step.rule, step.end, {&step.credits, 1}) : state;
  }

 private:
  struct Figures {
    int credits = 0;
    int units = 0;
  };

  const Rule& RuleAt(int index) const { return rules_[static_cast<std::size_t>(index)]; }

  static Figures FiguresOf(std::uint64_t state, const Rule& rule) {
    const std::uint64_t own = state / rule.base % rule.size;
    const auto width = static_cast<std::uint64_t>(rule.credits_bound + 1);
    return {static_cast<int>(own % width), static_cast<int>(own / width)};
  }
  static std::uint64_t With(std::uint64_t state, const Rule& rule, int credits, int units) {
    const auto width = static_cast<std::uint64_t>(rule.credits_bound + 1);
    const std::uint64_t now = state / rule.base % rule.size;
    const std::uint64_t then =
        static_cast<std::uint64_t>(std::min(credits, rule.credits_bound)) +
        width * static_cast<std::uint64_t>(std::min(units, rule.units_bound));
    return state - now * rule.base + then * rule.base;
  }

  // Counts units by the credits that they add, from a rule up to where one is full, gathers, or
  // has counted them already.
  std::uint64_t Rise(std::uint64_t state, int index, int end, std::span<const int> gains) const {
    int credits = std::accumulate(gains.begin(), gains.end(), 0);
    int units = static_cast<int>(gains.size());
    while (index != end && units > 0) {
      const Rule& rule = RuleAt(index);
      if (rule.gathers) {
        // One unit has at most what was left of it on the way.
        if (gains.size() == 1) return Gather(state, rule, credits);
        for (const int gain : gains) state = Gather(state, rule, gain);
        return state;
      }
      const Figures now = FiguresOf(state, rule);
      if (rule.credits_max > 0) credits = std::min(credits, rule.credits_max - now.credits);
      if (rule.units_max > 0) units = std::min(units, rule.units_max - now.units);
      if (units > 0) state = With(state, rule, now.credits + credits, now.units + units);
      index = rule.parent;
    }
    return state;
  }

  // How many units add `gain` is a digit of the rule's figures. The least goes if there are too
  // many.
  static std::uint64_t Gather(std::uint64_t state, const Rule& rule, int gain) {
    const auto radix = static_cast<std::uint64_t>(rule.units_bound + 1);
    std::uint64_t place = rule.base;
    std::uint64_t least = 0;
    std::uint64_t all = 0;
    std::uint64_t own = 0;
    for (int i = 0; i <= rule.gain_max; ++i, place *= radix) {
      if (i == std::min(gain, rule.gain_max)) own = place;
      const std::uint64_t digit = state / place % radix + (own == place ? 1 : 0);
      if (digit > 0 && least == 0) least = place;
      all += digit;
    }
    return all < radix ? state + own : state + own - least;
  }

  std::optional<std::uint64_t> Close(std::uint64_t state, const Rule& rule) const {
    if (!rule.gathers) {
      const Figures figures = FiguresOf(state, rule);
      if (figures.credits < rule.credits_min || figures.units < rule.units_min) return std::nullopt;
      return With(state, rule, 0, 0);
    }
    const auto radix = static_cast<std::uint64_t>(rule.units_bound + 1);
    std::uint64_t own = state / rule.base % rule.size;
    state -= own * rule.base;
    std::vector<int> gains;
    for (int gain = 0; gain <= rule.gain_max; ++gain, own /= radix) {
      gains.insert(gains.end(), static_cast<std::size_t>(own % radix), gain);
    }
    std::reverse(gains.begin(), gains.end());
    int credits = 0;
    for (int& gain : gains) {
      if (rule.credits_max > 0) gain = std::min(gain, rule.credits_max - credits);
      credits += gain;
    }
    if (credits < rule.credits_min || static_cast<int>(gains.size()) < rule.units_min) {
      return std::nullopt;
    }
    return Rise(state, rule.parent, -1, gains);
  }

  void CountUses(const Combination& rule) {
    for (const std::string& number : rule.units) {
      if (++uses_[number] == 2) bits_.emplace(number, static_cast<int>(bits_.size()));
    }
    for (const Combination& part : rule.parts) CountUses(part);
  }

  // What all units below have, counting repeats, and the most that one has.
  struct Total {
    int credits = 0;
    int units = 0;
    int most = 0;
  };
  Total TotalOf(const Combination& rule) const {
    Total total;
    for (const std::string& number : rule.units) {
      if (const Unit* unit = qualification_.FindUnit(number)) {
        total.credits += unit->credits;
        total.most = std::max(total.most, unit->credits);
        ++total.units;
      }
    }
    for (const Combination& part : rule.parts) {
      const Total of_part = TotalOf(part);
      total.credits += of_part.credits;
      total.units += of_part.units;
      total.most = std::max(total.most, of_part.most);
    }
    return total;
  }

  // `wanted`: more credits than this matter to no rule around it.
  Rule LimitsOf(const Combination& from, int wanted) const {
    const Total all = TotalOf(from);
    wanted = std::max(from.credits_min, wanted);
    Rule rule = {.credits_min = from.credits_min,
                 .units_min = from.units_min,
                 .credits_max = from.credits_max,
                 .units_max = from.units_max};
    if (rule.credits_max >= std::min(wanted, all.credits)) rule.credits_max = 0;
    if (rule.units_max >= all.units) rule.units_max = 0;
    rule.credits_bound =
        rule.credits_max > 0 ? rule.credits_max : std::min(rule.credits_min, all.credits);
    rule.units_bound = rule.units_max > 0 ? rule.units_max : std::min(rule.units_min, all.units);
    rule.gain_max = std::min(all.most, wanted);
    if (rule.credits_max > 0) rule.gain_max = std::min(rule.gain_max, rule.credits_max);
    return rule;
  }

  bool PartsLimitCredits(const Combination& rule, int wanted) const {
    wanted = std::max(rule.credits_min, wanted);
    return std::any_of(rule.parts.begin(), rule.parts.end(), [&](const Combination& part) {
      return LimitsOf(part, wanted).credits_max > 0 || PartsLimitCredits(part, wanted);
    });
  }

  // The rule's place in `rules_`; -1 if a state cannot hold it. `gathers`: a rule around it does.
  int AddRule(const Combination& from, int parent, int wanted, std::uint64_t base, bool gathers) {
    Rule rule = LimitsOf(from, wanted);
    rule.base = base;
    rule.parent = parent;
    rule.gathers = gathers && !from.parts.empty() && (rule.units_max > 0 || rule.credits_max > 0);
    if (rule.gathers) {
      if (rule.units_max == 0) rule.units_bound = TotalOf(from).units;
      for (int i = 0; i <= rule.gain_max; ++i) {
        rule.size = Times(rule.size, static_cast<std::uint64_t>(rule.units_bound + 1));
      }
    } else {
      rule.size = Times(static_cast<std::uint64_t>(rule.credits_bound + 1),
                        static_cast<std::uint64_t>(rule.units_bound + 1));
    }
    fits_ = fits_ && Times(base, rule.size) > 0;
    if (!fits_) return -1;
    rules_.push_back(rule);
    return static_cast<int>(rules_.size()) - 1;
  }

  // A rule with its parts, one after the other.
  void Add(const Combination& from, int parent, int wanted, std::uint64_t base, bool gathers) {
    const bool chooses = LimitsOf(from, wanted).units_max > 0 && !from.parts.empty();
    gathers = gathers || (chooses && PartsLimitCredits(from, wanted));
    if (chooses && !gathers) {
      std::vector<Place> places;
      std::vector<int> ends;
      AddOpen(from, parent, wanted, base, places, ends);
      if (fits_) AddUnits(places);
      for (const int rule : ends) steps_.push_back({.kind = StepKind::kClose, .rule = rule});
      return;
    }
    const int index = AddRule(from, parent, wanted, base, gathers);
    if (index < 0) return;
    base *= RuleAt(index).size;
    for (const Combination& part : from.parts) {
      Add(part, index, std::max(from.credits_min, wanted), base, gathers);
      if (!fits_) return;
    }
    std::vector<Place> places = PlacesOf(from, index);
    AddUnits(places);
    steps_.push_back({.kind = StepKind::kClose, .rule = index});
  }

  // A unit where a rule names it.
  struct Place {
    const Unit* unit = nullptr;
    int rule = 0;
  };
  std::vector<Place> PlacesOf(const Combination& from, int index) const {
    std::vector<Place> places;
    for (const std::string& number : from.units) {
      if (const Unit* unit = qualification_.FindUnit(number)) places.push_back({unit, index});
    }
    return places;
  }

  // A rule with its parts, all open at once, so that the best unit of all comes first. Answers the
  // place value that is free after them.
  std::uint64_t AddOpen(const Combination& from, int parent, int wanted, std::uint64_t base,
                        std::vector<Place>& places, std::vector<int>& ends) {
    const int index = AddRule(from, parent, wanted, base, false);
    if (index < 0) return base;
    base *= RuleAt(index).size;
    for (const Combination& part : from.parts) {
      base = AddOpen(part, index, std::max(from.credits_min, wanted), base, places, ends);
      if (!fits_) return base;
    }
    const std::vector<Place> own = PlacesOf(from, index);
    places.insert(places.end(), own.begin(), own.end());
    ends.push_back(index);
    return base;
  }

  // Most credits first, as they count where only a number of units does. It also makes a set within
  // one rule irreducible: its last unit was needed, so each larger one is too.
  void AddUnits(std::vector<Place>& places) {
    std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
      return std::tie(b.unit->credits, a.unit->number) < std::tie(a.unit->credits, b.unit->number);
    });
    for (const auto& [unit, rule] : places) {
      Step step = {.rule = rule, .credits = unit->credits};
      const bool achieved = achieved_.contains(unit->number);
      if (!achieved && excluded_.contains(unit->number)) continue;
      std::vector<int>& counted = counted_[unit->number];
      for (int at = rule; at >= 0; at = RuleAt(at).parent) {
        if (std::find(counted.begin(), counted.end(), at) != counted.end()) {
          step.end = at;
          break;
        }
        counted.push_back(at);
      }
      if (!achieved) Choose(*unit, step);
      steps_.push_back(step);
    }
  }

  void Choose(const Unit& unit, Step& step) {
    step.kind = StepKind::kChoose;
    const auto shared = bits_.find(unit.number);
    if (shared != bits_.end()) step.bit = shared->second;
    const auto [it, first] = places_.emplace(unit.number, static_cast<int>(units_.size()));
    step.unit = it->second;
    step.decided = !first;
    if (!first) return;
    units_.push_back(&unit);
    step.hours = unit.guided_learning_hours;
  }

  const Qualification& qualification_;
  const UnitNumbers& achieved_;
  const UnitNumbers& excluded_;
  std::vector<Rule> rules_;
  std::vector<Step> steps_;
  std::vector<const Unit*> units_;
  absl::flat_hash_map<std::string, int> uses_;
  absl::flat_hash_map<std::string, int> bits_;
  absl::flat_hash_map<std::string, int> places_;
  absl::flat_hash_map<std::string, std::vector<int>> counted_;  // The rules that count a unit.
  std::uint64_t base_ = 1;
  bool fits_ = true;
};

// What can be reached after each step, and the cheapest way from there to the end.
struct Node {
  std::uint64_t state = 0;
  int skip = -1;  // Place in the next layer; -1: leads nowhere.
  int take = -1;
  Cost rest;
  std::int64_t ways = 0;
};

class Search {
 public:
  Search(const Plan& plan, const CompletionQuery& query) : plan_(plan), query_(query) {}

  Completions Run() {
    if (!plan_.fits() || !Reach()) {
      found_.all = false;
      found_.searched = false;
      found_.at_most = kCountMax;
      return std::move(found_);
    }
    Weigh();
    found_.at_most = layers_.front().front().ways;
    if (found_.at_most > 0) Enumerate();
    return std::move(found_);
  }

 private:
  struct Branch {
    Cost total;
    Cost spent;
    std::size_t layer = 0;
    int node = 0;
    int chosen = -1;  // Place in `chosen_`.
    std::size_t order = 0;
    bool operator<(const Branch& other) const {  // The best is the greatest.
      return std::tie(other.total, other.order) < std::tie(total, order);
    }
  };
  struct Choice {
    int unit = 0;
    int before = -1;
  };

  Cost CostOf(const Step& step) const {
    if (step.kind != StepKind::kChoose || step.decided) return {0, 0};
    return query_.order == CompletionOrder::kCredits ? Cost{step.credits, step.hours}
                                                     : Cost{step.hours, step.credits};
  }

  // False if there is more to look at than allowed.
  bool Reach() {
    layers_.push_back({Node{}});
    for (const Step& step : plan_.steps()) {
      std::vector<Node>& here = layers_.back();
      std::vector<Node> next;
      places_.clear();
      const auto place = [&](const std::optional<std::uint64_t>& state) {
        if (!state.has_value()) return -1;
        const auto [it, added] = places_.emplace(*state, static_cast<int>(next.size()));
        if (added) next.push_back({.state = *state});
        return it->second;
      };
      for (Node& node : here) {
        if (++steps_ > query_.steps_max) return false;
        node.take = place(plan_.After(node.state, step, true));
        if (step.kind != StepKind::kChoose || step.decided) continue;
        node.skip = place(plan_.After(node.state, step, false));
        // A unit that changes nothing can be left out.
        if (node.take == node.skip) node.take = -1;
      }
      layers_.push_back(std::move(next));
    }
    return true;
  }

  void Weigh() {
    for (Node& node : layers_.back()) node.rest = {0, 0}, node.ways = 1;
    for (std::size_t i = plan_.steps().size(); i-- > 0;) {
      const Cost cost = CostOf(plan_.steps()[i]);
      const std::vector<Node>& next = layers_[i + 1];
      for (Node& node : layers_[i]) {
        for (const int to : {node.take, node.skip}) {
          if (to < 0 || !next[static_cast<std::size_t>(to)].rest.Possible()) continue;
          const Node& then = next[static_cast<std::size_t>(to)];
          const Cost total = to == node.take ? then.rest + cost : then.rest;
          node.rest = std::min(node.rest, total);
          node.ways = then.ways > kCountMax - node.ways ? kCountMax : node.ways + then.ways;
        }
      }
    }
  }

  // Each round walks one branch to its end along the cheapest way and leaves the other ways that
  // it passes for later.
  void Enumerate() {
    std::priority_queue<Branch> open;
    open.push({.total = layers_.front().front().rest, .spent = {0, 0}});
    int passed = 0;
    while (!open.empty()) {
      if (steps_ > query_.steps_max || static_cast<int>(found_.sets.size()) >= query_.results_max) {
        found_.all = false;
        return;
      }
      Branch at = open.top();
      open.pop();
      Walk(at, open);
      std::vector<int> units = UnitsOf(at);
      if (!Irreducible(units)) {
        --found_.at_most;
        continue;
      }
      if (passed++ < query_.skip) continue;
      found_.sets.push_back(NumbersOf(units));
    }
    found_.at_most = passed;
  }

  void Walk(Branch& at, std::priority_queue<Branch>& open) {
    while (at.layer < plan_.steps().size()) {
      ++steps_;
      const Step& step = plan_.steps()[at.layer];
      const Node& node = layers_[at.layer][static_cast<std::size_t>(at.node)];
      const std::vector<Node>& next = layers_[++at.layer];
      const auto rest = [&](int to) {
        return to < 0 ? Cost() : next[static_cast<std::size_t>(to)].rest;
      };
      const bool chosen = step.kind == StepKind::kChoose && !step.decided;
      const Cost cost = CostOf(step);
      const Cost taking = rest(node.take).Possible() ? at.spent + cost + rest(node.take) : Cost();
      const Cost skipping = rest(node.skip).Possible() ? at.spent + rest(node.skip) : Cost();
      Branch take = at;
      take.total = taking;
      take.spent = at.spent + cost;
      take.node = node.take;
      Branch skip = at;
      skip.total = skipping;
      skip.node = node.skip;
      const bool by_taking = taking <= skipping;
      Branch& other = by_taking ? skip : take;
      if (chosen && (by_taking || other.total.Possible())) {
        chosen_.push_back({step.unit, at.chosen});
        take.chosen = static_cast<int>(chosen_.size()) - 1;
      }
      if (other.total.Possible()) {
        other.order = ++pushed_;
        open.push(other);
      }
      at = by_taking ? take : skip;
    }
  }

  std::vector<int> UnitsOf(const Branch& branch) const {
    std::vector<int> units;
    for (int i = branch.chosen; i >= 0; i = chosen_[static_cast<std::size_t>(i)].before) {
      units.push_back(chosen_[static_cast<std::size_t>(i)].unit);
    }
    return units;
  }

  // A rule may need less of one part once another is there.
  bool Irreducible(const std::vector<int>& units) {
    std::vector<bool> taken(plan_.steps().size());
    for (const int unit : units) taken[static_cast<std::size_t>(unit)] = true;
    for (const int left_out : units) {
      taken[static_cast<std::size_t>(left_out)] = false;
      std::optional<std::uint64_t> state = 0;
      for (const Step& step : plan_.steps()) {
        const bool take =
            step.kind != StepKind::kChoose || taken[static_cast<std::size_t>(step.unit)];
        state = plan_.After(*state, step, take);
        if (!state.has_value()) break;
      }
      if (state.has_value()) return false;
      taken[static_cast<std::size_t>(left_out)] = true;
    }
    return true;
  }

  std::vector<std::string> NumbersOf(const std::vector<int>& units) const {
    std::vector<std::string> numbers;
    numbers.reserve(units.size());
    for (const int unit : units) numbers.push_back(plan_.unit(unit).number);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  }

  const Plan& plan_;
  const CompletionQuery& query_;
  Completions found_;
  std::vector<std::vector<Node>> layers_;
  absl::flat_hash_map<std::uint64_t, int> places_;
  std::vector<Choice> chosen_;
  std::size_t pushed_ = 0;
  int steps_ = 0;
};

}  // namespace

Completions FindCompletions(const Qualification& qualification, const UnitNumbers& achieved,
                            const CompletionQuery& query) {
  if (qualification.bare) return {};
  const Plan plan(qualification, achieved, query.excluded);
  return Search(plan, query).Run();
}

}  // namespace assay::approval
