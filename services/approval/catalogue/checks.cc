#include "services/approval/catalogue/checks.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/approval/catalogue/combination.h"

namespace assay::approval {
namespace {

// Longer than anybody learns.
constexpr int kMonthsMax = 1200;

bool IsOneOf(std::span<const std::string_view> kinds, std::string_view kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

class Checker {
 public:
  explicit Checker(const Qualification& qualification) : q_(qualification) {}

  std::vector<Finding> Run() {
    if (q_.bare) {
      Found(
          "ENTRY_BARE", "qualification",
          "only number, title and level are known: it can be named for a fast track (QUAL-7), and "
          "nothing can be awarded on it");
      return std::move(findings_);
    }
    CheckHours();
    CheckRegistration();
    CheckNumbers();
    CheckSectors();
    for (const Unit& unit : q_.units) {
      CheckTitles(unit);
      CheckOutcomes(unit);
      CheckSums(unit);
      CheckShares(unit);
    }
    CheckRule(q_.combination, "");
    CheckReferences();
    CheckShared(q_.combination, "");
    CheckSatisfiable();
    CheckSearch();
    return std::move(findings_);
  }

 private:
  void Found(std::string kind, std::string place, std::string message) {
    findings_.push_back({std::move(kind), std::move(place), std::move(message)});
  }

  void CheckHours() {
    if (q_.guided_learning_hours > q_.total_qualification_time) {
      Found("GLH_ABOVE_TQT", "qualification",
            absl::StrCat(q_.guided_learning_hours, " guided learning hours are more than the ",
                         q_.total_qualification_time, " hours of total qualification time"));
    }
  }

  // Whether an employer is relevant could never be told (EI-3).
  void CheckSectors() {
    if (!q_.employer_involvement || !q_.sectors.empty()) return;
    Found("SECTORS_MISSING", "qualification",
          "employer involvement is asked for and no sector subject area is stated, so that no "
          "employer counts (EI-3)");
  }

  void CheckRegistration() {
    if (q_.registration_months <= kMonthsMax) return;
    Found("REGISTRATION_MONTHS_TOO_MANY", "qualification",
          absl::StrCat("a registration may last ", q_.registration_months,
                       " months; the most that can be meant is ", kMonthsMax));
  }

  void CheckNumbers() {
    std::set<std::string> seen;
    for (const Unit& unit : q_.units) {
      if (!seen.insert(unit.number).second) {
        Found("UNIT_REPEATED", "unit " + unit.number, "the number is given to two units");
      }
      if (unit.level > q_.level) {
        Found("LEVEL_ABOVE_QUALIFICATION", "unit " + unit.number,
              absl::StrCat("level ", unit.level, " is above the qualification's level ", q_.level));
      }
    }
  }

  void CheckTitles(const Unit& unit) {
    for (const OtherTitle& other : unit.other_titles) {
      if (other.title == unit.title) continue;
      Found("TITLE_DIFFERS", absl::StrCat("unit ", unit.number, ", ", other.place),
            absl::StrCat("titled \"", other.title, "\" there and \"", unit.title, "\" elsewhere"));
    }
  }

  static std::string PlaceOf(const Unit& unit, const Outcome& outcome) {
    return absl::StrCat("unit ", unit.number, ", outcome ", outcome.number);
  }

  void CheckOutcomes(const Unit& unit) {
    std::map<std::string, int> first;
    int expected = 1;
    for (const Outcome& outcome : unit.outcomes) {
      if (outcome.number != expected) {
        Found("OUTCOMES_MISNUMBERED", PlaceOf(unit, outcome),
              absl::StrCat("stands where outcome ", expected, " should"));
      }
      expected = outcome.number + 1;
      const auto [it, added] = first.emplace(outcome.title, outcome.number);
      if (!added) {
        Found("OUTCOME_TITLE_REPEATED", PlaceOf(unit, outcome),
              absl::StrCat("has the same title as outcome ", it->second));
      }
    }
  }

  void CheckSums(const Unit& unit) {
    int marks = 0;
    int percentages = 0;
    for (const Outcome& outcome : unit.outcomes) {
      marks += outcome.marks;
      percentages += outcome.percentage;
    }
    const std::string place = "unit " + unit.number;
    if (marks != unit.mark_total) {
      Found("MARKS_DO_NOT_SUM", place,
            absl::StrCat("the outcomes have ", marks, " marks, the stated total is ",
                         unit.mark_total));
    }
    if (percentages != unit.percentage_total) {
      Found("PERCENTAGES_DO_NOT_SUM", place,
            absl::StrCat("the outcomes have ", percentages, " %, the stated total is ",
                         unit.percentage_total, " %"));
    }
  }

  void CheckShares(const Unit& unit) {
    if (unit.mark_total <= 0) return;
    for (const Outcome& outcome : unit.outcomes) {
      // In whole numbers: |percentage - 100 marks / total| >= 1.
      const int off = std::abs(outcome.percentage * unit.mark_total - 100 * outcome.marks);
      if (off < unit.mark_total) continue;
      Found("PERCENTAGE_DIFFERS_FROM_MARKS", PlaceOf(unit, outcome),
            absl::StrFormat("%d of %d marks are %.1f %%, stated are %d %%", outcome.marks,
                            unit.mark_total, 100.0 * outcome.marks / unit.mark_total,
                            outcome.percentage));
    }
  }

  void CheckRule(const Combination& rule, const std::string& parents) {
    const std::string place = parents.empty() ? rule.title : parents + " / " + rule.title;
    if (rule.credits_max > 0 && rule.credits_min > rule.credits_max) {
      Found("COMBINATION_LIMITS_CROSSED", place,
            absl::StrCat("at least ", rule.credits_min, " and at most ", rule.credits_max,
                         " credits"));
    }
    if (rule.units_max > 0 && rule.units_min > rule.units_max) {
      Found("COMBINATION_LIMITS_CROSSED", place,
            absl::StrCat("at least ", rule.units_min, " and at most ", rule.units_max, " units"));
    }
    for (const std::string& number : rule.units) {
      if (q_.FindUnit(number) == nullptr) {
        Found("UNIT_UNKNOWN", place,
              absl::StrCat("names unit ", number, ", which the qualification does not have"));
      }
      rules_of_[number].push_back(place);
    }
    std::set<std::string> titles;
    for (const Combination& part : rule.parts) {
      CheckRule(part, place);
      if (titles.insert(part.title).second) continue;
      Found("RULE_TITLE_REPEATED", place + " / " + part.title,
            "another part of the same rule has this title, so nobody can say which is meant");
    }
  }

  // Units below a rule, and whether a maximum could cut them off before they come to it.
  std::map<std::string, bool> CheckShared(const Combination& rule, const std::string& parents) {
    const std::string place = parents.empty() ? rule.title : parents + " / " + rule.title;
    std::map<std::string, bool> below;
    for (const std::string& number : rule.units) below.emplace(number, false);
    for (const Combination& part : rule.parts) {
      const bool limits = part.credits_max > 0 || part.units_max > 0;
      for (const auto& [number, limited] : CheckShared(part, place)) {
        const auto [it, added] = below.emplace(number, limited || limits);
        if (added) continue;
        it->second |= limited || limits;
        if (!it->second) continue;
        Found("COMBINATION_TOO_COMPLEX", place,
              absl::StrCat("unit ", number,
                           " stands in several rules of which one has a maximum, so whether it "
                           "counts here or there depends on what else was achieved"));
      }
    }
    return below;
  }

  void CheckReferences() {
    for (const Unit& unit : q_.units) {
      const auto it = rules_of_.find(unit.number);
      if (it == rules_of_.end()) {
        Found("UNIT_NOT_IN_COMBINATION", "unit " + unit.number, "no rule counts it");
      } else if (it->second.size() > 1) {
        Found("UNIT_IN_SEVERAL_RULES", "unit " + unit.number,
              absl::StrCat("counts in ", it->second[0], " and in ", it->second[1]));
      }
    }
  }

  void CheckSatisfiable() {
    UnitNumbers all;
    for (const Unit& unit : q_.units) all.insert(unit.number);
    for (const Shortfall& shortfall : Evaluate(q_, all).shortfalls) {
      Found("COMBINATION_UNSATISFIABLE", shortfall.place,
            absl::StrCat("with every unit achieved ",
                         shortfall.credits_missing > 0
                             ? absl::StrCat(shortfall.credits_missing, " credits")
                             : absl::StrCat(shortfall.units_missing, " units"),
                         " are still missing"));
    }
  }

  void CheckSearch() {
    if (FindCompletions(q_, {}, {.results_max = 1}).searched) return;
    Found("COMBINATION_TOO_COMPLEX", q_.combination.title,
          "there are more ways of standing within the rule than can be looked at for what remains; "
          "fewer or smaller maximums and minimums in it would help");
  }

  const Qualification& q_;
  std::vector<Finding> findings_;
  std::map<std::string, std::vector<std::string>> rules_of_;
};

}  // namespace

std::string_view RuleOf(const Finding& finding) {
  constexpr std::string_view kOfCombination[] = {
      "UNIT_UNKNOWN",           "UNIT_NOT_IN_COMBINATION",    "UNIT_IN_SEVERAL_RULES",
      "RULE_TITLE_REPEATED",    "COMBINATION_LIMITS_CROSSED", "COMBINATION_UNSATISFIABLE",
      "COMBINATION_TOO_COMPLEX"};
  return IsOneOf(kOfCombination, finding.kind) ? "QUAL-3" : "QUAL-4";
}

bool IsRefusing(const Finding& finding) {
  constexpr std::string_view kRefusing[] = {"UNIT_UNKNOWN",
                                            "UNIT_REPEATED",
                                            "RULE_TITLE_REPEATED",
                                            "COMBINATION_LIMITS_CROSSED",
                                            "COMBINATION_TOO_COMPLEX",
                                            "COMBINATION_UNSATISFIABLE",
                                            "REGISTRATION_MONTHS_TOO_MANY"};
  return IsOneOf(kRefusing, finding.kind);
}

std::vector<Finding> CheckQualification(const Qualification& qualification) {
  return Checker(qualification).Run();
}

}  // namespace assay::approval
