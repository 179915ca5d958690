#include "services/moderation/commands/group.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::View;

// "urn-100000/"
std::string Prefix(const Submission& submission) {
  absl::string_view centre = submission.centre;
  absl::ConsumePrefix(&centre, "centres/");
  return absl::StrCat(centre, "/");
}

absl::StatusOr<Group> Load(const Work& work, const ConsortiumName& name) {
  ConsortiumStore store;
  Group group;
  ASSIGN_OR_RETURN(group.consortium, store.Get(work.tx, work.caller.tenant, name));
  ASSIGN_OR_RETURN(group.members, store.Members(work.tx, work.caller, name));
  std::erase_if(group.members, [](const Submission& member) {
    return member.state == State::kRetracted || member.state == State::kVoided;
  });
  std::sort(group.members.begin(), group.members.end(),
            [](const Submission& a, const Submission& b) { return a.centre < b.centre; });
  return group;
}

}  // namespace

std::string Group::Name() const {
  return consortium.has_value() ? consortium->name.Text() : members.front().name.Text();
}

const std::string& Group::Secret() const {
  return consortium.has_value() ? consortium->secret : members.front().secret;
}

Group Alone(Submission submission) {
  Group group;
  group.members.push_back(std::move(submission));
  return group;
}

absl::StatusOr<Group> GroupOf(const Work& work, const Submission& submission) {
  if (submission.consortium.empty()) return Alone(submission);
  return Load(work, {submission.name.series, submission.name.component, submission.consortium});
}

absl::StatusOr<Group> LoadConsortium(const Work& work, const ConsortiumName& name,
                                     Reaching reaching) {
  ASSIGN_OR_RETURN(Group group, Load(work, name));
  const Reach& reach = work.caller.reach;
  const auto reached = [&](const Submission& member) {
    return reach.all || (!reach.centre.empty() && member.centre == reach.centre) ||
           (!reach.moderator.empty() && member.moderator_subject == reach.moderator);
  };
  const bool within =
      reaching == Reaching::kAll
          ? std::all_of(group.members.begin(), group.members.end(), reached)
          : reach.all || std::any_of(group.members.begin(), group.members.end(), reached);
  if (within) return group;
  return Error(absl::StatusCode::kNotFound, kConsortiumNotFound, "there is no such consortium")
      .With("consortium", name.Text());
}

absl::Status CheckAlone(const Submission& submission, std::string_view method) {
  if (submission.consortium.empty()) return absl::OkStatus();
  const ConsortiumName name{submission.name.series, submission.name.component,
                            submission.consortium};
  return Error(absl::StatusCode::kFailedPrecondition, kInConsortium,
               absl::StrCat("the centre is in a consortium, which is one group (MOD-5): use ",
                            View(method)))
      .With("submission", submission.name.Text())
      .With("consortium", name.Text());
}

std::string Pool(const Submission& submission, std::string_view number) {
  if (submission.consortium.empty()) return std::string(number);
  return absl::StrCat(Prefix(submission), View(number));
}

std::optional<std::string> OwnNumber(const Submission& submission, std::string_view pooled) {
  if (submission.consortium.empty()) return std::string(pooled);
  const std::string prefix = Prefix(submission);
  if (!pooled.starts_with(prefix)) return std::nullopt;
  return std::string(pooled.substr(prefix.size()));
}

std::vector<Pick> OwnPicks(const Submission& submission, const std::vector<Pick>& pooled) {
  std::vector<Pick> picks;
  for (const Pick& pick : pooled) {
    std::optional<std::string> number = OwnNumber(submission, pick.candidate);
    if (!number.has_value()) continue;
    picks.push_back(pick);
    picks.back().candidate = *std::move(number);
  }
  return picks;
}

absl::StatusOr<std::vector<Candidate>> PooledCandidates(const Work& work, const Group& group) {
  std::vector<Candidate> all;
  for (const Submission& member : group.members) {
    ASSIGN_OR_RETURN(std::vector<Candidate> own,
                     work.store().LoadCandidates(work.tx, work.caller.tenant, member.number));
    if (!group.consortium.has_value()) return own;
    for (Candidate& candidate : own) {
      candidate.number = Pool(member, candidate.number);
      candidate.centre = member.centre;
    }
    all.insert(all.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  }
  return all;
}

}  // namespace assay::moderation
