// Makes series, components, submissions and moderators.
#pragma once
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/context.h"

namespace assay::moderation {

absl::Status CreateSeries(const Work& work, const Series& series);

// NOT_FOUND (SERIES_NOT_FOUND, POLICY_NOT_FOUND): all three policies must be in force today.
absl::Status CreateComponent(const Work& work, const Component& component);

// Opens it and commits to a secret that nobody has seen (MOD-4). NOT_FOUND (COMPONENT_NOT_FOUND).
absl::StatusOr<Submission> CreateSubmission(const Work& work, const SubmissionName& name,
                                            std::string_view centre, std::string_view centre_title);

absl::StatusOr<Moderator> CreateModerator(const Work& work, Moderator moderator);

}  // namespace assay::moderation
