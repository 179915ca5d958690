#include "services/moderation/policies/readers.h"

namespace assay::moderation {

void ReadTolerance(Members& members, PolicyRules& rules) {
  ToleranceRule& rule = rules.tolerance;
  const bool fixed = members.Has("fixed");
  if (fixed == members.Has("share_percent")) {
    members.Wrong("fixed", "and share_percent: one of the two must be given, and only one");
  }
  rule.kind = fixed ? ToleranceRule::Kind::kFixed : ToleranceRule::Kind::kShareOfMaximum;
  rule.fixed = members.Hundredths("fixed", rule.fixed);
  rule.share_basis_points = members.Hundredths("share_percent", rule.share_basis_points);
  rule.floor = members.Hundredths("floor", rule.floor);
  rule.step = members.Hundredths("step", rule.step);
  rule.rounding = members.OneOf<Rounding>(
      "rounding",
      {{"half up", Rounding::kHalfUp}, {"down", Rounding::kDown}, {"up", Rounding::kUp}},
      Rounding::kHalfUp);
  rule.sub_sample = members.Whole("sub_sample", rule.sub_sample);
}

}  // namespace assay::moderation
