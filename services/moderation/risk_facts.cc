#include "services/moderation/risk_facts.h"

#include <algorithm>
#include <variant>

#include "services/moderation/clients/approval.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/commands/group.h"
#include "services/platform/core/status_macros.h"

namespace assay::moderation {

absl::StatusOr<bool> DrawsByRisk(const Context& context, const platform::Call& call,
                                 const std::string& series, const std::string& component) {
  bool by_risk = false;
  RETURN_IF_ERROR(context.database.ReadNow([&](platform::Transaction& tx) -> absl::Status {
    const Work work{tx, call, context, CallerOf(call, Scope::kCentre)};
    ASSIGN_OR_RETURN(const Component found,
                     context.store.GetComponent(tx, call.tenant(), series, component));
    ASSIGN_OR_RETURN(const PolicyPtr policy, GoverningPolicy(work, found, PolicyKind::kSampling));
    by_risk = std::holds_alternative<RiskPercentages>(policy->sampling.design);
    return absl::OkStatus();
  }));
  return by_risk;
}

absl::StatusOr<CentreRisk> AskRisk(const Context& context, const platform::Call& call,
                                   const std::string& centre) {
  ASSIGN_OR_RETURN(const std::string level, context.approval.RiskOf(call, centre));
  for (int i = 0; i < kCentreRisks; ++i) {
    const auto risk = static_cast<CentreRisk>(i);
    if (NameOf(risk) == level) return risk;
  }
  return absl::InternalError("approval rates the centre by a level that is not known here");
}

absl::StatusOr<std::optional<CentreRisk>> AskGroupRisk(const Context& context,
                                                       const platform::Call& call,
                                                       const ConsortiumName& name) {
  std::optional<CentreRisk> highest;
  ASSIGN_OR_RETURN(const bool by_risk, DrawsByRisk(context, call, name.series, name.component));
  if (!by_risk) return highest;
  Group group;
  RETURN_IF_ERROR(context.database.ReadNow([&](platform::Transaction& tx) -> absl::Status {
    const Work work{tx, call, context, CallerOf(call, Scope::kCentre)};
    ASSIGN_OR_RETURN(group, LoadConsortium(work, name, Reaching::kAll));
    return absl::OkStatus();
  }));
  for (const Submission& member : group.members) {
    ASSIGN_OR_RETURN(const CentreRisk risk, AskRisk(context, call, member.centre));
    highest = std::max(highest.value_or(risk), risk);
  }
  return highest;
}

}  // namespace assay::moderation
