#include "services/moderation/commands/create_policy.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/errors.h"
#include "services/moderation/policies/loader.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::View;

constexpr std::string_view kPlace = "policy_version.document";
constexpr std::size_t kViolationsMax = 100;

std::string PlaceOf(std::string_view place) {
  return place.empty() ? std::string(kPlace) : absl::StrCat(View(kPlace), ".", View(place));
}

// The one reason that all have, or POLICY_INVALID.
std::string_view CommonReason(const std::vector<PolicyProblem>& problems) {
  const std::string_view first = problems.front().reason;
  for (const PolicyProblem& problem : problems) {
    if (problem.reason != first) return kPolicyInvalid;
  }
  return first;
}

absl::Status Refused(std::string_view id, const std::vector<PolicyProblem>& problems) {
  Error error(
      absl::StatusCode::kInvalidArgument, CommonReason(problems),
      absl::StrCat("the policy contradicts itself in ", problems.size(),
                   problems.size() == 1 ? " place: " : " places; the first: ", problems[0].place,
                   problems[0].place.empty() ? "" : " ", problems[0].what));
  error.With("policy", id);
  for (std::size_t i = 0; i < problems.size() && i < kViolationsMax; ++i) {
    error.Field(PlaceOf(problems[i].place),
                absl::StrCat(View(problems[i].reason), ": ", problems[i].what));
  }
  return error;
}

absl::StatusOr<Policy> Read(const NewPolicy& from) {
  std::vector<PolicyProblem> problems;
  if (from.document.size() > kPolicyDocumentMax) {
    problems.push_back({"", absl::StrCat("is longer than ", kPolicyDocumentMax, " bytes")});
    return Refused(from.id, problems);
  }
  std::optional<Policy> policy = ReadPolicy(from.document, problems);
  if (policy.has_value()) {
    AddContradictions(*policy, problems);
    if (policy->id != from.id) {
      problems.push_back({"id", absl::StrCat("is not that of the parent, ", View(from.id))});
    }
  }
  if (!problems.empty()) return Refused(from.id, problems);
  return *std::move(policy);
}

// How the version follows the newest, if there is one.
absl::Status CheckSuccession(const Policy& policy, const Policy* newest) {
  const int next = newest == nullptr ? 1 : newest->version + 1;
  if (policy.version != next) {
    return Error(absl::StatusCode::kInvalidArgument, kPolicyVersionWrong,
                 absl::StrCat("the document has version ", policy.version, "; the next one of ",
                              policy.id, " is ", next))
        .With("policy", policy.id)
        .With("version", absl::StrCat(policy.version))
        .With("version_next", absl::StrCat(next))
        .Field(PlaceOf("version"), absl::StrCat("is not ", next));
  }
  if (newest == nullptr) return absl::OkStatus();
  if (policy.kind != newest->kind) {
    return Error(absl::StatusCode::kInvalidArgument, kPolicyKindWrong,
                 absl::StrCat(policy.id, " is a policy of the kind ", View(NameOf(newest->kind)),
                              "; a policy of another kind needs an id of its own"))
        .With("policy", policy.id)
        .With("kind", NameOf(newest->kind))
        .Field(PlaceOf("kind"), absl::StrCat("is not ", View(NameOf(newest->kind))));
  }
  if (policy.effective_from > newest->effective_from) return absl::OkStatus();
  const std::string from = absl::FormatCivilTime(newest->effective_from);
  return Error(absl::StatusCode::kFailedPrecondition, kPolicyDateWrong,
               absl::StrCat(newest->VersionName(), " is in force from ", from,
                            "; the next version can only take effect after that day"))
      .With("policy", policy.id)
      .With("effective_from", absl::FormatCivilTime(policy.effective_from))
      .With("newest_from", from)
      .Field(PlaceOf("effective_from"), absl::StrCat("is not after ", from));
}

// Decisions that were made by the version before, on a day on which this one were in force, would
// have been others.
absl::Status CheckUnused(const Work& work, const Policy& policy) {
  ASSIGN_OR_RETURN(const std::optional<PolicyUse> use,
                   work.context.policies.store().LastUse(work.tx, work.caller.tenant, policy.id,
                                                         policy.effective_from));
  if (!use.has_value()) return absl::OkStatus();
  const std::string day = absl::FormatCivilTime(use->day);
  return Error(absl::StatusCode::kFailedPrecondition, kPolicyInUse,
               absl::StrCat("decisions were made by ", policy.id, "@", use->version, " on ", day,
                            "; a new version can only take effect after that day"))
      .With("policy", policy.id)
      .With("effective_from", absl::FormatCivilTime(policy.effective_from))
      .With("used_on", day)
      .With("used_version", absl::StrCat(use->version))
      .Field(PlaceOf("effective_from"), absl::StrCat("is not after ", day));
}

absl::Status CheckRoom(const Work& work) {
  ASSIGN_OR_RETURN(const auto own, work.context.policies.store().Load(work.tx, work.caller.tenant));
  if (own.size() < kPolicyVersionsMax) return absl::OkStatus();
  return Error(absl::StatusCode::kResourceExhausted, kTooManyPolicies,
               absl::StrCat("a body keeps at most ", kPolicyVersionsMax,
                            " versions of policies of its own"))
      .With("policies_max", absl::StrCat(kPolicyVersionsMax));
}

}  // namespace

absl::StatusOr<Policy> CreatePolicyVersion(const Work& work, const NewPolicy& from) {
  ASSIGN_OR_RETURN(Policy policy, Read(from));
  ASSIGN_OR_RETURN(const BookPtr book, BookOf(work));
  const Policy* newest = book->Newest(policy.id);
  RETURN_IF_ERROR(platform::CheckEtag(from.etag, newest == nullptr ? 0 : newest->version,
                                      absl::StrCat("policies/", policy.id)));
  RETURN_IF_ERROR(CheckSuccession(policy, newest));
  RETURN_IF_ERROR(CheckUnused(work, policy));
  RETURN_IF_ERROR(CheckRoom(work));
  if (from.validate_only) return policy;
  ASSIGN_OR_RETURN(const bool added,
                   work.context.policies.store().Insert(work.tx, work.caller.tenant,
                                                        {.policy = policy.id,
                                                         .version = policy.version,
                                                         .document = policy.document,
                                                         .created_by = work.caller.subject,
                                                         .create_time = work.caller.now},
                                                        work.context.ids.NextId(work.caller.now)));
  if (!added) return absl::InternalError("a version that is not in the book is kept");
  return policy;
}

}  // namespace assay::moderation
