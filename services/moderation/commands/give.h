// What every way of allocating has in common (MOD-7): the plan for a few or for many submissions by
// the policies of their components, giving one to somebody, and saying why a named moderator
// cannot have it.
#pragma once
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/context.h"
#include "services/moderation/stores/allocations.h"

namespace assay::moderation {

// PERMISSION_DENIED (ROLE_NOT_ALLOWED) for whoever acts for a centre.
absl::Status CheckIsOfficer(const Work& work);

// Of the component's policies the one that rules allocation today.
absl::StatusOr<PolicyPtr> AllocationPolicy(const Work& work, const SubmissionName& name);

// What a moderator takes on with it: a submission, or all those of a consortium, which go to one
// moderator or to nobody (MOD-5). `members` are positions in what was merged.
struct Bundle {
  Giveable giveable;
  std::vector<std::size_t> members;
};
std::vector<Bundle> Bundled(const std::vector<Giveable>& giveables);

// What there is to give, and whether its component asks moderators to qualify (MOD-8).
absl::StatusOr<std::vector<Giveable>> LoadGiveables(const Work& work, const GiveableFilter& filter);

struct Planned {
  std::vector<PlannedAllocation> items;  // In the order of what was to be given.
  std::vector<std::string> policies;     // Versions, in their order.
};
// For whom each is best, if anybody. `people` get what is planned for them.
absl::StatusOr<Planned> PlanFor(const Work& work, const std::vector<Giveable>& giveables,
                                std::vector<Person>& people);

// Gives the submission to somebody and remembers why.
absl::Status Give(const Work& work, Submission& submission, const Person& to,
                  const PlannedAllocation& planned);

// The first of the obstacles as an error with a reason of its own.
absl::Status Refusal(Obstacles obstacles, const Policy& policy, const Person& person,
                     const Task& task);

}  // namespace assay::moderation
