// Judges what a moderator has marked (MOD-10, MOD-11) and releases what came of it (MOD-12).
#pragma once
#include <string_view>

#include "absl/status/statusor.h"
#include "services/moderation/context.h"

namespace assay::moderation {

struct Judged {
  Submission submission;
  Sample sample;
  RecordedJudgement judgement;
};

// Opens the next stage, or decides: then the results of the whole cohort are made and the
// submission is judged. FAILED_PRECONDITION (MARKS_OUTSTANDING).
absl::StatusOr<Judged> JudgeSubmission(const Work& work, const SubmissionName& name,
                                       std::string_view etag);

// The latest judgement. NOT_FOUND (JUDGEMENT_NOT_FOUND).
absl::StatusOr<Judged> FindJudgement(const Work& work, const SubmissionName& name);

// INVALID_ARGUMENT (FEEDBACK_MISSING) unless all three heads say something.
absl::StatusOr<Submission> Release(const Work& work, const SubmissionName& name,
                                   std::string_view etag, const Feedback& feedback);

}  // namespace assay::moderation
