#include "services/approval/commands/approval_policy.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::View;

constexpr int kDaysMax = 36'500;

absl::Status CheckDays(std::string_view field, int days) {
  if (days >= 0 && days <= kDaysMax) return absl::OkStatus();
  const std::string what = absl::StrCat("is not a number of days from 0 to ", kDaysMax);
  return platform::Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", what)
      .With("rule", "QUAL-7")
      .Field(field, what);
}

// Days that have passed keep the policy they had, and versions come into force in their order.
absl::StatusOr<absl::CivilDay> FirstDay(const Work& work, const std::string& key, int latest,
                                        std::optional<absl::CivilDay> first) {
  absl::CivilDay least = Today(work);
  if (latest > 0) {
    ASSIGN_OR_RETURN(const auto before,
                     ApprovalStore().GetPolicyVersion(work.tx, work.reach.tenant, key, latest));
    if (before.has_value()) least = std::max(least, before->effective_day);
  }
  if (!first.has_value()) return least;
  if (*first >= least) return *first;
  const std::string what = absl::StrCat("is before ", absl::FormatCivilTime(least),
                                        ", from when on a policy can be changed");
  return platform::Error(absl::StatusCode::kInvalidArgument, kDeadlineInvalid,
                         absl::StrCat("the first day of the policy ", what, " (QUAL-7)"))
      .With("day", absl::FormatCivilTime(*first))
      .With("rule", "QUAL-7")
      .Field("effective_date", what);
}

}  // namespace

absl::StatusOr<ApprovalPolicy> PolicyFor(const Work& work, std::string_view qualification,
                                         std::optional<absl::CivilDay> day) {
  ApprovalStore store;
  const absl::CivilDay asked = day.value_or(Today(work));
  for (const std::string_view key : {qualification, kDefaultPolicy}) {
    ASSIGN_OR_RETURN(auto found, store.GetPolicy(work.tx, work.reach.tenant, key, asked));
    if (found.has_value()) return *std::move(found);
  }
  return ApprovalPolicy{.qualification = std::string(kDefaultPolicy)};
}

absl::StatusOr<ApprovalPolicy> PolicyVersion(const Work& work, std::string_view key, int version) {
  ASSIGN_OR_RETURN(auto found,
                   ApprovalStore().GetPolicyVersion(work.tx, work.reach.tenant, key, version));
  if (found.has_value()) return *std::move(found);
  const std::string name = absl::StrCat("approvalPolicies/", View(key));
  return platform::Error(absl::StatusCode::kNotFound, kApprovalPolicyNotFound,
                         absl::StrCat(name, " has no version ", version))
      .With("policy", name)
      .With("version", absl::StrCat(version))
      .Field("version", "was never set");
}

absl::StatusOr<int> LatestPolicyVersion(const Work& work, std::string_view key) {
  return ApprovalStore().LatestPolicyVersion(work.tx, work.reach.tenant, key);
}

absl::StatusOr<RulesUsed> RulesFor(const Work& work, std::string_view qualification) {
  ASSIGN_OR_RETURN(const ApprovalPolicy policy, PolicyFor(work, qualification));
  // An application for what the catalogue has no longer can still be refused.
  const absl::StatusOr<CatalogueEntry> entry = FindEntry(work, qualification);
  if (!entry.ok() && !absl::IsNotFound(entry.status())) return entry.status();
  return RulesUsed{policy.qualification, policy.version, entry.ok() ? entry->version : 0};
}

absl::StatusOr<ApprovalPolicy> SetPolicy(const Work& work, ApprovalPolicy policy,
                                         std::optional<absl::CivilDay> first,
                                         const std::string& etag) {
  RETURN_IF_ERROR(CheckDays("policy.answer_days", policy.answer_days));
  RETURN_IF_ERROR(CheckDays("policy.fast_track_answer_days", policy.fast_track_answer_days));
  RETURN_IF_ERROR(CheckDays("policy.valid_days", policy.valid_days));
  RETURN_IF_ERROR(CheckDays("policy.first_use_days", policy.first_use_days));
  RETURN_IF_ERROR(CheckDays("policy.backdate_days", policy.backdate_days));
  ApprovalStore store;
  const std::string& tenant = work.reach.tenant;
  ASSIGN_OR_RETURN(const int latest,
                   store.LatestPolicyVersion(work.tx, tenant, policy.qualification));
  RETURN_IF_ERROR(platform::CheckEtag(etag, latest, "approvalPolicies/" + policy.qualification));
  ASSIGN_OR_RETURN(policy.effective_day, FirstDay(work, policy.qualification, latest, first));
  policy.version = latest + 1;
  policy.author = std::string(work.call.subject());
  policy.time = work.call.now;
  RETURN_IF_ERROR(store.InsertPolicy(work.tx, tenant, policy));
  return policy;
}

}  // namespace assay::approval
