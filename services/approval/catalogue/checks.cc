#include "services/approval/catalogue/checks.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/approval/catalogue/combination.h"

namespace assay::approval {
namespace {

class Checker {
 public:
  explicit Checker(const Qualification& qualification) : q_(qualification) {}

  std::vector<Finding> Run() {
    CheckHours();
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
    CheckSatisfiable();
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
    for (const Combination& part : rule.parts) CheckRule(part, place);
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
    // Where only a number of units counts, a unit too many may take the place of a better one: so
    // all of them together may fail where some do not.
    if (!FindCompletions(q_, {}, {.results_max = 1}).sets.empty()) return;
    for (const Shortfall& shortfall : Evaluate(q_, all).shortfalls) {
      Found("COMBINATION_UNSATISFIABLE", shortfall.place,
            absl::StrCat("with every unit achieved ",
                         shortfall.credits_missing > 0
                             ? absl::StrCat(shortfall.credits_missing, " credits")
                             : absl::StrCat(shortfall.units_missing, " units"),
                         " are still missing"));
    }
  }

  const Qualification& q_;
  std::vector<Finding> findings_;
  std::map<std::string, std::vector<std::string>> rules_of_;
};

}  // namespace

std::string_view RuleOf(const Finding& finding) {
  constexpr std::string_view kOfCombination[] = {
      "UNIT_UNKNOWN", "UNIT_NOT_IN_COMBINATION", "UNIT_IN_SEVERAL_RULES",
      "COMBINATION_LIMITS_CROSSED", "COMBINATION_UNSATISFIABLE"};
  const bool of_combination = std::find(std::begin(kOfCombination), std::end(kOfCombination),
                                        finding.kind) != std::end(kOfCombination);
  return of_combination ? "QUAL-3" : "QUAL-4";
}

std::vector<Finding> CheckQualification(const Qualification& qualification) {
  return Checker(qualification).Run();
}

}  // namespace assay::approval
