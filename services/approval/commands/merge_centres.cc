#include "services/approval/commands/merge_centres.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/commands/change_centre_state.h"
#include "services/approval/commands/reconcile_centre.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/approval/import/facts.h"
#include "services/approval/stores/applications.h"
#include "services/approval/stores/centre_sources.h"
#include "services/approval/stores/centre_use.h"
#include "services/approval/timeline.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;

// What a centre has of its own stays where it is: others keep its names, and what was imposed on it
// must not be lost (QUAL-9). A centre that has some is the one that survives, or it is ended first.
absl::Status CheckNotInUse(const Work& work, const Centre& centre) {
  ASSIGN_OR_RETURN(std::vector<std::string> uses,
                   CentreUse().Of(work.tx, work.reach.tenant, centre.id, Today(work)));
  if (centre.state == CentreState::kSuspended) uses.emplace_back("a suspension");
  if (uses.empty()) return absl::OkStatus();
  const std::string name = "centres/" + centre.id;
  const std::string what = absl::StrJoin(uses, ", ");
  return Error(absl::StatusCode::kFailedPrecondition, kCentreInUse,
               absl::StrCat(name, " has of its own: ", what,
                            "; let it be the one that stays, or end them first (QUAL-9)"))
      .With("centre", name)
      .With("uses", what)
      .With("rule", "QUAL-9")
      .Field("duplicate", "has " + what);
}

// The pair as it is known, or as one that only the officer saw.
absl::StatusOr<Duplicate> PairOf(const Work& work, const std::string& a, const std::string& b) {
  Duplicate pair;
  pair.first = std::min(a, b);
  pair.second = std::max(a, b);
  const auto known = DuplicateStore().Get(work.tx, work.reach.tenant, pair.first, pair.second);
  if (known.ok()) return known;
  if (!absl::IsNotFound(known.status())) return known.status();
  pair.score = 1;
  pair.reasons = {"OFFICER"};
  return pair;
}

absl::Status Decide(const Work& work, Duplicate& pair, DuplicateState state,
                    const std::string& reason) {
  pair.state = state;
  pair.officer = work.call.subject();
  pair.decision_reason = reason;
  pair.decide_time = work.call.now;
  return DuplicateStore().Put(work.tx, work.reach.tenant, pair);
}

// The officers' corrections in force of one centre become those of the other, unless it has some.
absl::Status MoveCorrections(const Work& work, const std::string& from, const std::string& to) {
  CentreSourceStore store;
  const std::string ids[] = {from, to};
  ASSIGN_OR_RETURN(auto sources, store.Load(work.tx, work.reach.tenant, ids));
  const auto officers = [&](const std::string& centre) {
    Facts facts;
    for (const SourceFacts& source : sources[centre]) {
      if (source.source == kOfficer) facts = source.facts;
    }
    return facts;
  };
  const Facts known = officers(to);
  std::vector<Correction> moved;
  for (const auto& [field, value] : officers(from)) {
    // That one place is open says nothing of the other.
    if (known.contains(field) || field == "status") continue;
    moved.push_back({to, field, value, false, "merged from centres/" + from,
                     std::string(work.call.subject()), work.call.now});
  }
  return store.AddCorrections(work.tx, work.reach.tenant, moved);
}

absl::Status RemoveOpenPairs(const Work& work, const std::string& centre) {
  DuplicateStore store;
  const std::string ids[] = {centre};
  ASSIGN_OR_RETURN(const std::vector<Duplicate> pairs,
                   store.PairsOf(work.tx, work.reach.tenant, ids));
  for (const Duplicate& pair : pairs) {
    if (pair.state != DuplicateState::kOpen) continue;
    RETURN_IF_ERROR(store.Remove(work.tx, work.reach.tenant, pair.first, pair.second));
  }
  return absl::OkStatus();
}

// In the timelines of both; each is told of the other.
absl::Status RecordBoth(const Work& work, const std::string& a, const std::string& b,
                        const std::string& of_a, const std::string& of_b,
                        const std::string& reason) {
  const std::string first = "centres/" + a, second = "centres/" + b;
  RETURN_IF_ERROR(RecordDecision(
      work, {TimelineKind::kCentre, a, first, absl::StrCat(of_a, " ", second), reason}));
  return RecordDecision(work,
                        {TimelineKind::kCentre, b, second, absl::StrCat(of_b, " ", first), reason});
}

// An application is not lost because the provider was known under another id.
absl::Status CarryApplication(const Work& work, const Centre& duplicate, CentreState before,
                              Centre& survivor, const std::string& reason) {
  RETURN_IF_ERROR(ApplicationStore().Move(work.tx, work.reach.tenant, duplicate.id, survivor.id));
  if (before != CentreState::kApplied || survivor.state != CentreState::kListed) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(survivor,
                   ChangeCentreState(work, survivor.id, {CentreState::kApplied, reason, ""}));
  return absl::OkStatus();
}

absl::Status CloseInto(const Work& work, Centre& duplicate, const std::string& survivor) {
  const bool was_closed = duplicate.state == CentreState::kClosed;
  duplicate.merged_into = survivor;
  duplicate.state = CentreState::kClosed;
  duplicate.state_reason = absl::StrCat("it is one with centres/", survivor);
  duplicate.update_time = work.call.now;
  ++duplicate.version;
  RETURN_IF_ERROR(
      work.context.store.UpdateMerged(work.tx, work.reach.tenant, duplicate, work.call.subject()));
  return was_closed ? absl::OkStatus() : EmitStateChanged(work, duplicate);
}

}  // namespace

absl::Status CheckNotMerged(const Centre& centre) {
  if (centre.merged_into.empty()) return absl::OkStatus();
  const std::string name = "centres/" + centre.id;
  const std::string into = "centres/" + centre.merged_into;
  return Error(absl::StatusCode::kFailedPrecondition, kCentreMerged,
               absl::StrCat(name, " is one with ", into, "; change that one (QUAL-7)"))
      .With("centre", name)
      .With("merged_into", into)
      .With("rule", "QUAL-7")
      .Field("name", "is one with " + into);
}

absl::Status KeepFirstFacts(const Work& work, const Centre& centre) {
  CentreSourceStore store;
  ASSIGN_OR_RETURN(const std::vector<StoredSource> sources,
                   store.ListSources(work.tx, work.reach.tenant, centre.id));
  if (!sources.empty()) return absl::OkStatus();
  return store.Put(work.tx, work.reach.tenant,
                   {centre.id, FirstFactsOf(centre.id, centre.facts), work.call.now});
}

absl::StatusOr<Centre> MergeCentres(const Work& work, const CentresToMerge& what) {
  if (what.survivor == what.duplicate) {
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                 "duplicate is the centre itself")
        .Field("duplicate", "is the centre itself");
  }
  Store& store = work.context.store;
  ASSIGN_OR_RETURN(Centre survivor, store.GetCentre(work.tx, work.reach, what.survivor));
  ASSIGN_OR_RETURN(Centre duplicate, store.GetCentre(work.tx, work.reach, what.duplicate));
  RETURN_IF_ERROR(platform::CheckEtag(what.etag, survivor.version, "centres/" + survivor.id));
  RETURN_IF_ERROR(CheckNotMerged(survivor));
  RETURN_IF_ERROR(CheckNotMerged(duplicate));
  RETURN_IF_ERROR(CheckNotInUse(work, duplicate));
  RETURN_IF_ERROR(KeepFirstFacts(work, survivor));
  RETURN_IF_ERROR(KeepFirstFacts(work, duplicate));
  ASSIGN_OR_RETURN(Duplicate pair, PairOf(work, survivor.id, duplicate.id));
  RETURN_IF_ERROR(Decide(work, pair, DuplicateState::kMerged, what.reason));
  CentreSourceStore sources;
  RETURN_IF_ERROR(MoveCorrections(work, duplicate.id, survivor.id));
  RETURN_IF_ERROR(sources.Move(work.tx, work.reach.tenant, duplicate.id, survivor.id));
  RETURN_IF_ERROR(sources.SetKeys(work.tx, work.reach.tenant, duplicate.id, {}));
  RETURN_IF_ERROR(RemoveOpenPairs(work, duplicate.id));
  const CentreState before = duplicate.state;
  RETURN_IF_ERROR(CloseInto(work, duplicate, survivor.id));
  RETURN_IF_ERROR(ReconcileCentre(work, survivor));
  RETURN_IF_ERROR(
      RecordBoth(work, survivor.id, duplicate.id, "merged: takes in", "merged into", what.reason));
  RETURN_IF_ERROR(CarryApplication(work, duplicate, before, survivor, what.reason));
  return survivor;
}

absl::StatusOr<Duplicate> DismissDuplicate(const Work& work, const std::string& first,
                                           const std::string& second, const std::string& reason) {
  ASSIGN_OR_RETURN(Duplicate pair, DuplicateStore().Get(work.tx, work.reach.tenant, first, second));
  if (pair.state != DuplicateState::kOpen) {
    return Error(absl::StatusCode::kFailedPrecondition, kDuplicateDecided,
                 absl::StrCat(pair.Name(), " is decided already"))
        .With("duplicate", pair.Name())
        .Field("name", "is decided already");
  }
  RETURN_IF_ERROR(Decide(work, pair, DuplicateState::kDismissed, reason));
  RETURN_IF_ERROR(RecordBoth(work, first, second, "is another than", "is another than", reason));
  return pair;
}

}  // namespace assay::approval
