// Hands a submission in, and corrects its marks afterwards (MOD-1).
#pragma once
#include <string_view>

#include "absl/status/statusor.h"
#include "services/moderation/context.h"

namespace assay::moderation {

// From open to submitted. FAILED_PRECONDITION (SUBMISSION_EMPTY, MARKS_MISSING).
absl::StatusOr<Submission> Submit(const Work& work, const SubmissionName& name,
                                  std::string_view etag, bool allow_missing);

// Changes one mark, voids a sample that was drawn, and commits to a new secret if the old one
// is known by then. NOT_FOUND (CANDIDATE_NOT_FOUND), INVALID_ARGUMENT (MARK_ABOVE_MAXIMUM,
// MARK_OFF_STEP, FIELD_INVALID for absent and withdrawn candidates).
absl::StatusOr<Submission> CorrectMark(const Work& work, const SubmissionName& name,
                                       std::string_view etag, std::string_view candidate, Mark mark,
                                       std::string_view reason);

}  // namespace assay::moderation
