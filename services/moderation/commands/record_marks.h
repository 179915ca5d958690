// Keeps a centre's candidates and marks while the submission is open (MOD-1).
#pragma once
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/commands/mark_rows.h"
#include "services/moderation/context.h"

namespace assay::moderation {

enum class MarksMode { kValidateOnly, kAllOrNothing, kKeepGood };

// Where a bad row is told to be: "row 17, column mark" of a file, "candidates[3].mark" of a call.
using PlaceOf = std::string (*)(const RefusedRow& row);

// What kAllOrNothing answers to bad rows: INVALID_ARGUMENT (MARKS_REFUSED) naming the first
// hundred. OK if there are none, or in another mode.
absl::Status CheckRefused(MarksMode mode, const MarkRows& rows, PlaceOf place);

// The submission, if the caller may record marks in it now.
absl::StatusOr<Submission> FindOpen(const Work& work, const SubmissionName& name);

// A good row replaces what was recorded for its candidate. The submission is as it was if
// `mode` is kValidateOnly. ABORTED (ETAG_MISMATCH).
absl::StatusOr<Submission> RecordMarks(const Work& work, const SubmissionName& name,
                                       std::string_view etag, MarksMode mode, const MarkRows& rows);

}  // namespace assay::moderation
