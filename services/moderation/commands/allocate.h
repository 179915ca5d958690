// Gives a sampled submission to a moderator, or an allocated one to another (MOD-7).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/moderation/commands/group.h"
#include "services/moderation/context.h"

namespace assay::moderation {

struct AllocateParams {
  SubmissionName name;
  std::string etag;
  std::string moderator;  // Id; empty: choose.
  // Files that evidence has for the submission; none: it need not have any.
  std::optional<std::int64_t> evidence_count;
};

// FAILED_PRECONDITION (EVIDENCE_MISSING; IN_CONSORTIUM; MODERATOR_… with what is in the way of a
// named one; NOBODY_CAN_TAKE_IT with the counts of why not), NOT_FOUND (MODERATOR_NOT_FOUND).
absl::StatusOr<Submission> Allocate(const Work& work, const AllocateParams& params);

// All of a group to the same moderator, named by id or chosen (MOD-5).
absl::Status AllocateGroup(const Work& work, Group& group, const std::string& moderator);

}  // namespace assay::moderation
