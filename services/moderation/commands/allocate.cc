#include "services/moderation/commands/allocate.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/give.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;

// For the moderator whom an officer has named.
absl::StatusOr<PlannedAllocation> PlanNamed(const Work& work, const Giveable& giveable,
                                            const Submission& submission, const std::string& id) {
  const std::string name = absl::StrCat("moderators/", id);
  ASSIGN_OR_RETURN(const Person person,
                   AllocationStore().GetPerson(work.tx, work.caller.tenant, id));
  ASSIGN_OR_RETURN(const PolicyPtr policy, AllocationPolicy(work, submission.name));
  Obstacles found = ObstaclesBetween(policy->allocation, Today(work), person, giveable.task);
  // Whoever has it already takes no more room by keeping it.
  if (submission.moderator == id) found &= ~static_cast<Obstacles>(kFull);
  if (found != 0) return Refusal(found, *policy, person, giveable.task);
  return PlannedAllocation{.name = submission.name,
                           .moderator = id,
                           .scripts = giveable.task.scripts,
                           .reason = kReasonNamed,
                           .explanation = "Named by an officer; nothing stands in the way.",
                           .policy = policy->VersionName()};
}

// Why nobody can take it, counted for programs too.
absl::Status NobodyCan(const PlannedAllocation& planned, const Placement& placement,
                       const std::vector<Person>& people) {
  const Standing& standing = placement.standing;
  Error error(absl::StatusCode::kFailedPrecondition, kNobodyCanTakeIt, planned.explanation);
  error.With("moderators", absl::StrCat(standing.People()));
  constexpr std::pair<Obstacle, const char*> kKeys[] = {{kFull, "full"},
                                                        {kConflicted, "conflicted"},
                                                        {kOwnMarking, "marked_it"},
                                                        {kNotCompetent, "not_competent"},
                                                        {kNotStandardised, "not_qualified"},
                                                        {kTooJunior, "too_junior"},
                                                        {kRotationDue, "rotation_due"},
                                                        {kUnavailable, "unavailable"}};
  for (const auto& [obstacle, key] : kKeys) {
    error.With(key, absl::StrCat(standing.Of(obstacle)));
  }
  if (placement.nearest.has_value()) {
    error.With("nearest", "moderators/" + people[*placement.nearest].id);
  }
  return error;
}

// For whoever is best, and not for the one who has it.
absl::StatusOr<PlannedAllocation> PlanBest(const Work& work, Giveable giveable,
                                           const Submission& submission) {
  ASSIGN_OR_RETURN(const PolicyPtr policy, AllocationPolicy(work, submission.name));
  ASSIGN_OR_RETURN(std::vector<Person> people,
                   AllocationStore().LoadPeople(work.tx, work.caller.tenant));
  // They are not asked, and not counted either.
  std::erase_if(people, [&](const Person& p) { return p.id == submission.moderator; });
  const Plan plan = PlanAllocation(policy->allocation, Today(work), people, {&giveable.task, 1});
  const Placement& placement = plan.placements[0];
  PlannedAllocation planned{.name = submission.name,
                            .scripts = giveable.task.scripts,
                            .reason = static_cast<int>(placement.why),
                            .explanation = Explain(placement, people),
                            .policy = policy->VersionName()};
  if (!placement.person.has_value()) return NobodyCan(planned, placement, people);
  planned.moderator = people[*placement.person].id;
  return planned;
}

}  // namespace

absl::StatusOr<Submission> Allocate(const Work& work, const AllocateParams& params) {
  ASSIGN_OR_RETURN(Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, params.name));
  RETURN_IF_ERROR(platform::CheckEtag(params.etag, submission.version, params.name.Text()));
  RETURN_IF_ERROR(CheckAlone(submission, "AllocateConsortium"));
  RETURN_IF_ERROR(CheckStep(work, submission, Step::kAllocate));
  if (params.evidence_count.has_value() && *params.evidence_count == 0) {
    return Error(absl::StatusCode::kFailedPrecondition, kEvidenceMissing,
                 "no evidence is linked to the submission; the centre uploads it and links it")
        .With("submission", params.name.Text());
  }
  Group group = Alone(std::move(submission));
  RETURN_IF_ERROR(AllocateGroup(work, group, params.moderator));
  return std::move(group.members.front());
}

absl::Status AllocateGroup(const Work& work, Group& group, const std::string& moderator) {
  std::vector<Giveable> found;
  for (const Submission& member : group.members) {
    RETURN_IF_ERROR(CheckStep(work, member, Step::kAllocate));
    ASSIGN_OR_RETURN(std::vector<Giveable> own,
                     LoadGiveables(work, {.state = member.state, .number = member.number}));
    if (own.empty()) return absl::InternalError("a submission without a component");
    found.push_back(std::move(own[0]));
  }
  const Giveable all = Bundled(found).front().giveable;
  const Submission& first = group.members.front();
  ASSIGN_OR_RETURN(PlannedAllocation planned, moderator.empty()
                                                  ? PlanBest(work, all, first)
                                                  : PlanNamed(work, all, first, moderator));
  ASSIGN_OR_RETURN(const Person to,
                   AllocationStore().GetPerson(work.tx, work.caller.tenant, planned.moderator));
  ASSIGN_OR_RETURN(const PolicyPtr policy, AllocationPolicy(work, first.name));
  RETURN_IF_ERROR(NoteUse(work, *policy));
  for (std::size_t i = 0; i < found.size(); ++i) {
    planned.scripts = found[i].task.scripts;
    RETURN_IF_ERROR(Give(work, group.members[i], to, planned));
  }
  return absl::OkStatus();
}

}  // namespace assay::moderation
