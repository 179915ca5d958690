// Judges what a moderator has marked (MOD-10, MOD-11) and releases what came of it (MOD-12).
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/adjustment/judge.h"
#include "services/moderation/commands/group.h"
#include "services/moderation/context.h"

namespace assay::moderation {

struct Judged {
  Submission submission;
  Sample sample;
  RecordedJudgement judgement;
};

// All that a decision follows from, and what follows.
struct DecisionInput {
  MarkScale scale;
  std::vector<Candidate> candidates;
  std::vector<Pick> picks;  // With the moderator's marks, of all stages that were opened.
  std::int64_t pool_count = 0;
  ToleranceRule tolerance;
  AdjustmentRule adjustment;
  std::vector<SampleStep> steps;  // Of the draw.
};
struct MadeDecision {
  RecordedJudgement record;  // Without who and when.
  std::vector<Result> results;
};
// What JudgeSubmission decided, or would have, stage by stage. FAILED_PRECONDITION
// (MARKS_OUTSTANDING) if the marks do not lead to a decision.
absl::StatusOr<MadeDecision> MakeDecision(const DecisionInput& input);

// Opens the next stage, or decides: then the results of the whole cohort are made and the
// submission is judged. FAILED_PRECONDITION (MARKS_OUTSTANDING, IN_CONSORTIUM).
absl::StatusOr<Judged> JudgeSubmission(const Work& work, const SubmissionName& name,
                                       std::string_view etag);
// The same for all of a group: one decision by all of its marks, in the order of members (MOD-5).
absl::StatusOr<std::vector<Judged>> JudgeGroup(const Work& work, Group group);

// The latest judgement. NOT_FOUND (JUDGEMENT_NOT_FOUND).
absl::StatusOr<Judged> FindJudgement(const Work& work, const SubmissionName& name);

// INVALID_ARGUMENT (FEEDBACK_MISSING) unless all three heads say something.
absl::StatusOr<Submission> Release(const Work& work, const SubmissionName& name,
                                   std::string_view etag, const Feedback& feedback);
// All of a group at once, with the same feedback.
absl::Status ReleaseGroup(const Work& work, Group& group, const Feedback& feedback);

}  // namespace assay::moderation
