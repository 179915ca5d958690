#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "assay/approval/v1/involvement_policy_service.pb.h"
#include "services/approval/commands/involvement_policy.h"
#include "services/approval/convert.h"
#include "services/approval/rpcs/requests.h"
#include "services/approval/rpcs/rpcs.h"

namespace assay::approval {
namespace {

v1::InvolvementPolicy ToProto(const InvolvementPolicyRecord& record) {
  const InvolvementPolicy& policy = record.policy;
  v1::InvolvementPolicy out;
  out.set_name(absl::StrCat("involvementPolicies/", policy.version));
  *out.mutable_effective_day() = ToDate(policy.effective_day);
  out.set_year_month(policy.year_month);
  out.set_deadline_month(policy.deadline_month);
  out.set_deadline_day(policy.deadline_day);
  out.set_period_days_max(policy.period_days_max);
  out.set_change_note(record.change_note);
  out.set_author(record.author);
  if (!record.author.empty()) *out.mutable_create_time() = ToTimestamp(record.time);
  return out;
}

absl::StatusOr<v1::InvolvementPolicy> Create(const Work& work,
                                             const v1::CreateInvolvementPolicyRequest& request) {
  const v1::InvolvementPolicy& in = request.involvement_policy();
  InvolvementPolicy policy;
  ASSIGN_OR_RETURN(policy.effective_day,
                   RequiredDayFrom("involvement_policy.effective_day", in.has_effective_day(),
                                   in.effective_day()));
  policy.year_month = in.year_month();
  policy.deadline_month = in.deadline_month();
  policy.deadline_day = in.deadline_day();
  policy.period_days_max = in.period_days_max();
  ASSIGN_OR_RETURN(const std::string note,
                   ReasonFrom(in.change_note(), "involvement_policy.change_note"));
  ASSIGN_OR_RETURN(const InvolvementPolicyRecord record,
                   CreateInvolvementPolicy(work, policy, note));
  return ToProto(record);
}

absl::StatusOr<v1::InvolvementPolicy> Get(const Work& work,
                                          const v1::GetInvolvementPolicyRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<std::string> parts,
                   PartsOf("name", request.name(), "involvementPolicies/*"));
  if (parts[0] == "current") {
    ASSIGN_OR_RETURN(const InvolvementPolicyRecord record, InvolvementPolicyFor(work, Today(work)));
    return ToProto(record);
  }
  int version = 0;
  if (!absl::SimpleAtoi(parts[0], &version)) {
    return FieldInvalid("name", "does not end in the number of a version");
  }
  ASSIGN_OR_RETURN(const InvolvementPolicyRecord record, InvolvementPolicyOf(work, version));
  return ToProto(record);
}

absl::StatusOr<v1::ListInvolvementPoliciesResponse> List(
    const Work& work, const v1::ListInvolvementPoliciesRequest& request) {
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach, {"ListInvolvementPolicies"}));
  int after = 0;
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &after)) {
    return FieldInvalid("page_token", "is not a page of this list");
  }
  ASSIGN_OR_RETURN(std::vector<InvolvementPolicyRecord> found, InvolvementPolicies(work));
  std::erase_if(found, [&](const auto& record) { return record.policy.version <= after; });
  v1::ListInvolvementPoliciesResponse response;
  SetNextPage(found, page, response,
              [](const auto& record) { return absl::StrCat(record.policy.version); });
  for (const InvolvementPolicyRecord& record : found) {
    *response.add_involvement_policies() = ToProto(record);
  }
  return response;
}

}  // namespace

void RegisterInvolvementPolicies(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.InvolvementPolicyService/";
  Write(router, context, service + "CreateInvolvementPolicy", Create);
  Read(router, context, service + "GetInvolvementPolicy", Get);
  Read(router, context, service + "ListInvolvementPolicies", List);
}

}  // namespace assay::approval
