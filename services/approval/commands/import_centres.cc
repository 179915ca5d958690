#include "services/approval/commands/import_centres.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/commands/find_duplicates.h"
#include "services/approval/events.h"
#include "services/approval/search.h"
#include "services/approval/stores/centre_search.h"
#include "services/approval/stores/centre_sources.h"
#include "services/approval/stores/centre_use.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::approval {
namespace {

// A centre as it is so far in this batch.
struct Target {
  Centre centre;
  std::vector<SourceFacts> sources;
  std::set<std::pair<std::string, std::string>> said;  // Source and origin of what to write.
  bool is_new = false;
  bool changed = false;
  CentreState before = CentreState::kListed;  // Its state when the batch began.
  bool closes = false;
  bool teaches = false;  // Learners or approvals would be left without it.
};

class Batch {
 public:
  Batch(const Work& work, std::string_view layout, std::span<const ImportRow> rows,
        bool accept_closures)
      : work_(work), layout_(layout), rows_(rows), accept_closures_(accept_closures) {}

  absl::StatusOr<ImportResult> Merge() {
    RETURN_IF_ERROR(Load());
    ImportResult result;
    for (const ImportRow& row : rows_) {
      ImportedRow& outcome = result.rows.emplace_back();
      outcome.line = row.line;
      outcome.title = row.establishment.title;
      MergeRow(row, outcome);
      Count(row, outcome, result.counts);
    }
    return result;
  }

  absl::Status Write() {
    Store& store = work_.context.store;
    const std::string& tenant = work_.reach.tenant;
    std::vector<IndexedCentre> created;
    std::vector<StoredSource> sources;
    std::vector<CentreKey> keys;
    std::vector<KeyedCentre> written;
    std::vector<std::string> words;
    for (auto& [id, target] : targets_) {
      // What the file said before may close the centre only now: it was not accepted then.
      if (!target.is_new && target.said.empty() && !target.closes) continue;
      std::vector<std::string> of_centre = WordsOf(target.centre.facts);
      words.insert(words.end(), of_centre.begin(), of_centre.end());
      KeyedCentre& keyed = written.emplace_back();
      keyed.keys = KeysOf(target.centre.facts, target.sources);
      if (target.is_new) {
        for (const SourceFacts& said : target.sources) {
          sources.push_back({id, said, work_.call.now});
        }
        for (const std::string& key : keyed.keys) keys.push_back({key, id});
        created.push_back({target.centre, std::move(of_centre)});
      } else {
        RETURN_IF_ERROR(Update(target, std::move(of_centre)));
        RETURN_IF_ERROR(sources_.SetKeys(work_.tx, tenant, id, keyed.keys));
      }
      keyed.centre = target.centre;
    }
    RETURN_IF_ERROR(store.InsertCentres(work_.tx, tenant, created));
    RETURN_IF_ERROR(sources_.Insert(work_.tx, tenant, sources));
    RETURN_IF_ERROR(sources_.InsertKeys(work_.tx, tenant, keys));
    RETURN_IF_ERROR(CentreSearch().Learn(work_.tx, tenant, words));
    return FindDuplicates(work_, written);
  }

 private:
  // All centres that the rows may be of, and what is said of them.
  absl::Status Load() {
    std::vector<std::string> keys;
    for (const ImportRow& row : rows_) {
      for (std::string& key : KeysOf(row.establishment, {})) {
        if (IsNumber(key)) keys.push_back(std::move(key));
      }
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    ASSIGN_OR_RETURN(owners_, sources_.FindKeys(work_.tx, work_.reach.tenant, keys));
    std::set<std::string> ids;
    for (const ImportRow& row : rows_) ids.insert(CentreId(row.establishment));
    for (const auto& [key, owners] : owners_) ids.insert(owners.begin(), owners.end());
    const std::vector<std::string> asked(ids.begin(), ids.end());
    ASSIGN_OR_RETURN(auto centres,
                     work_.context.store.FindCentres(work_.tx, work_.reach.tenant, asked));
    std::vector<std::string> found;
    for (const auto& [id, centre] : centres) found.push_back(id);
    ASSIGN_OR_RETURN(auto sources, sources_.Load(work_.tx, work_.reach.tenant, found));
    for (auto& [id, centre] : centres) {
      Target& target = targets_[id];
      target.centre = std::move(centre);
      target.before = target.centre.state;
      target.sources = std::move(sources[id]);
      KeepFirstFacts(target);
    }
    return FindTeaching();
  }

  // Few of a national register are more than listed, so few are asked about.
  absl::Status FindTeaching() {
    std::vector<std::string> asked;
    for (const auto& [id, target] : targets_) {
      const CentreState state = target.before;
      if (state != CentreState::kListed && state != CentreState::kClosed) asked.push_back(id);
    }
    ASSIGN_OR_RETURN(const std::set<std::string> teaching,
                     CentreUse().Teaching(work_.tx, work_.reach.tenant, asked));
    for (const std::string& id : teaching) targets_[id].teaches = true;
    return absl::OkStatus();
  }

  static bool IsNumber(std::string_view key) {
    return key.starts_with("u") || key.starts_with("laestab:") || key.starts_with("ref:");
  }

  // A centre that was made before sources were kept apart has its facts from the first layout.
  static void KeepFirstFacts(Target& target) {
    const bool from_file = std::any_of(target.sources.begin(), target.sources.end(),
                                       [](const SourceFacts& s) { return s.source != kOfficer; });
    if (from_file || !target.centre.merged_into.empty()) return;
    target.sources.push_back(FirstFactsOf(target.centre.id, target.centre.facts));
    target.said.emplace(target.sources.back().source, target.centre.id);
  }

  std::vector<std::string> OwnersOf(std::string_view kind, const std::string& number) const {
    if (number.empty()) return {};
    const auto it = owners_.find(absl::StrCat(platform::View(kind), ":", number));
    return it == owners_.end() ? std::vector<std::string>() : it->second;
  }

  // The one of `owners` that has no URN yet, if it is the only owner.
  std::string Adoptive(const std::vector<std::string>& owners) {
    if (owners.size() != 1 || !targets_[owners[0]].centre.facts.urn.empty()) return "";
    return owners[0];
  }

  static std::string Pick(const std::vector<std::string>& owners, const std::string& own) {
    const bool has_own = std::find(owners.begin(), owners.end(), own) != owners.end();
    return has_own ? own : owners[0];
  }

  // The id of the centre that the row is of; "" with a fault if that cannot be told.
  std::string Resolve(const ImportRow& row, ImportedRow& outcome) {
    const Establishment& e = row.establishment;
    const std::string own = CentreId(e);
    const auto exists = targets_.find(own);
    if (exists != targets_.end()) {
      const std::string& merged_into = exists->second.centre.merged_into;
      if (merged_into.empty()) return own;
    }
    if (!e.urn.empty()) {
      const std::vector<std::string> owners = OwnersOf("urn", e.urn);
      if (!owners.empty()) return Pick(owners, own);
      for (const std::string& adopting :
           {Adoptive(OwnersOf("ukprn", e.ukprn)), Adoptive(OwnersOf("laestab", e.laestab))}) {
        if (!adopting.empty()) return adopting;
      }
      return own;
    }
    const bool by_ukprn = !e.ukprn.empty();
    const bool by_reference = !by_ukprn && !e.reference.empty();
    const std::string field = by_ukprn ? "ukprn" : by_reference ? "reference" : "laestab";
    const std::string& number = by_ukprn ? e.ukprn : by_reference ? e.reference : e.laestab;
    const std::vector<std::string> owners = OwnersOf(by_reference ? "ref" : field, number);
    if (owners.size() > 1) {
      outcome.faults.push_back(
          {field, "NUMBER_SHARED",
           absl::StrCat("centres ", absl::StrJoin(owners, ", "), " have the number ", number,
                        "; merge them or correct one, and send the file again")});
      return "";
    }
    return owners.empty() ? own : owners[0];
  }

  void MergeRow(const ImportRow& row, ImportedRow& outcome) {
    const std::string id = Resolve(row, outcome);
    if (id.empty()) return;
    outcome.centre = id;
    const auto [it, is_new] = targets_.try_emplace(id);
    Target& target = it->second;
    if (is_new) {
      target.is_new = true;
      target.centre.id = id;
      target.centre.state = CentreState::kListed;
      target.centre.create_time = work_.call.now;
      target.centre.update_time = work_.call.now;
    }
    const std::string origin = CentreId(row.establishment);
    const auto own = targets_.find(origin);
    const bool was_merged = own != targets_.end() && !own->second.centre.merged_into.empty();
    Say(target, {layout_, origin, row.facts, was_merged});
    Merged merged = approval::Merge(target.sources, target.centre.facts, id);
    outcome.changes = ChangesBetween(target.centre.facts, merged.facts);
    KeepConflicts(row, merged.conflicts, id, outcome);
    bool closes = merged.facts.closed && target.centre.state != CentreState::kClosed;
    target.centre.facts = std::move(merged.facts);
    if (closes && target.teaches && !accept_closures_) {
      closes = false;
      outcome.conflicts.push_back({"status", "open", "centres/" + id, "closed", layout_,
                                   ConflictReason::kClosureNotAccepted});
    }
    if (is_new) {
      outcome.outcome = RowOutcome::kNew;
      outcome.changes.clear();
      if (closes) target.centre.state = CentreState::kClosed;
    } else if (closes) {
      outcome.outcome = RowOutcome::kClosed;
      target.closes = true;
      target.centre.state = CentreState::kClosed;
    } else if (!outcome.changes.empty()) {
      outcome.outcome = RowOutcome::kChanged;
    }
    target.changed |= !outcome.changes.empty();
  }

  static void Say(Target& target, SourceFacts said) {
    const std::pair<std::string, std::string> key(said.source, said.origin);
    for (SourceFacts& known : target.sources) {
      if (known.source != said.source || known.origin != said.origin) continue;
      if (known == said) return;
      known = std::move(said);
      target.said.insert(key);
      return;
    }
    target.sources.push_back(std::move(said));
    target.said.insert(key);
  }

  // Of all conflicts of the centre, those that this file has a part in.
  void KeepConflicts(const ImportRow& row, std::vector<FactConflict>& conflicts,
                     const std::string& id, ImportedRow& outcome) {
    for (FactConflict& conflict : conflicts) {
      if (conflict.source == layout_ || conflict.kept_source == layout_) {
        outcome.conflicts.push_back(std::move(conflict));
      }
    }
    const Establishment& e = row.establishment;
    for (const auto& [kind, number] : {std::pair("urn", e.urn), std::pair("ukprn", e.ukprn)}) {
      for (const std::string& owner : OwnersOf(kind, number)) {
        if (owner == id) continue;
        outcome.conflicts.push_back(
            {kind, number, "centres/" + owner, number, layout_, ConflictReason::kNumberElsewhere});
      }
    }
  }

  static void Count(const ImportRow& row, const ImportedRow& outcome, ImportCounts& counts) {
    if (!outcome.faults.empty()) {
      ++counts.refused;
      return;
    }
    counts.closed += row.establishment.closed;
    counts.conflicts += !outcome.conflicts.empty();
    counts.held += std::any_of(outcome.conflicts.begin(), outcome.conflicts.end(),
                               [](const FactConflict& conflict) {
                                 return conflict.reason == ConflictReason::kClosureNotAccepted;
                               });
    switch (outcome.outcome) {
      case RowOutcome::kNew:
        ++counts.created;
        break;
      case RowOutcome::kUnchanged:
        ++counts.unchanged;
        break;
      case RowOutcome::kClosed:
        ++counts.closing;
        [[fallthrough]];
      case RowOutcome::kChanged:
        ++counts.updated;
        break;
    }
  }

  absl::Status Update(Target& target, std::vector<std::string> words) {
    const std::string& tenant = work_.reach.tenant;
    Store& store = work_.context.store;
    Centre& centre = target.centre;
    for (const SourceFacts& said : target.sources) {
      if (!target.said.contains({said.source, said.origin})) continue;
      RETURN_IF_ERROR(sources_.Put(work_.tx, tenant, {centre.id, said, work_.call.now}));
    }
    centre.update_time = target.changed || target.closes ? work_.call.now : centre.update_time;
    const CentreState after = centre.state;
    if (target.changed) {
      ++centre.version;
      // Its state changes in a step of its own, which is recorded.
      if (target.closes) centre.state = target.before;
      RETURN_IF_ERROR(store.UpdateCentre(work_.tx, tenant, {centre, std::move(words)}));
      centre.state = after;
    }
    if (!target.closes) return absl::OkStatus();
    centre.state_reason =
        target.teaches ? "the national register says that the establishment has closed, and an "
                         "officer has accepted it"
                       : "the national register says that the establishment has closed";
    ++centre.version;
    RETURN_IF_ERROR(store.UpdateCentreState(work_.tx, tenant, centre, work_.call.subject()));
    return EmitStateChanged(work_, centre);
  }

  const Work& work_;
  const std::string layout_;
  const std::span<const ImportRow> rows_;
  const bool accept_closures_;
  CentreSourceStore sources_;
  std::map<std::string, std::vector<std::string>> owners_;
  std::map<std::string, Target> targets_;
};

}  // namespace

ImportCounts& ImportCounts::operator+=(const ImportCounts& other) {
  created += other.created;
  updated += other.updated;
  unchanged += other.unchanged;
  refused += other.refused;
  closed += other.closed;
  closing += other.closing;
  conflicts += other.conflicts;
  held += other.held;
  return *this;
}

absl::StatusOr<ImportResult> ImportCentres(const Work& work, std::string_view layout,
                                           std::span<const ImportRow> batch,
                                           const ImportOptions& options) {
  Batch merge(work, layout, batch, options.accept_closures);
  ASSIGN_OR_RETURN(ImportResult result, merge.Merge());
  if (!options.validate_only) RETURN_IF_ERROR(merge.Write());
  return result;
}

}  // namespace assay::approval
