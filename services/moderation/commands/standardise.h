// Standardisation (MOD-8): moderators qualify for a component on scripts whose mark is agreed,
// and scripts mixed in among their work show whether they stay in tolerance.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/commands/moderate.h"
#include "services/moderation/context.h"
#include "services/moderation/stores/standardisation.h"

namespace assay::moderation {

// INVALID_ARGUMENT (MARK_ABOVE_MAXIMUM, MARK_OFF_STEP, SCRIPT_INCOMPLETE) for what the component
// cannot have; ALREADY_EXISTS (SCRIPT_EXISTS).
absl::Status CreateScript(const Work& work, Script script);

// How the caller stands; a moderator who has not begun practises.
absl::StatusOr<ModeratorStanding> StandingOf(const Work& work, const Component& component);

// Gives the caller the scripts of an attempt, never one they were given before. Nothing happens
// if an attempt is under way or the caller is qualified. FAILED_PRECONDITION
// (STANDARDISATION_NOT_ASKED, PRACTICE_OUTSTANDING, ATTEMPTS_USED_UP, SCRIPTS_MISSING).
absl::StatusOr<ModeratorStanding> BeginQualification(const Work& work, const Component& component);

struct ScriptFeedback {
  GivenScript given;
  bool shown = false;   // The definitive mark may be told.
  bool inside = false;  // If shown.
};
struct RecordedScripts {
  std::vector<ScriptFeedback> feedback;  // Of the marks of this call.
  ModeratorStanding standing;
  std::int64_t outstanding = 0;  // Of the attempt.
};
// All of a call or none. With the last mark of an attempt it is decided. INVALID_ARGUMENT
// (MARKS_REFUSED) with a violation for each bad mark, FAILED_PRECONDITION
// (STANDARDISATION_NOT_ASKED).
absl::StatusOr<RecordedScripts> RecordScriptMarks(const Work& work, const Component& component,
                                                  std::span<const OwnMark> marks);

// As the caller may see it: definitive marks only once the own mark is in, and those of an attempt
// only once it is decided.
absl::StatusOr<std::vector<ScriptFeedback>> ListScriptWork(const Work& work,
                                                           const Component& component,
                                                           std::string_view after, int limit);

// Gives a moderator one more attempt. NOT_FOUND (STANDING_NOT_FOUND), INVALID_ARGUMENT
// (REASON_MISSING).
absl::StatusOr<ModeratorStanding> AllowAttempt(const Work& work, const Component& component,
                                               std::string_view subject, std::string_view reason);

// Mixes seeds in among the picks, which are new to the moderator who has the submission. Those
// that were planted for somebody else and not marked go when the submission is allocated anew.
absl::Status PlantSeeds(const Work& work, const Submission& submission,
                        std::span<const Pick> picks);
absl::Status ReplantSeeds(const Work& work, const Submission& submission);

// Whether the caller's seeds of the component are still in tolerance; if not, their standing is
// stopped and an event tells.
absl::Status CheckSeeds(const Work& work, const Component& component);

}  // namespace assay::moderation
