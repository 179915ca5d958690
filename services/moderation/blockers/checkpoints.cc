#include "services/moderation/blockers/checkpoints.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace assay::moderation {
namespace {

constexpr absl::Duration kStaleAfter = absl::Hours(14 * 24);

absl::string_view Text(std::string_view text) { return {text.data(), text.size()}; }

// The kinds that a date is about: those due by it, and what can no longer be got in time.
bool Concerns(Term term, const Blocker& blocker, State state) {
  switch (term) {
    case Term::kMarksDue:
      return state == State::kOpen;
    case Term::kSamplesDue:
      return blocker.kind == BlockerKind::kNotDrawn ||
             blocker.kind == BlockerKind::kCohortChanged ||
             blocker.kind == BlockerKind::kNotAllocated;
    case Term::kModerationDue:
      return blocker.kind == BlockerKind::kModeratorMarksOutstanding ||
             blocker.kind == BlockerKind::kNotJudged;
    case Term::kResultsDue:
      return blocker.kind != BlockerKind::kMarksMissing || state == State::kOpen;
    case Term::kRelease:
      return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> Contradictions(const CheckpointRule& rule) {
  std::vector<std::string> problems;
  bool seen[kTerms] = {};
  for (const CheckpointRule::Check& check : rule.checks) {
    const absl::string_view name = Text(NameOf(check.term));
    if (std::exchange(seen[static_cast<int>(check.term)], true)) {
      problems.push_back(absl::StrCat(name, " is there twice"));
    }
    if (check.days_ahead.empty()) problems.push_back(absl::StrCat(name, " has no days"));
    if (check.days_ahead.size() > static_cast<std::size_t>(kChecksMost)) {
      problems.push_back(absl::StrCat(name, " has more than ", kChecksMost, " days"));
    }
    for (std::size_t i = 0; i < check.days_ahead.size(); ++i) {
      const int days = check.days_ahead[i];
      if (std::abs(days) > kDaysMost) {
        problems.push_back(absl::StrCat(name, " has ", days, " days, more than ", kDaysMost));
      }
      if (i > 0 && days >= check.days_ahead[i - 1]) {
        problems.push_back(absl::StrCat(name, " has ", days, " days after ",
                                        check.days_ahead[i - 1], ": they count down"));
      }
    }
  }
  return problems;
}

std::string Checkpoint::Id() const {
  const absl::string_view id = Text(IdOf(term));
  if (days_ahead == 0) return absl::StrCat(id, "-on-the-day");
  const int days = std::abs(days_ahead);
  return absl::StrCat(id, "-", days, days == 1 ? "-day" : "-days",
                      days_ahead > 0 ? "-ahead" : "-overdue");
}

std::vector<Checkpoint> PlanOf(const TermDates& dates, const CheckpointRule& rule) {
  std::vector<Checkpoint> plan;
  for (const CheckpointRule::Check& check : rule.checks) {
    const std::optional<absl::Time>& due = dates[check.term];
    if (!due.has_value()) continue;
    const absl::CivilDay day = absl::ToCivilDay(*due, absl::UTCTimeZone());
    for (int days : check.days_ahead) {
      plan.push_back({check.term, days, *due, absl::FromCivil(day - days, absl::UTCTimeZone())});
    }
  }
  std::sort(plan.begin(), plan.end(), [](const Checkpoint& a, const Checkpoint& b) {
    return a.at != b.at ? a.at < b.at : a.term < b.term;
  });
  return plan;
}

std::vector<Checkpoint> DueAt(std::span<const Checkpoint> plan, absl::Time now) {
  std::vector<Checkpoint> due;
  for (Term term : kAllTerms) {
    const Checkpoint* latest = nullptr;
    bool last = true;  // No further one of this date comes.
    for (const Checkpoint& checkpoint : plan) {
      if (checkpoint.term != term) continue;
      if (checkpoint.at <= now) {
        latest = &checkpoint;
      } else {
        last = false;
      }
    }
    if (latest == nullptr || (last && latest->at + kStaleAfter <= now)) continue;
    due.push_back(*latest);
  }
  return due;
}

std::optional<absl::Time> NextAfter(std::span<const Checkpoint> plan, absl::Time now) {
  for (const Checkpoint& checkpoint : plan) {
    if (checkpoint.at > now) return checkpoint.at;
  }
  return std::nullopt;
}

std::optional<Want> WantOf(Term term, const SubmissionFacts& facts) {
  std::optional<Want> want;
  for (Blocker& blocker : BlockersOf(facts, absl::InfinitePast())) {
    if (!Concerns(term, blocker, facts.state)) continue;
    if (!want.has_value()) {
      want =
          Want{blocker.party, std::move(blocker.message), std::move(blocker.action), blocker.count};
    } else {
      absl::StrAppend(&want->message, " ", blocker.message);
      absl::StrAppend(&want->action, " ", blocker.action);
      want->count = std::max(want->count, blocker.count);
    }
  }
  return want;
}

}  // namespace assay::moderation
