#include <string>
#include <vector>

#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::Router;

absl::CivilDay Today(const Work& work) {
  return absl::ToCivilDay(work.caller.now, absl::UTCTimeZone());
}

absl::StatusOr<v1::Policy> GetPolicy(const Work& work, const v1::GetPolicyRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, PolicyIdOf("name", request.name()));
  const Policy* policy = work.context.policies.InForce(id, Today(work));
  if (policy == nullptr) {
    return Error(absl::StatusCode::kNotFound, kPolicyNotFound, "no such policy is in force")
        .With("policy", id)
        .With("kind", "");
  }
  return ToProto(*policy);
}

absl::StatusOr<v1::ListPoliciesResponse> ListPolicies(const Work& work,
                                                      const v1::ListPoliciesRequest& request) {
  return Page<v1::ListPoliciesResponse>(
      work, request, "",
      [&](const std::string& after, int limit) -> absl::StatusOr<std::vector<const Policy*>> {
        std::vector<const Policy*> found;
        for (const Policy& policy : work.context.policies.all()) {
          const bool current = work.context.policies.InForce(policy.id, Today(work)) == &policy;
          if (current && policy.id > after && static_cast<int>(found.size()) < limit) {
            found.push_back(&policy);
          }
        }
        return found;
      },
      [](auto& response, const Policy* policy) { *response.add_policies() = ToProto(*policy); },
      [](const Policy* policy) { return policy->id; });
}

}  // namespace

void RegisterPolicies(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.PolicyService/";
  Read<v1::GetPolicyRequest, v1::Policy>(router, context, service + "GetPolicy", Scope::kTenant,
                                         GetPolicy);
  Read<v1::ListPoliciesRequest, v1::ListPoliciesResponse>(router, context, service + "ListPolicies",
                                                          Scope::kTenant, ListPolicies);
}

}  // namespace assay::moderation
