#include "services/moderation/commands/consortia.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/allocate.h"
#include "services/moderation/commitment.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;

// The consortium with somebody in it, as the caller has read it.
absl::StatusOr<Group> LoadForStep(const Work& work, const ConsortiumName& name,
                                  std::string_view etag) {
  ASSIGN_OR_RETURN(Group group, LoadConsortium(work, name, Reaching::kAll));
  RETURN_IF_ERROR(platform::CheckEtag(etag, group.consortium->version, name.Text()));
  if (!group.members.empty()) return group;
  return Error(absl::StatusCode::kFailedPrecondition, kNobodyToDraw,
               "all submissions of the consortium are withdrawn or void")
      .With("submission", name.Text());
}

// So that its etag tells that its submissions have moved on.
absl::Status Touch(const Work& work, Group& group) {
  return ConsortiumStore().Update(work.tx, work.caller.tenant, *group.consortium);
}

// Why the submission cannot be in the group; empty: it can.
std::string WhyNot(const absl::StatusOr<Submission>& submission, const ConsortiumName& name,
                   bool again) {
  if (!submission.ok()) return "is not there";
  if (again) return "came before";
  if (submission->name.series != name.series || submission->name.component != name.component) {
    return "is of another component";
  }
  if (!submission->consortium.empty()) {
    return absl::StrCat("is in the consortium ", submission->consortium);
  }
  if (submission->state != State::kOpen) {
    // The secret is committed to while marks are open (MOD-4).
    return absl::StrCat("is ", platform::View(NameOf(submission->state)),
                        "; a consortium is made while marks are open");
  }
  if (!submission->sample.empty()) return "has names drawn";
  return "";
}

}  // namespace

absl::StatusOr<Group> CreateConsortium(const Work& work, const ConsortiumName& name,
                                       std::string_view title,
                                       const std::vector<SubmissionName>& submissions) {
  RETURN_IF_ERROR(
      work.store().GetComponent(work.tx, work.caller.tenant, name.series, name.component).status());
  Error error(absl::StatusCode::kInvalidArgument, kConsortiumInvalid,
              "not all of the submissions can be one group; the violations say why");
  bool refused = false;
  Group group;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    auto found = work.store().GetSubmission(work.tx, work.caller, submissions[i]);
    if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
    const std::string why = WhyNot(found, name, !seen.insert(submissions[i].Text()).second);
    if (why.empty()) {
      group.members.push_back(*std::move(found));
      continue;
    }
    error.Field(absl::StrCat("consortium.submissions[", i, "]"), why);
    refused = true;
  }
  if (refused) return error;
  group.consortium = Consortium{.name = name,
                                .title = std::string(title),
                                .secret = work.context.entropy.Bytes(kSecretBytes),
                                .create_time = work.caller.now};
  ConsortiumStore store;
  RETURN_IF_ERROR(store.Insert(work.tx, work.caller.tenant, *group.consortium));
  for (Submission& member : group.members) {
    RETURN_IF_ERROR(store.SetMember(work.tx, work.caller.tenant, member, name.id));
  }
  return group;
}

absl::Status DeleteConsortium(const Work& work, const ConsortiumName& name, std::string_view etag) {
  ConsortiumStore store;
  ASSIGN_OR_RETURN(const Group group, LoadConsortium(work, name, Reaching::kAll));
  RETURN_IF_ERROR(platform::CheckEtag(etag, group.consortium->version, name.Text()));
  ASSIGN_OR_RETURN(std::vector<Submission> members, store.Members(work.tx, work.caller, name));
  for (Submission& member : members) {
    if (!member.sample.empty()) {
      return Error(absl::StatusCode::kFailedPrecondition, kConsortiumDrawn,
                   "a sample is drawn for the consortium, and it stays one group")
          .With("consortium", name.Text());
    }
    RETURN_IF_ERROR(store.SetMember(work.tx, work.caller.tenant, member, ""));
  }
  return store.Delete(work.tx, work.caller.tenant, name);
}

absl::StatusOr<DrawnConsortium> DrawConsortium(const Work& work, const ConsortiumName& name,
                                               std::string_view etag, SamplingFacts facts) {
  ASSIGN_OR_RETURN(const Group group, LoadForStep(work, name, etag));
  // Whom the officer keeps out is told as in the list: by centre and number.
  for (auto& exclusion : facts.exclusions) {
    for (const Submission& member : group.members) {
      if (OwnNumber(member, exclusion.candidate).has_value()) exclusion.centre = member.centre;
    }
  }
  DrawnConsortium drawn;
  ASSIGN_OR_RETURN(drawn.shares, DrawGroup(work, group, facts));
  ASSIGN_OR_RETURN(drawn.group, LoadConsortium(work, name, Reaching::kAll));
  return drawn;
}

absl::StatusOr<Group> AllocateConsortium(const Work& work, const ConsortiumName& name,
                                         std::string_view etag, const std::string& moderator) {
  ASSIGN_OR_RETURN(Group group, LoadForStep(work, name, etag));
  RETURN_IF_ERROR(AllocateGroup(work, group, moderator));
  RETURN_IF_ERROR(Touch(work, group));
  return group;
}

absl::StatusOr<std::vector<Judged>> JudgeConsortium(const Work& work, const ConsortiumName& name,
                                                    std::string_view etag) {
  ASSIGN_OR_RETURN(Group group, LoadForStep(work, name, etag));
  ASSIGN_OR_RETURN(std::vector<Judged> judged, JudgeGroup(work, group));
  RETURN_IF_ERROR(Touch(work, group));
  return judged;
}

absl::StatusOr<Group> ReleaseConsortium(const Work& work, const ConsortiumName& name,
                                        std::string_view etag, const Feedback& feedback) {
  ASSIGN_OR_RETURN(Group group, LoadForStep(work, name, etag));
  RETURN_IF_ERROR(ReleaseGroup(work, group, feedback));
  RETURN_IF_ERROR(Touch(work, group));
  return group;
}

}  // namespace assay::moderation
