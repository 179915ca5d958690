#include "services/moderation/context.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/errors.h"
#include "services/moderation/stores/mark_imports.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

constexpr std::string_view kOfficers[] = {"admin", "quality", "lead_moderator", "portal",
                                          "service"};
constexpr std::string_view kCentreRoles[] = {"centre_head", "centre_exams", "centre_assessor",
                                             "centre_iqa", "portal"};

template <std::size_t n>
bool HasAny(const platform::Principal& principal, const std::string_view (&roles)[n]) {
  return std::any_of(std::begin(roles), std::end(roles),
                     [&](std::string_view role) { return principal.Has(role); });
}

// Why a state stops a step: the reason, and what can be done instead.
std::pair<std::string_view, std::string_view> StepObstacle(State state, Step step) {
  if (state == State::kRetracted) return {kSubmissionWithdrawn, "; an officer can reopen it"};
  if (state == State::kVoided) return {kSubmissionVoid, "; it is void for good"};
  if (step == Step::kRecordMarks || step == Step::kSubmit) {
    return {kSubmissionNotOpen, "; an officer can correct single marks, or reopen it"};
  }
  if (state == State::kReleased) {
    return {kSubmissionReleased, "; a review can change what was released"};
  }
  return {kSubmissionStateWrong, ""};
}

bool Moderates(const platform::Principal& principal) {
  return principal.Has("moderator") || principal.Has("lead_moderator");
}

}  // namespace

Caller CallerOf(const platform::Call& call, Scope scope) {
  const platform::Principal& principal = *call.principal;
  Caller caller{.tenant = principal.tenant, .subject = principal.subject, .now = call.now};
  // A token that names a centre acts for that centre, whatever else its bearer may do.
  const bool officer = HasAny(principal, kOfficers) && principal.centre.empty();
  if (officer) caller.actors |= kOfficer;
  if (HasAny(principal, kCentreRoles)) caller.actors |= kCentre;
  if (Moderates(principal)) caller.actors |= kModerator;
  caller.reach.all = scope == Scope::kTenant || officer;
  caller.reach.centre = principal.centre;
  if (scope == Scope::kAllocated && Moderates(principal)) {
    caller.reach.moderator = principal.subject;
  }
  return caller;
}

bool IsOfCentre(const platform::Call& call) {
  const platform::Principal& principal = *call.principal;
  return !principal.centre.empty() || (!HasAny(principal, kOfficers) && !Moderates(principal));
}

bool SeesAsModerator(const platform::Call& call, const Submission& submission) {
  const platform::Principal& principal = *call.principal;
  const bool allocated = submission.moderator_subject == principal.subject;
  return allocated || (principal.Has("moderator") && !HasAny(principal, kOfficers));
}

absl::Status CheckStep(const Work& work, const Submission& submission, Step step) {
  using platform::Error;
  using platform::View;
  const Edge* edge = FindEdge(submission.state, step);
  if (edge == nullptr) {
    std::string needed;
    for (const Edge& other : Edges()) {
      if (other.step != step) continue;
      absl::StrAppend(&needed, needed.empty() ? "" : " or ", View(NameOf(other.from)));
    }
    const auto [reason, hint] = StepObstacle(submission.state, step);
    return Error(absl::StatusCode::kFailedPrecondition, reason,
                 absl::StrCat("the submission is ", View(NameOf(submission.state)), "; to ",
                              View(NameOf(step)), " it must be ", needed, View(hint)))
        .With("submission", submission.name.Text())
        .With("state", NameOf(submission.state))
        .With("step", NameOf(step))
        .With("needed", needed);
  }
  if ((edge->actors & work.caller.actors) == 0) {
    return Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
                 absl::StrCat("none of your roles may ", View(NameOf(step))))
        .With("method", work.call.method);
  }
  // Imports record marks, so they hold open submissions only.
  return submission.state == State::kOpen ? CheckNotHeld(work, submission.name) : absl::OkStatus();
}

absl::Status CheckNotHeld(const Work& work, const SubmissionName& submission) {
  ASSIGN_OR_RETURN(const std::string holder,
                   MarkImportStore().HolderOf(work.tx, work.caller.tenant, submission));
  if (holder.empty() || holder == work.import) return absl::OkStatus();
  return platform::Error(absl::StatusCode::kFailedPrecondition, kMarkImportHolds,
                         "an import of marks holds the submission; wait until it has ended")
      .With("submission", submission.Text())
      .With("mark_import", MarkImportName{submission.series, submission.component, holder}.Text());
}

void Advance(Submission& submission, Step step) {
  submission.state = FindEdge(submission.state, step)->to;
}

}  // namespace assay::moderation
