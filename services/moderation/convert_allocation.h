// Between the messages of allocation and the model (MOD-7); see convert.h.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "assay/moderation/v1/allocation_service.pb.h"
#include "services/moderation/model.h"
#include "services/moderation/stores/allocations.h"

namespace assay::moderation {

struct RunName {
  std::string series;
  std::string id;
};
absl::StatusOr<RunName> RunNameOf(std::string_view field, std::string_view name);

// What callers decide of a moderator, checked; `conflicts` and `declared_conflicts` are one list.
absl::StatusOr<Moderator> ModeratorFrom(const v1::Moderator& from);
// Puts what the request changes into `moderator`. INVALID_ARGUMENT (FIELD_MASK_INVALID).
absl::Status Merge(const v1::UpdateModeratorRequest& request, v1::Moderator& moderator);

v1::Moderator ToProto(const Moderator& moderator);
v1::AllocationRun ToProto(const AllocationRun& run);
v1::PlannedAllocation ToProto(const PlannedAllocation& planned);
v1::Allocation ToProto(const Allocation& allocation);

}  // namespace assay::moderation
