#include "services/approval/commands/correct_centre.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/commands/merge_centres.h"
#include "services/approval/commands/reconcile_centre.h"
#include "services/approval/stores/centre_sources.h"
#include "services/approval/timeline.h"
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
  std::vector<std::string> fields;
  for (const FactToSet& fact : facts) {
    fields.push_back(absl::StrCat(fact.field, fact.withdrawn ? " (taken back)" : ""));
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
  RETURN_IF_ERROR(
      RecordDecision(work, {TimelineKind::kCentre, centre.id, "centres/" + centre.id,
                            absl::StrCat("corrected: ", absl::StrJoin(fields, ", ")), reason}));
  return centre;
}

}  // namespace assay::approval
