#include "services/moderation/policies/readers.h"

namespace assay::moderation {

void ReadReview(Members& members, PolicyRules& rules) {
  ReviewRule& rule = rules.review;
  rule.review_days = members.Whole("review_days", rule.review_days);
  rule.appeal_days = members.Whole("appeal_days", rule.appeal_days);
  rule.appeal_days_after_reasons =
      members.Whole("appeal_days_after_reasons", rule.appeal_days_after_reasons);
  rule.time_zone = members.Text("time_zone");
  rule.marks_may_fall = members.Flag("marks_may_fall", rule.marks_may_fall);
  rule.seniority_above = members.Whole("seniority_above", rule.seniority_above);
  rule.panel_min = members.Whole("panel_min", rule.panel_min);
}

}  // namespace assay::moderation
