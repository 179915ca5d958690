#include "services/approval/commands/limits_in_force.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/stores/restrictions.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {

std::string WhyOf(const std::optional<LimitCause>& cause) {
  return cause.has_value() ? absl::StrCat(cause->reason, " (", cause->source, ")") : "";
}

absl::StatusOr<Limits> LimitsInForce(const Work& work, const std::string& centre,
                                     const std::string& qualification, absl::CivilDay day) {
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, centre).status());
  ASSIGN_OR_RETURN(
      const std::vector<Restriction> found,
      RestrictionStore().InForce(work.tx, work.reach.tenant, centre, qualification, day));
  LimitsInForceOn on = LimitsOn(found, qualification, day);
  Limits limits;
  limits.learners_max = on.learners_max;
  limits.registrations_stopped = on.registrations_stopped;
  limits.direct_claims_stopped = on.direct_claims_stopped;
  limits.certification_stopped = on.certification_stopped;
  limits.centre_learners_max = on.centre_learners_max;
  limits.learners_cap = std::move(on.learners_cap);
  limits.centre_learners_cap = std::move(on.centre_learners_cap);
  limits.registrations_stop = std::move(on.registrations_stop);
  limits.direct_claims_stop = std::move(on.direct_claims_stop);
  limits.certification_stop = std::move(on.certification_stop);
  limits.causes = std::move(on.causes);
  if (!limits.causes.empty()) {
    limits.reason = limits.causes.front().reason;
    limits.source = limits.causes.front().source;
  }
  return limits;
}

}  // namespace assay::approval
