// When a centre may ask for a review of moderation or appeal, and who may take it (MOD-13): the
// rule of a policy of kind `review`, and the windows that follow from it.
//
// Windows count calendar days in the awarding body's own zone: the day of the outcome is day 0,
// and the last day counts to its midnight there, whatever clock the centre has.
//
// Example:
//   const absl::Time end = WindowEnd(rule, release_time, rule.review_days);
//   if (now >= end) …                                             // too late
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace assay::moderation {

struct ReviewRule {
  std::int64_t review_days = 35;
  std::int64_t appeal_days = 30;                // Of the outcome of a review …
  std::int64_t appeal_days_after_reasons = 15;  // … or of its reasons, whichever ends later.
  std::string time_zone = "Europe/London";
  bool marks_may_fall = false;       // In that series.
  std::int64_t seniority_above = 1;  // How far above the moderator a reviewer is.
  std::int64_t panel_min = 2;        // Who hear an appeal.
};

// One sentence each; a zone that this machine does not know is one.
std::vector<std::string> Contradictions(const ReviewRule& rule);

// The first moment after the last of `days` calendar days since `from`.
absl::Time WindowEnd(const ReviewRule& rule, absl::Time from, std::int64_t days);

// Until when an outcome can be appealed; `reasons`: when its reasons were given, or InfinitePast.
absl::Time AppealWindowEnd(const ReviewRule& rule, absl::Time outcome, absl::Time reasons);

// The last day of a window, as people say it: "2026-09-17".
std::string LastDay(const ReviewRule& rule, absl::Time window_end);

}  // namespace assay::moderation
