#include "services/approval/catalogue/combination.h"

#include <algorithm>

namespace assay::approval {
namespace {

struct Tally {
  int credits = 0;
  int units = 0;
  bool complete = true;
};

int CappedAt(int value, int max) { return max > 0 ? std::min(value, max) : value; }

// Units of `rule` itself (not of its parts) that are achieved, most credits first:
// where a maximum number of units counts, it is the learner's best.
std::vector<int> AchievedCredits(const Qualification& qualification, const Combination& rule,
                                 const UnitNumbers& achieved) {
  std::vector<int> credits;
  for (const std::string& number : rule.units) {
    const Unit* unit = qualification.FindUnit(number);
    if (unit != nullptr && achieved.contains(number)) credits.push_back(unit->credits);
  }
  std::sort(credits.rbegin(), credits.rend());
  return credits;
}

Tally TallyOf(const Qualification& qualification, const Combination& rule,
              const UnitNumbers& achieved, const std::string& parents, Progress* progress) {
  const std::string place = parents.empty() ? rule.title : parents + " / " + rule.title;
  std::size_t entry = 0;
  if (progress != nullptr) {
    entry = progress->rules.size();
    progress->rules.push_back({.place = place});
  }
  Tally tally;
  for (const Combination& part : rule.parts) {
    const Tally of_part = TallyOf(qualification, part, achieved, place, progress);
    tally.credits += of_part.credits;
    tally.units += of_part.units;
    tally.complete &= of_part.complete;
  }
  RuleTally over;
  for (const int credits : AchievedCredits(qualification, rule, achieved)) {
    if (rule.units_max > 0 && tally.units >= rule.units_max) {
      over.credits_over += credits;
      ++over.units_over;
      continue;
    }
    tally.credits += credits;
    ++tally.units;
  }
  over.credits_over += tally.credits - CappedAt(tally.credits, rule.credits_max);
  over.units_over += tally.units - CappedAt(tally.units, rule.units_max);
  tally.credits = CappedAt(tally.credits, rule.credits_max);
  tally.units = CappedAt(tally.units, rule.units_max);
  const int credits_missing = std::max(0, rule.credits_min - tally.credits);
  const int units_missing = std::max(0, rule.units_min - tally.units);
  tally.complete &= credits_missing == 0 && units_missing == 0;
  if (progress != nullptr && (credits_missing > 0 || units_missing > 0)) {
    progress->shortfalls.push_back({place, credits_missing, units_missing, {}});
  }
  if (progress != nullptr) {
    over.place = place;
    over.met = tally.complete;
    over.credits = tally.credits;
    over.units = tally.units;
    progress->rules[entry] = std::move(over);
  }
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

const Combination* FindRule(const Combination& rule, const std::string& parents,
                            const std::string& place) {
  const std::string here = parents.empty() ? rule.title : parents + " / " + rule.title;
  if (here == place) return &rule;
  for (const Combination& part : rule.parts) {
    if (const Combination* found = FindRule(part, here, place)) return found;
  }
  return nullptr;
}

// Units of the rule at `shortfall.place` that would raise what counts there.
std::vector<std::string> ChooseFrom(const Qualification& qualification, const UnitNumbers& achieved,
                                    const Shortfall& shortfall) {
  std::vector<std::string> numbers;
  const Combination* rule = FindRule(qualification.combination, "", shortfall.place);
  if (rule == nullptr) return numbers;
  const Tally now = TallyOf(qualification, *rule, achieved, "", nullptr);
  for (const Unit* unit : Remaining(qualification, *rule, achieved)) {
    UnitNumbers with = achieved;
    with.insert(unit->number);
    const Tally then = TallyOf(qualification, *rule, with, "", nullptr);
    if (then.credits > now.credits || then.units > now.units) numbers.push_back(unit->number);
  }
  return numbers;
}

}  // namespace

Progress Evaluate(const Qualification& qualification, const UnitNumbers& achieved) {
  Progress progress;
  const Tally tally = TallyOf(qualification, qualification.combination, achieved, "", &progress);
  progress.complete = tally.complete;
  progress.credits = tally.credits;
  progress.units = tally.units;
  for (Shortfall& shortfall : progress.shortfalls) {
    shortfall.choose_from = ChooseFrom(qualification, achieved, shortfall);
  }
  return progress;
}

}  // namespace assay::approval
