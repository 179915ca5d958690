#include "services/moderation/policies/readers.h"

namespace assay::moderation {

void ReadStandardisation(Members& members, PolicyRules& rules) {
  StandardisationRule& rule = rules.standardisation;
  rule.required = members.Flag("required", rule.required);
  rule.practice_min = members.Whole("practice_min", rule.practice_min);
  rule.scripts = members.Whole("scripts", rule.scripts);
  rule.in_tolerance_min = members.Whole("in_tolerance_min", rule.in_tolerance_min);
  rule.mean_difference_max =
      members.Hundredths("mean_difference_max_percent", rule.mean_difference_max);
  rule.attempts_max = members.Whole("attempts_max", rule.attempts_max);
  rule.seed_share = members.Hundredths("seed_percent", rule.seed_share);
  rule.seed_window = members.Whole("seed_window", rule.seed_window);
  rule.seed_failures_max = members.Whole("seed_failures_max", rule.seed_failures_max);
}

}  // namespace assay::moderation
