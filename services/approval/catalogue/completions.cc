#include <algorithm>
#include <limits>
#include <optional>
#include <queue>
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
struct Rule {
  int credits_min = 0;
  int units_min = 0;
  int credits_max = 0;  // 0: none, or one that can never matter.
  int units_max = 0;
  int credits_bound = 0;
  int units_bound = 0;
  std::uint64_t base = 1;  // Place value of this rule's figures within a state.
  int parent = -1;
};

enum class StepKind { kTake, kChoose, kClose };

// One thing that happens on the way through the rule, in the order in which it is tallied.
struct Step {
  StepKind kind = StepKind::kTake;
  int rule = 0;
  int credits = 0;
  int hours = 0;
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

// The rule of combination as steps over whole numbers. A state holds, for each open rule, the
// credits and units that count so far.
class Plan {
 public:
  Plan(const Qualification& qualification, const UnitNumbers& achieved, const UnitNumbers& excluded)
      : qualification_(qualification), achieved_(achieved), excluded_(excluded) {
    CountUses(qualification.combination);
    base_ = std::uint64_t{1} << std::min(static_cast<int>(bits_.size()), kSharedUnitsMax);
    fits_ = bits_.size() <= kSharedUnitsMax;
    Add(qualification.combination, -1, 0, base_);
  }

  bool fits() const { return fits_; }
  const std::vector<Step>& steps() const { return steps_; }
  const Unit& unit(int index) const { return *units_[static_cast<std::size_t>(index)]; }

  // The state after a step; nullopt if a rule ends unmet.
  std::optional<std::uint64_t> After(std::uint64_t state, const Step& step, bool take) const {
    const Rule& rule = rules_[static_cast<std::size_t>(step.rule)];
    if (step.kind == StepKind::kClose) return Close(state, rule);
    if (step.bit >= 0) {
      const std::uint64_t mask = std::uint64_t{1} << step.bit;
      if (step.decided)
        take = (state & mask) != 0;
      else if (take)
        state |= mask;
    }
    if (!take) return state;
    const auto [credits, units] = FiguresOf(state, rule);
    if (rule.units_max > 0 && units >= rule.units_max) return state;
    return Count(state, step.rule, step.credits, 1);
  }

 private:
  static std::uint64_t SizeOf(const Rule& rule) {
    return static_cast<std::uint64_t>(rule.credits_bound + 1) *
           static_cast<std::uint64_t>(rule.units_bound + 1);
  }
  static std::pair<int, int> FiguresOf(std::uint64_t state, const Rule& rule) {
    const std::uint64_t own = state / rule.base % SizeOf(rule);
    const auto width = static_cast<std::uint64_t>(rule.credits_bound + 1);
    return {static_cast<int>(own % width), static_cast<int>(own / width)};
  }
  static std::uint64_t With(std::uint64_t state, const Rule& rule, int credits, int units) {
    const auto width = static_cast<std::uint64_t>(rule.credits_bound + 1);
    const std::uint64_t now = state / rule.base % SizeOf(rule);
    const std::uint64_t then =
        static_cast<std::uint64_t>(std::min(credits, rule.credits_bound)) +
        width * static_cast<std::uint64_t>(std::min(units, rule.units_bound));
    return state - now * rule.base + then * rule.base;
  }

  // Adds to a rule and, as far as its maximums let them through, to those around it.
  std::uint64_t Count(std::uint64_t state, int index, int credits, int units) const {
    while (index >= 0 && (credits > 0 || units > 0)) {
      const Rule& rule = rules_[static_cast<std::size_t>(index)];
      const auto [credits_now, units_now] = FiguresOf(state, rule);
      if (rule.credits_max > 0) credits = std::min(credits, rule.credits_max - credits_now);
      if (rule.units_max > 0) units = std::min(units, rule.units_max - units_now);
      state = With(state, rule, credits_now + credits, units_now + units);
      index = rule.parent;
    }
    return state;
  }

  static std::optional<std::uint64_t> Close(std::uint64_t state, const Rule& rule) {
    const auto [credits, units] = FiguresOf(state, rule);
    if (credits < rule.credits_min || units < rule.units_min) return std::nullopt;
    return With(state, rule, 0, 0);
  }

  void CountUses(const Combination& rule) {
    for (const std::string& number : rule.units) {
      if (++uses_[number] == 2) bits_.emplace(number, static_cast<int>(bits_.size()));
    }
    for (const Combination& part : rule.parts) CountUses(part);
  }

  // What all units below have, counting repeats.
  std::pair<int, int> TotalOf(const Combination& rule) const {
    std::pair<int, int> total = {0, 0};
    for (const std::string& number : rule.units) {
      if (const Unit* unit = qualification_.FindUnit(number)) {
        total.first += unit->credits;
        ++total.second;
      }
    }
    for (const Combination& part : rule.parts) {
      const auto [credits, units] = TotalOf(part);
      total.first += credits;
      total.second += units;
    }
    return total;
  }

  // `wanted`: more credits than this matter to no rule around it.
  void Add(const Combination& from, int parent, int wanted, std::uint64_t base) {
    const int index = static_cast<int>(rules_.size());
    const auto [credits_all, units_all] = TotalOf(from);
    wanted = std::max(from.credits_min, wanted);
    Rule rule = {.credits_min = from.credits_min,
                 .units_min = from.units_min,
                 .credits_max = from.credits_max,
                 .units_max = from.units_max,
                 .base = base,
                 .parent = parent};
    if (rule.credits_max >= std::min(wanted, credits_all)) rule.credits_max = 0;
    if (rule.units_max >= units_all) rule.units_max = 0;
    rule.credits_bound =
        rule.credits_max > 0 ? rule.credits_max : std::min(rule.credits_min, credits_all);
    rule.units_bound = rule.units_max > 0 ? rule.units_max : std::min(rule.units_min, units_all);
    rules_.push_back(rule);
    const std::uint64_t size = SizeOf(rules_.back());
    if (base > std::numeric_limits<std::uint64_t>::max() / size) {
      fits_ = false;
      return;
    }
    for (const Combination& part : from.parts) {
      Add(part, index, wanted, base * size);
      if (!fits_) return;
    }
    AddUnits(from, index);
    steps_.push_back({.kind = StepKind::kClose, .rule = index});
  }

  // Most credits first, as they are tallied where only a number of units counts. It also makes a
  // set within one rule irreducible: its last unit was needed, so each larger one is too.
  void AddUnits(const Combination& from, int index) {
    std::vector<const Unit*> units;
    for (const std::string& number : from.units) {
      if (const Unit* unit = qualification_.FindUnit(number)) units.push_back(unit);
    }
    std::stable_sort(units.begin(), units.end(), [](const Unit* a, const Unit* b) {
      return std::tie(b->credits, a->number) < std::tie(a->credits, b->number);
    });
    for (const Unit* unit : units) {
      Step step = {.rule = index, .credits = unit->credits};
      if (!achieved_.contains(unit->number)) {
        if (excluded_.contains(unit->number)) continue;
        step.kind = StepKind::kChoose;
        const auto shared = bits_.find(unit->number);
        if (shared != bits_.end()) step.bit = shared->second;
        const auto [it, first] = places_.emplace(unit->number, static_cast<int>(units_.size()));
        step.unit = it->second;
        step.decided = !first;
        if (first) {
          units_.push_back(unit);
          step.hours = unit->guided_learning_hours;
        }
      }
      steps_.push_back(step);
    }
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
  const Plan plan(qualification, achieved, query.excluded);
  return Search(plan, query).Run();
}

}  // namespace assay::approval
