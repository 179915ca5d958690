#include "services/approval/commands/approval_policy.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

constexpr int kDaysMax = 36'500;

absl::Status CheckDays(std::string_view field, int days) {
  if (days >= 0 && days <= kDaysMax) return absl::OkStatus();
  const std::string what = absl::StrCat("is not a number of days from 0 to ", kDaysMax);
  return platform::Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", what)
      .Field(field, what);
}

}  // namespace

absl::StatusOr<ApprovalPolicy> PolicyFor(const Work& work, std::string_view qualification) {
  ApprovalStore store;
  for (const std::string_view key : {qualification, kDefaultPolicy}) {
    ASSIGN_OR_RETURN(auto found, store.GetPolicy(work.tx, work.reach.tenant, key));
    if (found.has_value()) return *std::move(found);
  }
  return ApprovalPolicy{.qualification = std::string(kDefaultPolicy)};
}

absl::StatusOr<ApprovalPolicy> SetPolicy(const Work& work, ApprovalPolicy policy,
                                         const std::string& etag) {
  RETURN_IF_ERROR(CheckDays("policy.answer_days", policy.answer_days));
  RETURN_IF_ERROR(CheckDays("policy.fast_track_answer_days", policy.fast_track_answer_days));
  RETURN_IF_ERROR(CheckDays("policy.valid_days", policy.valid_days));
  RETURN_IF_ERROR(CheckDays("policy.first_use_days", policy.first_use_days));
  RETURN_IF_ERROR(CheckDays("policy.remind_days", policy.remind_days));
  RETURN_IF_ERROR(CheckDays("policy.backdate_days", policy.backdate_days));
  ApprovalStore store;
  ASSIGN_OR_RETURN(const auto before,
                   store.GetPolicy(work.tx, work.reach.tenant, policy.qualification));
  const int version = before.has_value() ? before->version : 0;
  RETURN_IF_ERROR(platform::CheckEtag(etag, version, "approvalPolicies/" + policy.qualification));
  policy.version = version + 1;
  policy.author = std::string(work.call.subject());
  policy.time = work.call.now;
  RETURN_IF_ERROR(store.InsertPolicy(work.tx, work.reach.tenant, policy));
  return policy;
}

}  // namespace assay::approval
