#include "services/moderation/commands/reallocate.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/give.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

// Gives what is planned for somebody to them.
absl::Status GivePlanned(const Work& work, const std::vector<Person>& people,
                         std::vector<PlannedAllocation>& items) {
  std::set<std::string> used;
  for (PlannedAllocation& item : items) {
    if (item.moderator.empty()) continue;
    ASSIGN_OR_RETURN(Submission submission,
                     work.store().GetSubmission(work.tx, work.caller, item.name));
    RETURN_IF_ERROR(CheckStep(work, submission, Step::kAllocate));
    if (used.insert(item.policy).second) {
      ASSIGN_OR_RETURN(const PolicyPtr policy,
                       RecordedPolicy(work, item.policy, PolicyKind::kAllocation));
      RETURN_IF_ERROR(NoteUse(work, *policy));
    }
    const auto to = std::find_if(people.begin(), people.end(),
                                 [&](const Person& p) { return p.id == item.moderator; });
    RETURN_IF_ERROR(Give(work, submission, *to, item));
    item.outcome = PlannedAllocation::Outcome::kAllocated;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Reallocated> Reallocate(const Work& work, const ReallocateParams& params) {
  const std::string& tenant = work.caller.tenant;
  AllocationStore store;
  RETURN_IF_ERROR(CheckIsOfficer(work));
  if (params.reason.find_first_not_of(" \t\r\n") == params.reason.npos) {
    return platform::Error(absl::StatusCode::kInvalidArgument, kReasonMissing,
                           "say why the moderator drops out")
        .Field("reason", "is empty");
  }
  Reallocated done;
  ASSIGN_OR_RETURN(done.moderator, work.store().GetModerator(work.tx, tenant, params.moderator));
  RETURN_IF_ERROR(
      platform::CheckEtag(params.etag, done.moderator.version, "moderators/" + params.moderator));
  done.moderator.unavailable = true;
  done.moderator.unavailable_reason = params.reason;
  ASSIGN_OR_RETURN(
      std::vector<Giveable> giveables,
      LoadGiveables(work, {.state = State::kAllocated, .moderator = params.moderator}));
  for (Giveable& giveable : giveables) giveable.task.holder = params.moderator;
  ASSIGN_OR_RETURN(std::vector<Person> people, store.LoadPeople(work.tx, tenant));
  for (Person& person : people) person.available &= person.id != params.moderator;
  ASSIGN_OR_RETURN(Planned planned, PlanFor(work, giveables, people));
  done.items = std::move(planned.items);
  if (params.validate_only) return done;
  RETURN_IF_ERROR(work.store().UpdateModerator(work.tx, tenant, done.moderator));
  RETURN_IF_ERROR(GivePlanned(work, people, done.items));
  ASSIGN_OR_RETURN(done.moderator, work.store().GetModerator(work.tx, tenant, params.moderator));
  return done;
}

}  // namespace assay::moderation
