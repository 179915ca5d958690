// Records the moderator's own marks (MOD-9): all of a call or none, and never twice.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/context.h"

namespace assay::moderation {

struct OwnMark {
  std::string candidate;
  double mark = 0;  // As it came.
};

struct Recorded {
  std::int64_t recorded = 0;
  std::int64_t outstanding = 0;  // Of the stage that is due.
};

// INVALID_ARGUMENT (MARKS_REFUSED) with a violation for each bad mark.
absl::StatusOr<Recorded> RecordOwnMarks(const Work& work, const SubmissionName& name,
                                        std::span<const OwnMark> marks);

// What there is to mark, and whether it has a mark.
struct DueMark {
  std::string candidate;
  bool recorded = false;
};
// INVALID_ARGUMENT (MARKS_REFUSED) with a violation for each mark that cannot be recorded.
absl::Status CheckOwnMarks(const MarkScale& scale, std::span<const DueMark> due,
                           std::span<const OwnMark> marks);

// A mark as a call has it: none if it is no number with at most two decimals.
std::optional<Mark> MarkOf(double value);

}  // namespace assay::moderation
