#include "services/approval/commands/correct_centre.h"

#include <algorithm>

#include "services/approval/commands/merge_centres.h"
#include "services/approval/commands/reconcile_centre.h"
#include "services/approval/stores/centre_sources.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {

absl::StatusOr<Centre> CorrectCentre(const Work& work, std::string_view id,
                                     const std::vector<FactToSet>& facts, const std::string& reason,
                                     const std::string& etag) {
  ASSIGN_OR_RETURN(Centre centre, work.context.store.GetCentre(work.tx, work.reach, id));
  RETURN_IF_ERROR(platform::CheckEtag(etag, centre.version, "centres/" + centre.id));
  RETURN_IF_ERROR(CheckNotMerged(centre));
  RETURN_IF_ERROR(KeepFirstFacts(work, centre));
  std::vector<Correction> corrections;
  for (const FactToSet& fact : facts) {
    corrections.push_back({centre.id, fact.field, fact.withdrawn ? "" : fact.value, fact.withdrawn,
                           reason, std::string(work.call.subject()), work.call.now});
  }
  RETURN_IF_ERROR(CentreSourceStore().AddCorrections(work.tx, work.reach.tenant, corrections));
  // What an officer takes back is no longer known: else a number would hold itself.
  Facts known = FactsOf(centre.facts);
  for (const FactToSet& fact : facts) {
    if (fact.withdrawn) known.erase(fact.field);
  }
  centre.facts = EstablishmentOf(known);
  RETURN_IF_ERROR(ReconcileCentre(work, centre));
  return centre;
}

}  // namespace assay::approval
