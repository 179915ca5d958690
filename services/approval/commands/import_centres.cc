#include "services/approval/commands/import_centres.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/approval/events.h"
#include "services/approval/search.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {
namespace {

absl::Status Update(const Work& work, Centre centre, const Establishment& facts) {
  Store& store = work.context.store;
  centre.update_time = work.call.now;
  if (centre.facts != facts) {
    centre.facts = facts;
    ++centre.version;
    RETURN_IF_ERROR(
        store.UpdateCentre(work.tx, work.reach.tenant, {centre, WordsOf(centre.facts)}));
  }
  if (!facts.closed || centre.state == CentreState::kClosed) return absl::OkStatus();
  centre.state = CentreState::kClosed;
  centre.state_reason = "the national register says that the establishment has closed";
  ++centre.version;
  RETURN_IF_ERROR(store.UpdateCentreState(work.tx, work.reach.tenant, centre, work.call.subject()));
  return EmitStateChanged(work, centre);
}

Centre NewCentre(const Establishment& facts, absl::Time now) {
  Centre centre;
  centre.id = CentreId(facts);
  centre.facts = facts;
  centre.state = facts.closed ? CentreState::kClosed : CentreState::kApplied;
  centre.create_time = now;
  centre.update_time = now;
  return centre;
}

}  // namespace

ImportCounts& ImportCounts::operator+=(const ImportCounts& other) {
  created += other.created;
  updated += other.updated;
  unchanged += other.unchanged;
  closed += other.closed;
  return *this;
}

absl::StatusOr<ImportCounts> ImportCentres(const Work& work, std::span<const Establishment> batch,
                                           bool validate_only) {
  std::vector<std::string> ids;
  ids.reserve(batch.size());
  for (const Establishment& facts : batch) ids.push_back(CentreId(facts));
  ASSIGN_OR_RETURN(auto known, work.context.store.FindCentres(work.tx, work.reach.tenant, ids));
  ImportCounts counts;
  std::vector<IndexedCentre> created;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Establishment& facts = batch[i];
    counts.closed += facts.closed;
    const auto it = known.find(ids[i]);
    if (it == known.end()) {
      ++counts.created;
      if (!validate_only) created.push_back({NewCentre(facts, work.call.now), WordsOf(facts)});
      continue;
    }
    const bool closes = facts.closed && it->second.state != CentreState::kClosed;
    if (it->second.facts == facts && !closes) {
      ++counts.unchanged;
      continue;
    }
    ++counts.updated;
    if (!validate_only) RETURN_IF_ERROR(Update(work, std::move(it->second), facts));
  }
  RETURN_IF_ERROR(work.context.store.InsertCentres(work.tx, work.reach.tenant, created));
  return counts;
}

}  // namespace assay::approval
