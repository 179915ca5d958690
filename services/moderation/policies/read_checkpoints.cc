#include <algorithm>
#include <cstdint>

#include "services/moderation/policies/readers.h"

namespace assay::moderation {

void ReadCheckpoints(Members& members, PolicyRules& rules) {
  members.EachObject("checks", [&](Members& check) {
    CheckpointRule::Check& read = rules.checkpoints.checks.emplace_back();
    if (!check.Has("term")) check.Wrong("term", "is missing");
    read.term = check.OneOf<Term>("term",
                                  {{NameOf(Term::kMarksDue), Term::kMarksDue},
                                   {NameOf(Term::kSamplesDue), Term::kSamplesDue},
                                   {NameOf(Term::kModerationDue), Term::kModerationDue},
                                   {NameOf(Term::kResultsDue), Term::kResultsDue},
                                   {NameOf(Term::kRelease), Term::kRelease}},
                                  Term::kMarksDue);
    // Days of a calendar: beyond a year either side none is meant, and Contradictions says so.
    const auto day = [](std::int64_t days) {
      return static_cast<int>(std::clamp<std::int64_t>(days, -kDaysMost - 1, kDaysMost + 1));
    };
    for (const std::int64_t days : check.Wholes("days_ahead")) {
      if (days < 0) check.Wrong("days_ahead", "are below zero: days_overdue are those after it");
      read.days_ahead.push_back(day(days));
    }
    for (const std::int64_t days : check.Wholes("days_overdue")) {
      if (days < 1) check.Wrong("days_overdue", "are not 1 or above");
      read.days_ahead.push_back(-day(days));
    }
  });
}

}  // namespace assay::moderation
