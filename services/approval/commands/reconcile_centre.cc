#include "services/approval/commands/reconcile_centre.h"

#include <string>
#include <utility>
#include <vector>

#include "services/approval/commands/find_duplicates.h"
#include "services/approval/import/facts.h"
#include "services/approval/search.h"
#include "services/approval/stores/centre_search.h"
#include "services/approval/stores/centre_sources.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {

absl::Status ReconcileCentre(const Work& work, Centre& centre) {
  CentreSourceStore store;
  const std::string& tenant = work.reach.tenant;
  const std::string ids[] = {centre.id};
  ASSIGN_OR_RETURN(auto sources, store.Load(work.tx, tenant, ids));
  const std::vector<SourceFacts>& said = sources[centre.id];
  centre.facts = Merge(said, centre.facts, centre.id).facts;
  centre.update_time = work.call.now;
  ++centre.version;
  const std::vector<std::string> words = WordsOf(centre.facts);
  RETURN_IF_ERROR(work.context.store.UpdateCentre(work.tx, tenant, {centre, words}));
  RETURN_IF_ERROR(CentreSearch().Learn(work.tx, tenant, words));
  const KeyedCentre written[] = {{centre, KeysOf(centre.facts, said)}};
  RETURN_IF_ERROR(store.SetKeys(work.tx, tenant, centre.id, written[0].keys));
  return FindDuplicates(work, written);
}

}  // namespace assay::approval
