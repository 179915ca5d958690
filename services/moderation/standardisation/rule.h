// Whether a moderator marks as the awarding body wants it (MOD-8): on scripts whose mark is
// agreed before anybody moderates, and on such scripts mixed in among the work.
//
// Example:
//   const Attempt attempt = JudgeAttempt(rule, scale, tolerance, marks);
//   if (!attempt.qualified) …  // attempt.why says what was missed.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "services/moderation/model.h"

namespace assay::moderation {

struct StandardisationRule {
  bool required = true;               // Work is only given to those who are qualified.
  std::int64_t practice_min = 0;      // Practice scripts to mark before an attempt.
  std::int64_t scripts = 5;           // Qualification scripts of an attempt.
  std::int64_t in_tolerance_min = 4;  // Of these.
  // How far the mean of own less definitive marks may be from 0, in hundredths of a per cent of
  // the component's maximum.
  std::int64_t mean_difference_max = 300;
  std::int64_t attempts_max = 2;  // Until an officer allows more.
  // Seeds among each hundred drawn candidates, in hundredths of a per cent; 0: none.
  std::int64_t seed_share = 0;
  // More than so many of the last seeds outside tolerance stop allocation.
  std::int64_t seed_window = 5;
  std::int64_t seed_failures_max = 1;
};
std::vector<std::string> Contradictions(const StandardisationRule& rule);

// A script's agreed mark and the moderator's.
struct ScriptMarks {
  std::string script;
  Mark definitive = 0;
  Mark own = 0;
};

struct Attempt {
  bool qualified = false;
  std::int64_t marked = 0;
  std::int64_t inside = 0;
  Mark difference_sum = 0;  // Own less definitive.
  std::string why;          // What was missed, in words; empty if nothing.
};
Attempt JudgeAttempt(const StandardisationRule& rule, const MarkScale& scale, Mark tolerance,
                     std::span<const ScriptMarks> marks);

bool IsInside(Mark tolerance, const ScriptMarks& marks);

// Whether the seeds, the latest first, stop allocation.
bool LeftTolerance(const StandardisationRule& rule, Mark tolerance,
                   std::span<const ScriptMarks> seeds);

}  // namespace assay::moderation
