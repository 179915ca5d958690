#include "services/moderation/commands/allocate_series.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/give.h"
#include "services/moderation/commands/group.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::moderation {
namespace {

constexpr int kStepMax = 200;  // Submissions of one transaction.

// Those of one moderator together, so that a step asks for few; what nobody takes comes last.
void Number(std::vector<PlannedAllocation>& items) {
  std::sort(items.begin(), items.end(), [](const PlannedAllocation& a, const PlannedAllocation& b) {
    return std::tuple(a.moderator.empty(), std::string_view(a.moderator),
                      std::string_view(a.name.component), std::string_view(a.name.id)) <
           std::tuple(b.moderator.empty(), std::string_view(b.moderator),
                      std::string_view(b.name.component), std::string_view(b.name.id));
  });
  std::int64_t number = 0;
  for (PlannedAllocation& item : items) item.number = ++number;
}

// The moderators and policies of one step; each is asked for once.
struct Known {
  std::map<std::string, Person> people;
  std::map<std::string, PolicyPtr> policies;
  std::map<std::string, Component> components;
  std::map<std::string, bool> standardised;  // Whether the component asks moderators to qualify.
};

// What has changed since the plan was made and stands in the way now; empty: nothing.
absl::StatusOr<std::string> InTheWay(const Work& work, const PlannedAllocation& item,
                                     const absl::StatusOr<Submission>& submission, Known& known) {
  if (absl::IsNotFound(submission.status())) return std::string("it is no longer there");
  RETURN_IF_ERROR(submission.status());
  if (submission->state != State::kSampled) {
    return absl::StrCat("it is ", platform::View(NameOf(submission->state)), " by now");
  }
  if (!known.people.contains(item.moderator)) {
    ASSIGN_OR_RETURN(known.people[item.moderator],
                     AllocationStore().GetPerson(work.tx, work.caller.tenant, item.moderator));
  }
  PolicyPtr& policy = known.policies[item.policy];
  if (policy == nullptr) {
    ASSIGN_OR_RETURN(policy, RecordedPolicy(work, item.policy, PolicyKind::kAllocation));
    RETURN_IF_ERROR(NoteUse(work, *policy));
  }
  if (!known.components.contains(item.name.component)) {
    ASSIGN_OR_RETURN(known.components[item.name.component],
                     work.store().GetComponent(work.tx, work.caller.tenant, item.name.series,
                                               item.name.component));
    ASSIGN_OR_RETURN(
        const PolicyPtr standardisation,
        GoverningPolicy(work, known.components[item.name.component], PolicyKind::kStandardisation));
    known.standardised[item.name.component] = standardisation->standardisation.required;
  }
  const Component& component = known.components[item.name.component];
  // History and assessors are as they were: they cannot change while the sample is in force.
  Task task{
      .name = item.name.Text(),
      .component = absl::StrCat("series/", item.name.series, "/components/", item.name.component),
      .qualification = component.qualification,
      .subject = component.subject,
      .centre = submission->centre,
      .scripts = item.scripts,
      .candidates = submission->counts.candidates,
      .standardisation_needed = known.standardised[item.name.component]};
  if (!submission->consortium.empty()) {
    ASSIGN_OR_RETURN(const Group group, GroupOf(work, *submission));
    for (const Submission& member : group.members) {
      if (member.state != State::kSampled) return std::string("its consortium has changed");
      task.partners.push_back(member.centre);
    }
  }
  const Obstacles found =
      ObstaclesBetween(policy->allocation, Today(work), known.people[item.moderator], task);
  if (found == 0) return std::string();
  return absl::StrCat("the moderator ", platform::View(Describe(found)), " by now");
}

// Whether this step of the run, or the one before, gave it with the rest of its consortium.
bool GivenWithOthers(const absl::StatusOr<Submission>& submission, const PlannedAllocation& item) {
  return submission.ok() && !submission->consortium.empty() &&
         submission->state == State::kAllocated && submission->moderator == item.moderator;
}

// All of a consortium in the one transaction, so that it is never in two hands (MOD-5).
absl::Status GiveWithOthers(const Work& work, Submission& submission, const Person& to,
                            const PlannedAllocation& item) {
  if (submission.consortium.empty()) return Give(work, submission, to, item);
  ASSIGN_OR_RETURN(Group group, GroupOf(work, submission));
  for (Submission& member : group.members) {
    RETURN_IF_ERROR(CheckStep(work, member, Step::kAllocate));
    ASSIGN_OR_RETURN(const std::vector<Giveable> own,
                     LoadGiveables(work, {.state = member.state, .number = member.number}));
    PlannedAllocation planned = item;
    if (!own.empty()) planned.scripts = own[0].task.scripts;
    RETURN_IF_ERROR(Give(work, member, to, planned));
  }
  return absl::OkStatus();
}

absl::Status CommitOne(const Work& work, AllocationRun& run, PlannedAllocation& item,
                       Known& known) {
  absl::StatusOr<Submission> submission =
      work.store().GetSubmission(work.tx, work.caller, item.name);
  if (GivenWithOthers(submission, item)) {
    item.outcome = PlannedAllocation::Outcome::kAllocated;
    ++run.allocated;
    return AllocationStore().SetOutcome(work.tx, work.caller.tenant, run, item);
  }
  ASSIGN_OR_RETURN(item.skipped_because, InTheWay(work, item, submission, known));
  if (item.skipped_because.empty()) {
    RETURN_IF_ERROR(CheckStep(work, *submission, Step::kAllocate));
    Person& to = known.people[item.moderator];
    RETURN_IF_ERROR(GiveWithOthers(work, *submission, to, item));
    ++to.submissions;
    to.scripts += item.scripts;
    item.outcome = PlannedAllocation::Outcome::kAllocated;
    ++run.allocated;
  } else {
    item.outcome = PlannedAllocation::Outcome::kSkipped;
    ++run.skipped;
  }
  return AllocationStore().SetOutcome(work.tx, work.caller.tenant, run, item);
}

}  // namespace

absl::StatusOr<SeriesPlan> PlanSeries(const Work& work, const AllocateSeriesParams& params) {
  const std::string& tenant = work.caller.tenant;
  AllocationStore store;
  RETURN_IF_ERROR(CheckIsOfficer(work));
  RETURN_IF_ERROR(work.store().GetSeries(work.tx, tenant, params.series).status());
  if (!params.component.empty()) {
    RETURN_IF_ERROR(
        work.store().GetComponent(work.tx, tenant, params.series, params.component).status());
  }
  ASSIGN_OR_RETURN(const std::vector<Giveable> giveables,
                   LoadGiveables(work, {.series = params.series, .component = params.component}));
  ASSIGN_OR_RETURN(std::vector<Person> people, store.LoadPeople(work.tx, tenant));
  ASSIGN_OR_RETURN(Planned planned, PlanFor(work, giveables, people));
  SeriesPlan plan{.run = {.series = params.series,
                          .id = work.context.ids.NextId(work.caller.now),
                          .considered = static_cast<std::int64_t>(giveables.size()),
                          .moderators = static_cast<std::int64_t>(people.size()),
                          .policies = std::move(planned.policies),
                          .creator = work.caller.subject,
                          .request = params.request,
                          .create_time = work.caller.now},
                  .items = std::move(planned.items)};
  for (const PlannedAllocation& item : plan.items) plan.run.planned += !item.moderator.empty();
  Number(plan.items);
  return plan;
}

absl::StatusOr<AllocationRun> KeepRun(const Work& work, const SeriesPlan& plan) {
  const std::string& tenant = work.caller.tenant;
  AllocationStore store;
  ASSIGN_OR_RETURN(const auto before, store.FindRun(work.tx, tenant, plan.run.series,
                                                    plan.run.creator, plan.run.request));
  if (before.has_value()) return *before;
  RETURN_IF_ERROR(store.InsertRun(work.tx, tenant, plan.run, plan.items));
  return plan.run;
}

absl::StatusOr<AllocationRun> CommitStep(const Work& work, const AllocationRun& of) {
  const std::string& tenant = work.caller.tenant;
  AllocationStore store;
  RETURN_IF_ERROR(CheckIsOfficer(work));
  // As it is now: somebody else may carry it out as well.
  ASSIGN_OR_RETURN(AllocationRun run, store.GetRun(work.tx, tenant, of.series, of.id));
  if (run.state == AllocationRun::State::kCommitted) return run;
  ASSIGN_OR_RETURN(std::vector<PlannedAllocation> items,
                   store.NextPlanned(work.tx, tenant, run, kStepMax));
  Known known;
  for (PlannedAllocation& item : items) RETURN_IF_ERROR(CommitOne(work, run, item, known));
  run.state = run.allocated + run.skipped == run.planned ? AllocationRun::State::kCommitted
                                                         : AllocationRun::State::kCommitting;
  RETURN_IF_ERROR(store.UpdateRun(work.tx, tenant, run));
  return run;
}

}  // namespace assay::moderation
