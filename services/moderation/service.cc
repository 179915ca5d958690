#include "services/moderation/service.h"

#include "services/moderation/rpcs/rpcs.h"

namespace assay::moderation {

void RegisterRpcs(platform::Router& router, const Context& context) {
  RegisterSeries(router, context);
  RegisterSubmissions(router, context);
  RegisterLifecycle(router, context);
  RegisterSamples(router, context);
  RegisterModeration(router, context);
  RegisterConsortia(router, context);
  RegisterAllocation(router, context);
  RegisterStandardisation(router, context);
  RegisterAgreement(router, context);
  RegisterMarkImports(router, context);
  RegisterReviews(router, context);
  RegisterReturns(router, context);
  RegisterPolicies(router, context);
  RegisterAwards(router, context);
  RegisterCheckpoints(router, context);
  RegisterReports(router, context);
  RegisterReplay(router, context);
}

}  // namespace assay::moderation
