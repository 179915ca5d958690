#include "services/moderation/review/rule.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace assay::moderation {
namespace {

constexpr std::int64_t kDaysMax = 3660;
constexpr std::int64_t kPanelMax = 20;
constexpr std::int64_t kSeniorityMax = 100;

// Validated with the rule; UTC stands in for what cannot be.
absl::TimeZone ZoneOf(const ReviewRule& rule) {
  absl::TimeZone zone = absl::UTCTimeZone();
  absl::LoadTimeZone(rule.time_zone, &zone);
  return zone;
}

}  // namespace

std::vector<std::string> Contradictions(const ReviewRule& rule) {
  std::vector<std::string> wrong;
  const auto check = [&](const char* name, std::int64_t value, std::int64_t low,
                         std::int64_t high) {
    if (value >= low && value <= high) return;
    wrong.push_back(absl::StrCat(name, " is ", value, ", not ", low, " to ", high));
  };
  check("review_days", rule.review_days, 1, kDaysMax);
  check("appeal_days", rule.appeal_days, 1, kDaysMax);
  check("appeal_days_after_reasons", rule.appeal_days_after_reasons, 1, kDaysMax);
  check("seniority_above", rule.seniority_above, 0, kSeniorityMax);
  check("panel_min", rule.panel_min, 1, kPanelMax);
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(rule.time_zone, &zone)) {
    wrong.push_back(
        absl::StrCat("time_zone is \"", rule.time_zone, "\", which this machine does not know"));
  }
  return wrong;
}

absl::Time WindowEnd(const ReviewRule& rule, absl::Time from, std::int64_t days) {
  const absl::TimeZone zone = ZoneOf(rule);
  return absl::FromCivil(absl::ToCivilDay(from, zone) + days + 1, zone);
}

absl::Time AppealWindowEnd(const ReviewRule& rule, absl::Time outcome, absl::Time reasons) {
  const absl::Time end = WindowEnd(rule, outcome, rule.appeal_days);
  if (reasons == absl::InfinitePast()) return end;
  return std::max(end, WindowEnd(rule, reasons, rule.appeal_days_after_reasons));
}

std::string LastDay(const ReviewRule& rule, absl::Time window_end) {
  return absl::FormatCivilTime(absl::ToCivilDay(window_end, ZoneOf(rule)) - 1);
}

}  // namespace assay::moderation
