// What moderation tells others (protos/assay/moderation/v1/events.proto), in the transaction of
// what happened.
#pragma once
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "services/moderation/context.h"
#include "services/moderation/stores/standardisation.h"

namespace assay::moderation {

struct Checkpoint;
struct Want;

absl::Status EmitOpened(const Work& work, const Submission& submission);
absl::Status EmitMarksRecorded(const Work& work, const Submission& submission,
                               std::int64_t accepted);
absl::Status EmitSubmitted(const Work& work, const Submission& submission);
absl::Status EmitMarkCorrected(const Work& work, const Submission& submission,
                               std::string_view candidate, std::string_view reason,
                               bool sample_voided);
absl::Status EmitSampleDrawn(const Work& work, const Submission& submission, std::int64_t drawn);
// Another submission of the consortium changed, so that their common draw is void (MOD-5).
absl::Status EmitConsortiumDrawVoided(const Work& work, const Submission& submission,
                                      const Submission& changed, std::string_view moderator);
absl::Status EmitAllocated(const Work& work, const Submission& submission,
                           std::string_view previous_moderator_subject);
absl::Status EmitJudged(const Work& work, const Submission& submission,
                        RecordedJudgement::Verdict verdict);
// `step` is kWithdraw, kReopen or kVoid; `moderator`: the subject who had it, or "".
absl::Status EmitLifecycle(const Work& work, const Submission& submission, Step step,
                           std::string_view reason, bool sample_voided, std::string_view moderator);
absl::Status EmitReleased(const Work& work, const Submission& submission,
                          RecordedJudgement::Verdict verdict, std::int64_t results);

absl::Status EmitCheckpointRaised(const Work& work, const Submission& submission,
                                  const Checkpoint& checkpoint, const Want& want);
absl::Status EmitCheckpointCompleted(const Work& work, const Series& series,
                                     const Checkpoint& checkpoint, std::int64_t notices);
absl::Status EmitStandingChanged(const Work& work, const Component& component,
                                 const ModeratorStanding& standing);

}  // namespace assay::moderation
