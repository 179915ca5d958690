// Records the moderator's own marks (MOD-9): all of a call or none, and never twice.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

// What is due, in the order of candidates; with the seeds among it for whoever moderates it, who
// must not tell them from the rest (MOD-8).
absl::StatusOr<std::vector<Marked>> ListDue(const Work& work, const Submission& submission,
                                            bool with_seeds, std::string_view after, int limit);
// Of it, what has no mark.
absl::StatusOr<std::int64_t> CountDue(const Work& work, const Submission& submission,
                                      bool with_seeds);

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

// Why a mark as a call has it cannot be one of the scale; none if it can.
struct MarkRefusal {
  std::string_view reason;
  std::string message;
};
std::optional<MarkRefusal> RefusalOf(const MarkScale& scale, double value);

// A mark as a call has it: none if it is no number with at most two decimals.
std::optional<Mark> MarkOf(double value);

}  // namespace assay::moderation
