// What is done with a consortium as a whole (MOD-5). Each step changes all of its submissions in
// one transaction, so that they are always equally far.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/commands/draw_sample.h"
#include "services/moderation/commands/group.h"
#include "services/moderation/commands/judge.h"
#include "services/moderation/context.h"

namespace assay::moderation {

// Makes one group of open submissions of the component, and commits to the secret of their draw.
//
// INVALID_ARGUMENT (CONSORTIUM_INVALID) with a violation for each submission that cannot be in it,
// ALREADY_EXISTS (CONSORTIUM_EXISTS).
absl::StatusOr<Group> CreateConsortium(const Work& work, const ConsortiumName& name,
                                       std::string_view title,
                                       const std::vector<SubmissionName>& submissions);

// Lets the submissions go their own ways. FAILED_PRECONDITION (CONSORTIUM_DRAWN) once a sample is
// in force.
absl::Status DeleteConsortium(const Work& work, const ConsortiumName& name, std::string_view etag);

struct DrawnConsortium {
  Group group;
  std::vector<Drawn> shares;
};
absl::StatusOr<DrawnConsortium> DrawConsortium(const Work& work, const ConsortiumName& name,
                                               std::string_view etag, SamplingFacts facts);

// `moderator`: id; empty: choose.
absl::StatusOr<Group> AllocateConsortium(const Work& work, const ConsortiumName& name,
                                         std::string_view etag, const std::string& moderator);

absl::StatusOr<std::vector<Judged>> JudgeConsortium(const Work& work, const ConsortiumName& name,
                                                    std::string_view etag);

absl::StatusOr<Group> ReleaseConsortium(const Work& work, const ConsortiumName& name,
                                        std::string_view etag, const Feedback& feedback);

}  // namespace assay::moderation
