// What a learner has of a qualification's rule of combination, and what is missing
// (QUAL-3).
//
// A rule counts units: its own that are achieved, and those that its parts count, each once; where
// it has a maximum of units, the choice of so many that makes the most credits; where it has a
// maximum of credits, so many of theirs. So one more unit never makes a rule less met, and a rule
// can be met at all if and only if all units together meet it.
//
// A unit in several rules of which one has a maximum could count here or there, and is not weighed
// exactly; checks.h finds such rules, and they are refused.
//
// Example:
//   Progress progress = Evaluate(qualification, {"304", "305", "316"});
//   for (const Shortfall& s : progress.shortfalls) …   // "Mandatory: 1 credit missing, from 306"
#pragma once
#include <cstdint>
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

// How one rule stands, met or not.
struct RuleTally {
  std::string place;     // As of a Shortfall.
  bool met = false;      // With all rules inside it.
  int credits = 0;       // That count.
  int units = 0;         // That count.
  int credits_over = 0;  // Achieved here, but above the maximum.
  int units_over = 0;
};

struct Progress {
  bool complete = false;
  int credits = 0;  // That count.
  int units = 0;    // That count.
  std::vector<Shortfall> shortfalls;
  std::vector<RuleTally> rules;  // Each after its parent.
};

// Units that the rule does not name, or that the qualification lacks, count nothing.
Progress Evaluate(const Qualification& qualification, const UnitNumbers& achieved);

enum class CompletionOrder { kCredits, kHours };

// What is asked of a search. The limits bound its time for large catalogues: a step is one unit
// looked at, or one way of standing within the rule.
struct CompletionQuery {
  int results_max = 100;
  int steps_max = 400'000;
  int skip = 0;  // The best so many are left out: the pages before.
  CompletionOrder order = CompletionOrder::kCredits;
  UnitNumbers excluded;  // Units that the learner will not take.
};

struct Completions {
  // Sets of further units, sorted, none of which can be left out; fewest credits first, then fewest
  // hours (or the other way round), then in an order that stays the same.
  std::vector<std::vector<std::string>> sets;
  bool all = true;  // False if a limit ended the search: there may be more.
  // False if the rule has more ways of standing than the limits allow to look at: nothing is known.
  bool searched = true;
  // No more than this many exist; exact if it equals the number found. Saturates.
  std::int64_t at_most = 0;
};

// The best ways to complete the rule from `achieved`.
//
// Every way of standing within the rule is worked out once, with the cheapest way on from it; so
// sets come out best first, and the time grows with the number asked for, not with the number
// that exist.
Completions FindCompletions(const Qualification& qualification, const UnitNumbers& achieved,
                            const CompletionQuery& query = {});

}  // namespace assay::approval
