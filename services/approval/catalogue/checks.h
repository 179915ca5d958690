// Finds what contradicts itself in a published qualification (QUAL-4).
//
// Everything is found, not the first; nothing is repaired. Kinds:
//   MARKS_DO_NOT_SUM               outcome marks against the stated total
//   PERCENTAGES_DO_NOT_SUM         outcome percentages against the stated total
//   PERCENTAGE_DIFFERS_FROM_MARKS  by a whole point or more, so neither rounding up
//                                  nor down explains it
//   OUTCOMES_MISNUMBERED           not 1, 2, 3 …
//   OUTCOME_TITLE_REPEATED         two outcomes of a unit under one title
//   TITLE_DIFFERS                  one unit under two titles
//   UNIT_REPEATED                  one number twice
//   UNIT_UNKNOWN                   the rule of combination names it, no unit has it
//   UNIT_NOT_IN_COMBINATION        no rule counts it
//   UNIT_IN_SEVERAL_RULES          it would count more than once
//   RULE_TITLE_REPEATED            two parts of a rule under one title: a place would mean either
//   COMBINATION_LIMITS_CROSSED     a minimum above its maximum
//   COMBINATION_UNSATISFIABLE      all units together do not meet the rule
//   COMBINATION_TOO_COMPLEX        it cannot be counted exactly: a unit stands in several rules of
//                                  which one has a maximum, or there are more ways of standing
//                                  within the rule than a search may look at
//   GLH_ABOVE_TQT                  guided hours above the total time
//   LEVEL_ABOVE_QUALIFICATION      a unit above the level of its qualification
//   SECTORS_MISSING                employer involvement, and no sector of it (EI-3)
//   REGISTRATION_MONTHS_TOO_MANY   above a hundred years
//   ENTRY_BARE                     only number, title and level are known (QUAL-7)
#pragma once
#include <string_view>
#include <vector>

#include "services/approval/catalogue/qualification.h"

namespace assay::approval {

// The rule that a finding offends: "QUAL-3" if it is about the rule of combination, else "QUAL-4".
std::string_view RuleOf(const Finding& finding);

// True if an entry with this finding cannot be used at all: its rule of combination means nothing,
// or nobody can ever meet it. Such an entry is refused, whoever brings it.
bool IsRefusing(const Finding& finding);

// In the order of the publication: the qualification, its units, its rule.
std::vector<Finding> CheckQualification(const Qualification& qualification);

}  // namespace assay::approval
