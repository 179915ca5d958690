// Days on which a series is looked through for what is missing: so many days ahead of each of its
// dates, on the day, and after it (MOD-16, NOT-3).
//
// Example:
//   const std::vector<Checkpoint> plan = PlanOf(dates, rule);
//   for (const Checkpoint& due : DueAt(plan, now)) …   // at most one a date
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/moderation/blockers/blockers.h"
#include "services/moderation/blockers/terms.h"

namespace assay::moderation {

// The policy: for each date, how many days ahead of it who is missing what is looked for; below
// zero are days after it, when the quality team hears of it too.
struct CheckpointRule {
  struct Check {
    Term term = Term::kMarksDue;
    std::vector<int> days_ahead;
  };
  std::vector<Check> checks;
};
inline constexpr int kDaysMost = 366;
inline constexpr int kChecksMost = 20;  // Of one date.
// What is wrong with the rule, one sentence each.
std::vector<std::string> Contradictions(const CheckpointRule& rule);

struct Checkpoint {
  Term term = Term::kMarksDue;
  int days_ahead = 0;
  absl::Time due;  // The date itself.
  absl::Time at;   // From when it is looked for: a midnight, UTC.

  // "marks-due-7-days-ahead", "marks-due-on-the-day", "marks-due-1-day-overdue"
  std::string Id() const;
};

// In the order of time.
std::vector<Checkpoint> PlanOf(const TermDates& dates, const CheckpointRule& rule);

// What should be looked for now: of each date the latest checkpoint that has come, unless it is
// older than two weeks. Earlier ones that nobody ran are past: a notice "28 days ahead" helps
// nobody six days before.
std::vector<Checkpoint> DueAt(std::span<const Checkpoint> plan, absl::Time now);

// When the next one comes, if one does.
std::optional<absl::Time> NextAfter(std::span<const Checkpoint> plan, absl::Time now);

// What a submission misses on the way to a date.
struct Want {
  Party party = Party::kQuality;
  std::string message;
  std::string action;
  std::int64_t count = 0;
};
std::optional<Want> WantOf(Term term, const SubmissionFacts& facts);

}  // namespace assay::moderation
