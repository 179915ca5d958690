#include "services/approval/catalogue/combination.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace assay::approval {
namespace {

// What a unit adds to a rule that counts it.
struct Gain {
  const Unit* unit = nullptr;
  int credits = 0;
};

// What counts of a rule, the best first: so what is left of it by a smaller number of units is
// always its beginning.
struct Tally {
  std::vector<Gain> gains;
  bool complete = true;
};

int SumOf(const std::vector<Gain>& gains) {
  return std::accumulate(gains.begin(), gains.end(), 0,
                         [](int sum, const Gain& gain) { return sum + gain.credits; });
}

// Most credits first, each unit once.
void Order(std::vector<Gain>& gains) {
  std::sort(gains.begin(), gains.end(), [](const Gain& a, const Gain& b) {
    return std::tie(b.credits, a.unit->number) < std::tie(a.credits, b.unit->number);
  });
  std::set<const Unit*> seen;
  std::erase_if(gains, [&](const Gain& gain) { return !seen.insert(gain.unit).second; });
}

// Leaves what the maximums let through. Units beyond a maximum of credits still count as units.
void Limit(const Combination& rule, std::vector<Gain>& gains) {
  if (rule.units_max > 0 && gains.size() > static_cast<std::size_t>(rule.units_max)) {
    gains.resize(static_cast<std::size_t>(rule.units_max));
  }
  if (rule.credits_max == 0) return;
  int left = rule.credits_max;
  for (Gain& gain : gains) {
    gain.credits = std::min(gain.credits, left);
    left -= gain.credits;
  }
}

std::string PlaceOf(const Combination& rule, const std::string& parents) {
  return parents.empty() ? rule.title : parents + " / " + rule.title;
}

// With the rules that are not met, if they are asked for.
struct Unmet {
  const Combination* rule = nullptr;
  Shortfall shortfall;
};

Tally TallyOf(const Qualification& qualification, const Combination& rule,
              const UnitNumbers& achieved, const std::string& parents, Progress* progress,
              std::vector<Unmet>* unmet) {
  const std::string place = PlaceOf(rule, parents);
  std::size_t entry = 0;
  if (progress != nullptr) {
    entry = progress->rules.size();
    progress->rules.push_back({.place = place});
  }
  Tally tally;
  for (const Combination& part : rule.parts) {
    const Tally of_part = TallyOf(qualification, part, achieved, place, progress, unmet);
    tally.gains.insert(tally.gains.end(), of_part.gains.begin(), of_part.gains.end());
    tally.complete &= of_part.complete;
  }
  for (const std::string& number : rule.units) {
    const Unit* unit = qualification.FindUnit(number);
    if (unit != nullptr && achieved.contains(number)) tally.gains.push_back({unit, unit->credits});
  }
  Order(tally.gains);
  const int credits_offered = SumOf(tally.gains);
  const int units_offered = static_cast<int>(tally.gains.size());
  Limit(rule, tally.gains);
  const int credits = SumOf(tally.gains);
  const int units = static_cast<int>(tally.gains.size());
  const int credits_missing = std::max(0, rule.credits_min - credits);
  const int units_missing = std::max(0, rule.units_min - units);
  tally.complete &= credits_missing == 0 && units_missing == 0;
  if (progress == nullptr) return tally;
  if (credits_missing > 0 || units_missing > 0) {
    unmet->push_back({&rule, {place, credits_missing, units_missing, {}}});
  }
  progress->rules[entry] = {.place = place,
                            .met = tally.complete,
                            .credits = credits,
                            .units = units,
                            .credits_over = credits_offered - credits,
                            .units_over = units_offered - units};
  return tally;
}

void CollectUnits(const Combination& rule, UnitNumbers& numbers) {
  numbers.insert(rule.units.begin(), rule.units.end());
  for (const Combination& part : rule.parts) CollectUnits(part, numbers);
}

// Units that the qualification has, that the rule names and that are not in `achieved`.
std::vector<const Unit*> Remaining(const Qualification& qualification, const Combination& rule,
                                   const UnitNumbers& achieved) {
  UnitNumbers named;
  CollectUnits(rule, named);
  std::vector<const Unit*> units;
  for (const std::string& number : named) {
    const Unit* unit = qualification.FindUnit(number);
    if (unit != nullptr && !achieved.contains(number)) units.push_back(unit);
  }
  return units;
}

// Units that would raise what counts for `rule`.
std::vector<std::string> ChooseFrom(const Qualification& qualification, const UnitNumbers& achieved,
                                    const Combination& rule) {
  const auto figures = [&](const UnitNumbers& units) {
    const Tally tally = TallyOf(qualification, rule, units, "", nullptr, nullptr);
    return std::pair(SumOf(tally.gains), tally.gains.size());
  };
  std::vector<std::string> numbers;
  const auto now = figures(achieved);
  for (const Unit* unit : Remaining(qualification, rule, achieved)) {
    UnitNumbers with = achieved;
    with.insert(unit->number);
    const auto then = figures(with);
    if (then.first > now.first || then.second > now.second) numbers.push_back(unit->number);
  }
  return numbers;
}

// Of an entry without units nothing can be completed, whatever was achieved (QUAL-7).
Progress OfBareEntry(const Qualification& qualification) {
  const std::string place =
      qualification.number + " is known by its number and title only (QUAL-7)";
  Progress progress;
  progress.shortfalls.push_back({.place = place, .units_missing = 1});
  progress.rules.push_back({.place = place});
  return progress;
}

}  // namespace

Progress Evaluate(const Qualification& qualification, const UnitNumbers& achieved) {
  if (qualification.bare) return OfBareEntry(qualification);
  Progress progress;
  std::vector<Unmet> unmet;
  const Tally tally =
      TallyOf(qualification, qualification.combination, achieved, "", &progress, &unmet);
  progress.complete = tally.complete;
  progress.credits = SumOf(tally.gains);
  progress.units = static_cast<int>(tally.gains.size());
  for (Unmet& rule : unmet) {
    rule.shortfall.choose_from = ChooseFrom(qualification, achieved, *rule.rule);
    progress.shortfalls.push_back(std::move(rule.shortfall));
  }
  return progress;
}

}  // namespace assay::approval
