#include "services/moderation/commands/allocate.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/allocation/choose.h"
#include "services/moderation/errors.h"
#include "services/moderation/events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;

absl::StatusOr<ModeratorLoad> Named(const std::vector<ModeratorLoad>& loads,
                                    const Submission& submission, const std::string& id) {
  const std::string name = absl::StrCat("moderators/", id);
  const auto found = std::find_if(loads.begin(), loads.end(),
                                  [&](const ModeratorLoad& load) { return load.id == id; });
  if (found == loads.end()) {
    return Error(absl::StatusCode::kNotFound, kModeratorNotFound, "there is no such moderator")
        .With("moderator", name);
  }
  if (found->conflict) {
    return Error(absl::StatusCode::kFailedPrecondition, kModeratorConflict,
                 "the moderator has declared a conflict with this centre; choose another")
        .With("moderator", name)
        .With("centre", submission.centre);
  }
  // Whoever has it already takes no more room by keeping it.
  if (found->allocated >= found->capacity && submission.moderator != id) {
    return Error(absl::StatusCode::kFailedPrecondition, kModeratorFull,
                 absl::StrCat("the moderator has ", found->allocated,
                              " submissions, as many as they take at a time"))
        .With("moderator", name)
        .With("capacity", absl::StrCat(found->capacity));
  }
  return *found;
}

absl::StatusOr<ModeratorLoad> Chosen(const std::vector<ModeratorLoad>& all,
                                     const Submission& submission) {
  std::vector<ModeratorLoad> others;
  std::vector<Load> loads;
  for (const ModeratorLoad& load : all) {
    if (load.id == submission.moderator) continue;  // To another one, that is.
    others.push_back(load);
    loads.push_back({load.id, load.capacity, load.allocated, load.conflict});
  }
  const Choice choice = ChooseModerator(loads);
  if (choice.chosen.has_value()) return others[*choice.chosen];
  return Error(
             absl::StatusCode::kFailedPrecondition, kNobodyCanTakeIt,
             absl::StrCat("none of ", loads.size(), " moderators can take it: ", choice.full,
                          " have no room, ", choice.conflicted, " have a conflict with the centre"))
      .With("moderators", absl::StrCat(loads.size()))
      .With("full", absl::StrCat(choice.full))
      .With("conflicted", absl::StrCat(choice.conflicted));
}

}  // namespace

absl::StatusOr<Submission> Allocate(const Work& work, const AllocateParams& params) {
  ASSIGN_OR_RETURN(Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, params.name));
  RETURN_IF_ERROR(platform::CheckEtag(params.etag, submission.version, params.name.Text()));
  RETURN_IF_ERROR(CheckStep(work, submission, Step::kAllocate));
  if (params.evidence_count.has_value() && *params.evidence_count == 0) {
    return Error(absl::StatusCode::kFailedPrecondition, kEvidenceMissing,
                 "no evidence is linked to the submission; the centre uploads it and links it")
        .With("submission", params.name.Text());
  }
  ASSIGN_OR_RETURN(const std::vector<ModeratorLoad> loads,
                   work.store().LoadModerators(work.tx, work.caller.tenant, submission.centre));
  ASSIGN_OR_RETURN(const ModeratorLoad moderator, params.moderator.empty()
                                                      ? Chosen(loads, submission)
                                                      : Named(loads, submission, params.moderator));
  const std::string previous = std::exchange(submission.moderator_subject, moderator.subject);
  submission.moderator = moderator.id;
  Advance(submission, Step::kAllocate);
  RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, submission));
  RETURN_IF_ERROR(EmitAllocated(work, submission, previous));
  return submission;
}

}  // namespace assay::moderation
