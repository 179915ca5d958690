#include "services/moderation/policies/readers.h"

namespace assay::moderation {

void ReadAllocation(Members& members, PolicyRules& rules) {
  AllocationRule& rule = rules.allocation;
  members.Object("conflict_years", [&](Members& years) {
    rule.employment_years = years.Whole("employment", rule.employment_years);
    rule.relation_years = years.Whole("relation", rule.relation_years);
    rule.support_years = years.Whole("support", rule.support_years);
  });
  rule.prefer_same = members.Flag("prefer_same_moderator", rule.prefer_same);
  rule.series_in_a_row_max = members.Whole("series_in_a_row_max", rule.series_in_a_row_max);
  using Measure = AllocationRule::Measure;
  rule.measure = members.OneOf<Measure>(
      "load", {{"scripts", Measure::kScripts}, {"submissions", Measure::kSubmissions}},
      rule.measure);
  using Balance = AllocationRule::Balance;
  rule.balance = members.OneOf<Balance>(
      "balance", {{"equal", Balance::kEqual}, {"by capacity", Balance::kByCapacity}}, rule.balance);
  rule.competence_needed = members.Flag("competence_needed", rule.competence_needed);
  rule.standardisation_needed = members.Flag("standardisation_needed", rule.standardisation_needed);
  members.EachObject("seniority", [&](Members& step) {
    rule.seniority.push_back({.candidates_from = step.Whole("candidates_from", 0),
                              .seniority = step.Whole("seniority", 0)});
  });
}

}  // namespace assay::moderation
