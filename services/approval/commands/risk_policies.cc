#include "services/approval/commands/risk_policies.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/register_learners.h"
#include "services/approval/errors.h"
#include "services/approval/risk_policy_reader.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using Code = absl::StatusCode;

constexpr std::size_t kDocumentMax = 64 * 1024;
constexpr std::size_t kViolationsMax = 100;

absl::Status Refused(const std::vector<PolicyFault>& faults) {
  if (faults.empty()) return absl::OkStatus();
  Error error(Code::kInvalidArgument, kRiskPolicyRefused,
              absl::StrCat("the policy has ", faults.size(), " faults; nothing was kept"));
  error.With("refused_count", absl::StrCat(faults.size()));
  for (std::size_t i = 0; i < std::min(faults.size(), kViolationsMax); ++i) {
    error.Field(
        absl::StrCat("risk_policy.document", faults[i].place.empty() ? "" : ".", faults[i].place),
        faults[i].what);
  }
  return error;
}

Error NotFound(const std::string& name, std::string_view what) {
  return Error(Code::kNotFound, kRiskPolicyNotFound, what).With("risk_policy", name);
}

}  // namespace

absl::StatusOr<std::vector<RiskPolicyVersion>> RiskPolicies(const Work& work) {
  std::vector<RiskPolicyVersion> versions;
  for (const RiskPolicyText& text : ShippedRiskPolicies()) {
    versions.push_back({text.policy, {text.policy.version, text.document, "", absl::Time()}, true});
  }
  ASSIGN_OR_RETURN(std::vector<RiskPolicyRecord> own,
                   QualityStore().Policies(work.tx, work.reach.tenant));
  for (RiskPolicyRecord& record : own) {
    std::vector<PolicyFault> faults;
    RiskPolicy policy = ReadRiskPolicy(record.document, faults);
    if (!faults.empty()) return absl::DataLossError("a policy that was kept cannot be read");
    versions.push_back({std::move(policy), std::move(record), false});
  }
  return versions;
}

absl::StatusOr<RiskPolicyVersion> RiskPolicyOn(const Work& work, absl::CivilDay day) {
  ASSIGN_OR_RETURN(std::vector<RiskPolicyVersion> versions, RiskPolicies(work));
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->policy.effective_from <= day) return std::move(*it);
  }
  return NotFound("riskPolicies/current",
                  absl::StrCat("no policy is in force on ", absl::FormatCivilTime(day)));
}

absl::StatusOr<RiskPolicyVersion> RiskPolicyOf(const Work& work, int version) {
  ASSIGN_OR_RETURN(std::vector<RiskPolicyVersion> versions, RiskPolicies(work));
  for (RiskPolicyVersion& candidate : versions) {
    if (candidate.policy.version == version) return std::move(candidate);
  }
  const std::string name = absl::StrCat("riskPolicies/", version);
  return NotFound(name, absl::StrCat("there is no ", name));
}

absl::StatusOr<RiskPolicyVersion> CreateRiskPolicy(const Work& work, const std::string& document,
                                                   bool validate_only) {
  std::vector<PolicyFault> faults;
  if (document.size() > kDocumentMax) {
    faults.push_back({"", absl::StrCat("is longer than ", kDocumentMax, " bytes")});
    return Refused(faults);
  }
  RiskPolicyVersion made;
  made.policy = ReadRiskPolicy(document, faults);
  RETURN_IF_ERROR(Refused(faults));
  ASSIGN_OR_RETURN(const std::vector<RiskPolicyVersion> versions, RiskPolicies(work));
  if (!versions.empty()) {
    const RiskPolicy& newest = versions.back().policy;
    if (made.policy.version != newest.version + 1) {
      faults.push_back({"version", absl::StrCat("is not ", newest.version + 1)});
    }
    if (made.policy.effective_from <= newest.effective_from) {
      faults.push_back(
          {"effective_from", absl::StrCat("is not later than that of the newest, ",
                                          absl::FormatCivilTime(newest.effective_from))});
    }
  }
  // What was evaluated by the version before stays explained by it.
  if (made.policy.effective_from < Today(work)) {
    faults.push_back({"effective_from", "is before today"});
  }
  RETURN_IF_ERROR(Refused(faults));
  made.record = {made.policy.version, document, std::string(work.call.subject()), work.call.now};
  if (validate_only) return made;
  ASSIGN_OR_RETURN(const bool inserted,
                   QualityStore().InsertPolicy(work.tx, work.reach.tenant, made.record));
  if (!inserted) return Refused({{"version", "was made by another call meanwhile"}});
  return made;
}

}  // namespace assay::approval
