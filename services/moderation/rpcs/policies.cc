#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/commands/create_policy.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/etag.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::Router;
using platform::View;

v1::Policy ToProto(const PolicyBook& book, const Policy& policy) {
  const int newest = book.Newest(policy.id)->version;
  v1::Policy out;
  out.set_name("policies/" + policy.id);
  out.set_kind(std::string(NameOf(policy.kind)));
  out.set_version(policy.version);
  out.set_effective_from(absl::FormatCivilTime(policy.effective_from));
  out.set_description(policy.description);
  out.set_document(policy.document);
  out.set_etag(platform::EtagOf(newest));
  out.set_newest_version(newest);
  return out;
}

absl::StatusOr<v1::PolicyVersion> ToProto(const Work& work, const PolicyBook& book,
                                          const Policy& policy) {
  v1::PolicyVersion out;
  out.set_name(absl::StrCat("policies/", policy.id, "/versions/", policy.version));
  out.set_kind(std::string(NameOf(policy.kind)));
  out.set_version(policy.version);
  out.set_effective_from(absl::FormatCivilTime(policy.effective_from));
  if (const auto end = book.EndOf(policy)) out.set_effective_until(absl::FormatCivilTime(*end));
  out.set_description(policy.description);
  out.set_document(policy.document);
  ASSIGN_OR_RETURN(
      const std::optional<StoredPolicy> own,
      work.context.policies.store().Get(work.tx, work.caller.tenant, policy.id, policy.version));
  out.set_shipped(!own.has_value());
  if (own.has_value()) {
    out.set_creator(own->created_by);
    SetTime(*out.mutable_create_time(), own->create_time);
  }
  return out;
}

absl::Status NoPolicy(std::string_view id) {
  return Error(absl::StatusCode::kNotFound, kPolicyNotFound, "there is no such policy")
      .With("policy", id)
      .With("kind", "");
}

// As it is in force today, or as it will be first. Null if there is none.
const Policy* Shown(const PolicyBook& book, std::string_view id, absl::CivilDay today) {
  const Policy* policy = book.InForce(id, today);
  return policy != nullptr ? policy : book.Version(id, 1);
}

absl::StatusOr<PolicyKind> KindOf(const std::string& name) {
  const std::optional<PolicyKind> kind = PolicyKindOf(name);
  if (kind.has_value()) return *kind;
  return Error(absl::StatusCode::kInvalidArgument, kPolicyKindWrong,
               absl::StrCat("there is no kind of policy \"", name, "\""))
      .With("kind", name)
      .Field("kind", "is not a kind of policy");
}

absl::StatusOr<v1::Policy> GetPolicy(const Work& work, const v1::GetPolicyRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, PolicyIdOf("name", request.name()));
  ASSIGN_OR_RETURN(const BookPtr book, BookOf(work));
  const Policy* policy = Shown(*book, id, Today(work));
  if (policy == nullptr) return NoPolicy(id);
  return ToProto(*book, *policy);
}

absl::StatusOr<v1::ListPoliciesResponse> ListPolicies(const Work& work,
                                                      const v1::ListPoliciesRequest& request) {
  std::optional<PolicyKind> kind;
  if (!request.kind().empty()) {
    ASSIGN_OR_RETURN(kind, KindOf(request.kind()));
  }
  ASSIGN_OR_RETURN(const BookPtr book, BookOf(work));
  return Page<v1::ListPoliciesResponse>(
      work, request, request.kind(),
      [&](const std::string& after, int limit) -> absl::StatusOr<std::vector<const Policy*>> {
        std::vector<const Policy*> found;
        for (const Policy& policy : book->all()) {
          if (policy.id <= after || static_cast<int>(found.size()) >= limit) continue;
          if (kind.has_value() && policy.kind != *kind) continue;
          if (Shown(*book, policy.id, Today(work)) == &policy) found.push_back(&policy);
        }
        return found;
      },
      [&](auto& response, const Policy* policy) {
        *response.add_policies() = ToProto(*book, *policy);
      },
      [](const Policy* policy) { return policy->id; });
}

absl::StatusOr<v1::PolicyVersion> CreatePolicyVersion(
    const Work& work, const v1::CreatePolicyVersionRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, PolicyIdOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Policy policy,
                   CreatePolicyVersion(work, {.id = id,
                                              .document = request.policy_version().document(),
                                              .etag = request.etag(),
                                              .validate_only = request.validate_only()}));
  ASSIGN_OR_RETURN(const BookPtr book, BookOf(work));
  ASSIGN_OR_RETURN(v1::PolicyVersion version, ToProto(work, *book, policy));
  version.set_shipped(false);  // Also of one that was only checked.
  return version;
}

absl::StatusOr<v1::PolicyVersion> GetPolicyVersion(const Work& work,
                                                   const v1::GetPolicyVersionRequest& request) {
  ASSIGN_OR_RETURN(const PolicyVersionName name, PolicyVersionNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const BookPtr book, BookOf(work));
  const Policy* policy = book->Version(name.policy, name.version);
  if (policy == nullptr) {
    return Error(absl::StatusCode::kNotFound, kPolicyVersionNotFound,
                 "there is no such version of a policy")
        .With("policy", name.policy)
        .With("version", absl::StrCat(name.version));
  }
  return ToProto(work, *book, *policy);
}

absl::StatusOr<v1::ListPolicyVersionsResponse> ListPolicyVersions(
    const Work& work, const v1::ListPolicyVersionsRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, PolicyIdOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const BookPtr book, BookOf(work));
  if (book->Newest(id) == nullptr) return NoPolicy(id);
  return Page<v1::ListPolicyVersionsResponse>(
      work, request, id,
      [&](const std::string& after, int limit) -> absl::StatusOr<std::vector<v1::PolicyVersion>> {
        int last = 0;
        if (!after.empty() && !absl::SimpleAtoi(after, &last)) last = 0;
        std::vector<v1::PolicyVersion> found;
        for (const Policy& policy : book->all()) {
          if (policy.id != id || policy.version <= last) continue;
          if (static_cast<int>(found.size()) >= limit) break;
          ASSIGN_OR_RETURN(found.emplace_back(), ToProto(work, *book, policy));
        }
        return found;
      },
      [](auto& response, const v1::PolicyVersion& version) {
        *response.add_policy_versions() = version;
      },
      [](const v1::PolicyVersion& version) { return absl::StrCat(version.version()); });
}

absl::StatusOr<absl::CivilDay> DayOf(const Work& work, const std::string& date) {
  if (date.empty()) return Today(work);
  absl::CivilDay day;
  if (date.size() == 10 && absl::ParseCivilTime(date, &day)) return day;
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               "the date is not a day such as 2026-05-01")
      .Field("date", "is not a day such as 2026-05-01");
}

struct Asked {
  std::string name;  // An id, or one with a version.
  PolicyKind kind;
  bool usual = false;
};

absl::StatusOr<Asked> AskedOf(const Work& work, const v1::FindPolicyInForceRequest& request) {
  if (request.policy().empty() == request.component().empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                 "either a policy is asked for, or a component and a kind")
        .Field("policy", "is given together with component, or neither is");
  }
  if (!request.policy().empty()) {
    ASSIGN_OR_RETURN(const std::string id, PolicyIdOf("policy", request.policy()));
    ASSIGN_OR_RETURN(const BookPtr book, BookOf(work));
    const Policy* policy = book->Newest(id.substr(0, id.find('@')));
    if (policy == nullptr) return NoPolicy(id);
    PolicyKind kind = policy->kind;
    if (!request.kind().empty()) {
      ASSIGN_OR_RETURN(kind, KindOf(request.kind()));
    }
    return Asked{.name = id, .kind = kind};
  }
  ASSIGN_OR_RETURN(const PolicyKind kind, KindOf(request.kind()));
  ASSIGN_OR_RETURN(const ComponentName name, ComponentNameOf("component", request.component()));
  ASSIGN_OR_RETURN(
      const Component component,
      work.store().GetComponent(work.tx, work.caller.tenant, name.series, name.component));
  ASSIGN_OR_RETURN(const NamedPolicy named, NamedPolicyOf(work, component, kind));
  return Asked{.name = named.name, .kind = kind, .usual = named.usual};
}

absl::StatusOr<v1::PolicyInForce> FindPolicyInForce(const Work& work,
                                                    const v1::FindPolicyInForceRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, DayOf(work, request.date()));
  ASSIGN_OR_RETURN(const Asked asked, AskedOf(work, request));
  ASSIGN_OR_RETURN(const PolicyPtr policy, FindPolicy(work, asked.name, asked.kind, day));
  ASSIGN_OR_RETURN(const BookPtr book, BookOf(work));
  v1::PolicyInForce out;
  ASSIGN_OR_RETURN(*out.mutable_policy_version(), ToProto(work, *book, *policy));
  out.set_named(asked.name);
  out.set_usual(asked.usual);
  out.set_date(absl::FormatCivilTime(day));
  return out;
}

}  // namespace

void RegisterPolicies(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.PolicyService/";
  const Scope scope = Scope::kTenant;
  Read<v1::GetPolicyRequest, v1::Policy>(router, context, service + "GetPolicy", scope, GetPolicy);
  Read<v1::ListPoliciesRequest, v1::ListPoliciesResponse>(router, context, service + "ListPolicies",
                                                          scope, ListPolicies);
  Write<v1::CreatePolicyVersionRequest, v1::PolicyVersion>(
      router, context, service + "CreatePolicyVersion", scope, CreatePolicyVersion);
  Read<v1::GetPolicyVersionRequest, v1::PolicyVersion>(
      router, context, service + "GetPolicyVersion", scope, GetPolicyVersion);
  Read<v1::ListPolicyVersionsRequest, v1::ListPolicyVersionsResponse>(
      router, context, service + "ListPolicyVersions", scope, ListPolicyVersions);
  Read<v1::FindPolicyInForceRequest, v1::PolicyInForce>(
      router, context, service + "FindPolicyInForce", scope, FindPolicyInForce);
}

}  // namespace assay::moderation
