// What a learner has of a qualification's rule of combination, and what is missing
// (QUAL-3).
//
// More units never make a rule less met, because what exceeds a maximum is merely not
// counted. So a rule can be met at all if and only if all units together meet it.
//
// Example:
//   Progress progress = Evaluate(qualification, {"304", "305", "316"});
//   for (const Shortfall& s : progress.shortfalls) …   // "Mandatory: 1 credit missing, from 306"
#pragma once
#include <set>
#include <string>
#include <vector>

#include "services/approval/catalogue/qualification.h"

namespace assay::approval {

using UnitNumbers = std::set<std::string, std::less<>>;

// What one rule still needs.
struct Shortfall {
  std::string place;  // The rule's title; nested ones after their parents: "A / B".
  int credits_missing = 0;
  int units_missing = 0;
  std::vector<std::string> choose_from;  // Units that would still count here.
};

struct Progress {
  bool complete = false;
  int credits = 0;  // That count.
  int units = 0;    // That count.
  std::vector<Shortfall> shortfalls;
};

// Units that the rule does not name, or that the qualification lacks, count nothing.
Progress Evaluate(const Qualification& qualification, const UnitNumbers& achieved);

struct CompletionLimits {
  int results_max = 100;
  int steps_max = 200'000;  // Bounds the time for large catalogues.
};

struct Completions {
  // Sets of further units, none of which can be left out; fewest credits first, then
  // fewest hours, then by number.
  std::vector<std::vector<std::string>> sets;
  bool all = true;  // False if a limit ended the search.
};

// Every way to complete the rule from `achieved`.
Completions FindCompletions(const Qualification& qualification, const UnitNumbers& achieved,
                            CompletionLimits limits = {});

}  // namespace assay::approval
