#include "services/moderation/commands/give.h"

#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/standardise.h"
#include "services/moderation/errors.h"
#include "services/moderation/events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::View;

std::string_view ReasonOf(Obstacles obstacles) {
  switch (FirstOf(obstacles)) {
    case kConflicted:
      return kModeratorConflict;
    case kOwnMarking:
      return kModeratorMarkedIt;
    case kNotCompetent:
      return kModeratorNotCompetent;
    case kNotStandardised:
      return kModeratorNotQualified;
    case kTooJunior:
      return kModeratorTooJunior;
    case kRotationDue:
      return kModeratorRotationDue;
    case kUnavailable:
      return kModeratorUnavailable;
    default:
      return kModeratorFull;
  }
}

// Plans what follows one policy.
void PlanGroup(const Policy& policy, absl::CivilDay day, const std::vector<Giveable>& giveables,
               const std::vector<const Bundle*>& group, std::vector<Person>& people,
               std::vector<PlannedAllocation>& items) {
  std::vector<Task> tasks;
  for (const Bundle* bundle : group) tasks.push_back(bundle->giveable.task);
  const Plan plan = PlanAllocation(policy.allocation, day, people, tasks);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const Placement& placement = plan.placements[t];
    for (const std::size_t i : group[t]->members) {
      PlannedAllocation& item = items[i];
      item.name = giveables[i].name;
      item.centre = giveables[i].task.centre;
      item.scripts = giveables[i].task.scripts;
      item.reason = static_cast<int>(placement.why);
      item.explanation = Explain(placement, people);
      item.policy = policy.VersionName();
      if (placement.person.has_value()) item.moderator = people[*placement.person].id;
    }
  }
  for (std::size_t p = 0; p < people.size(); ++p) {
    people[p].submissions = plan.submissions[p];
    people[p].scripts = plan.scripts[p];
  }
}

}  // namespace

absl::Status CheckIsOfficer(const Work& work) {
  if ((work.caller.actors & kOfficer) != 0) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
               "none of your roles may allocate for the whole body")
      .With("method", work.call.method);
}

std::vector<Bundle> Bundled(const std::vector<Giveable>& giveables) {
  std::vector<Bundle> bundles;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> consortia;
  for (std::size_t i = 0; i < giveables.size(); ++i) {
    const Giveable& giveable = giveables[i];
    if (!giveable.consortium.empty()) {
      const auto [found, first] = consortia.try_emplace(
          {giveable.name.series, giveable.name.component, giveable.consortium}, bundles.size());
      if (!first) {
        Bundle& bundle = bundles[found->second];
        bundle.members.push_back(i);
        Task& task = bundle.giveable.task;
        task.partners.push_back(giveable.task.centre);
        task.scripts += giveable.task.scripts;
        task.candidates += giveable.task.candidates;
        task.assessors.insert(task.assessors.end(), giveable.task.assessors.begin(),
                              giveable.task.assessors.end());
        continue;
      }
    }
    bundles.push_back({giveable, {i}});
  }
  return bundles;
}

absl::StatusOr<PolicyPtr> AllocationPolicy(const Work& work, const SubmissionName& name) {
  ASSIGN_OR_RETURN(
      const Component component,
      work.store().GetComponent(work.tx, work.caller.tenant, name.series, name.component));
  return GoverningPolicy(work, component, PolicyKind::kAllocation);
}

absl::StatusOr<std::vector<Giveable>> LoadGiveables(const Work& work,
                                                    const GiveableFilter& filter) {
  ASSIGN_OR_RETURN(std::vector<Giveable> giveables,
                   AllocationStore().LoadGiveable(work.tx, work.caller.tenant, filter));
  std::map<std::pair<std::string, std::string>, bool> asks;
  for (Giveable& giveable : giveables) {
    const SubmissionName& name = giveable.name;
    const auto [found, first] = asks.try_emplace({name.series, name.component}, false);
    if (first) {
      ASSIGN_OR_RETURN(
          const Component component,
          work.store().GetComponent(work.tx, work.caller.tenant, name.series, name.component));
      ASSIGN_OR_RETURN(const PolicyPtr policy,
                       GoverningPolicy(work, component, PolicyKind::kStandardisation));
      found->second = policy->standardisation.required;
    }
    giveable.task.standardisation_needed = found->second;
  }
  return giveables;
}

absl::StatusOr<Planned> PlanFor(const Work& work, const std::vector<Giveable>& giveables,
                                std::vector<Person>& people) {
  // Components may follow different policies; the loads of one are there for the next.
  std::map<std::pair<std::string, std::string>, PolicyPtr> policies;
  std::map<std::string, std::pair<PolicyPtr, std::vector<const Bundle*>>> groups;
  const std::vector<Bundle> bundles = Bundled(giveables);
  for (const Bundle& bundle : bundles) {
    const SubmissionName& name = bundle.giveable.name;
    PolicyPtr& policy = policies[{name.series, name.component}];
    if (policy == nullptr) {
      ASSIGN_OR_RETURN(policy, AllocationPolicy(work, name));
    }
    auto& group = groups[policy->VersionName()];
    group.first = policy;
    group.second.push_back(&bundle);
  }
  Planned planned;
  planned.items.resize(giveables.size());
  for (const auto& [version, group] : groups) {
    planned.policies.push_back(version);
    PlanGroup(*group.first, Today(work), giveables, group.second, people, planned.items);
  }
  return planned;
}

absl::Status Give(const Work& work, Submission& submission, const Person& to,
                  const PlannedAllocation& planned) {
  const std::string& tenant = work.caller.tenant;
  const std::string previous = std::exchange(submission.moderator, to.id);
  const std::string previous_subject = std::exchange(submission.moderator_subject, to.subject);
  Advance(submission, Step::kAllocate);
  RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, submission));
  AllocationStore store;
  RETURN_IF_ERROR(store.SetScripts(work.tx, tenant, submission.number, planned.scripts));
  Allocation allocation{.moderator = to.id,
                        .previous = previous,
                        .reason = planned.reason,
                        .explanation = planned.explanation,
                        .policy = planned.policy,
                        .scripts = planned.scripts,
                        .allocator = work.caller.subject,
                        .time = work.caller.now};
  RETURN_IF_ERROR(store.InsertAllocation(work.tx, tenant, submission.number, allocation));
  RETURN_IF_ERROR(ReplantSeeds(work, submission));
  return EmitAllocated(work, submission, previous_subject);
}

absl::Status Refusal(Obstacles obstacles, const Policy& policy, const Person& person,
                     const Task& task) {
  Error error(absl::StatusCode::kFailedPrecondition, ReasonOf(obstacles),
              absl::StrCat("the moderator ", View(Describe(obstacles)), "; choose another"));
  error.With("moderator", "moderators/" + person.id);
  switch (FirstOf(obstacles)) {
    case kConflicted:
    case kOwnMarking:
      error.With("centre", task.centre);
      break;
    case kNotCompetent:
    case kNotStandardised:
      error.With("component", task.component);
      break;
    case kTooJunior:
      error.With("seniority", absl::StrCat(person.seniority))
          .With("needed", absl::StrCat(SeniorityNeeded(policy.allocation, task)));
      break;
    case kRotationDue:
      error.With("policy", policy.VersionName());
      break;
    case kFull:
      error.With("capacity", absl::StrCat(person.capacity));
      break;
    default:
      break;
  }
  return error;
}

}  // namespace assay::moderation
