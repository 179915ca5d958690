#include "services/approval/commands/merge_centres.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/reconcile_centre.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/approval/import/facts.h"
#include "services/approval/stores/centre_sources.h"
#include "services/approval/stores/learners.h"
#include "services/approval/stores/planners.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;

// Enough to find one approval that is not over yet; a centre has a few dozen at most.
constexpr int kApprovalsLooked = 1000;

// Approvals and planners have names that others keep, so they stay where they are: a centre that
// has some is the one that survives, or they are withdrawn first.
absl::Status CheckNotInUse(const Work& work, const Centre& centre) {
  const Reach reach{work.reach.tenant, ""};
  ASSIGN_OR_RETURN(const ApprovalPage approvals,
                   work.context.store.ListApprovals(work.tx, reach, {.centre = centre.id}, "",
                                                    kApprovalsLooked));
  const bool approved = std::any_of(
      approvals.approvals.begin(), approvals.approvals.end(), [](const QualificationApproval& a) {
        return a.state == ApprovalState::kApplied || a.state == ApprovalState::kApproved ||
               a.state == ApprovalState::kSuspended;
      });
  ASSIGN_OR_RETURN(const std::vector<PlannerRecord> planners,
                   PlannerStore().List(work.tx, reach, centre.id, std::nullopt, "", 1));
  ASSIGN_OR_RETURN(const std::int64_t learners,
                   LearnerStore().CountActive(work.tx, work.reach.tenant, centre.id, ""));
  if (!approved && planners.empty() && learners == 0) return absl::OkStatus();
  const std::string name = "centres/" + centre.id;
  return Error(absl::StatusCode::kFailedPrecondition, kCentreInUse,
               absl::StrCat(name, " has ",
                            approved           ? "qualification approvals"
                            : planners.empty() ? "learners"
                                               : "planners",
                            " of its own; let it be the one that stays, or end them first"))
      .With("centre", name);
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
    if (known.contains(field)) continue;
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
               absl::StrCat(name, " is one with ", into, "; change that one"))
      .With("centre", name)
      .With("merged_into", into);
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
  RETURN_IF_ERROR(CloseInto(work, duplicate, survivor.id));
  RETURN_IF_ERROR(ReconcileCentre(work, survivor));
  return survivor;
}

absl::StatusOr<Duplicate> DismissDuplicate(const Work& work, const std::string& first,
                                           const std::string& second, const std::string& reason) {
  ASSIGN_OR_RETURN(Duplicate pair, DuplicateStore().Get(work.tx, work.reach.tenant, first, second));
  if (pair.state != DuplicateState::kOpen) {
    return Error(absl::StatusCode::kFailedPrecondition, kDuplicateDecided,
                 absl::StrCat(pair.Name(), " is decided already"))
        .With("duplicate", pair.Name());
  }
  RETURN_IF_ERROR(Decide(work, pair, DuplicateState::kDismissed, reason));
  return pair;
}

}  // namespace assay::approval
