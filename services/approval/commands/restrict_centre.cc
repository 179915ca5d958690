#include "services/approval/commands/restrict_centre.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/commands/change_centre_state.h"
#include "services/approval/errors.h"
#include "services/approval/oversight_events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;
using Code = absl::StatusCode;

constexpr std::int64_t kLearnersMost = 1'000'000;

absl::StatusOr<const RestrictionLevel*> LevelFor(const Work& work, const Imposition& wanted) {
  const OversightPolicy& policy = work.context.oversight;
  const bool condition = wanted.kind == RestrictionKind::kCondition;
  const RestrictionLevel* level = policy.FindLevel(wanted.level);
  if (level != nullptr && (condition ? level->condition : level->sanction)) return level;
  std::vector<std::string> known;
  for (const RestrictionLevel& other : policy.levels) {
    if (condition ? other.condition : other.sanction) known.push_back(other.id);
  }
  return Error(Code::kInvalidArgument, kLevelUnknown,
               absl::StrCat("a ", View(NameOf(wanted.kind)), " has one of the levels ",
                            absl::StrJoin(known, ", "), " (QUAL-9)"))
      .With("level", wanted.level)
      .With("known", absl::StrJoin(known, ", "))
      .Field("restriction.level", "is no level of this kind");
}

absl::Status CheckCap(const Imposition& wanted, const RestrictionLevel& level) {
  const bool fits = wanted.learners_max.has_value() && *wanted.learners_max >= 0 &&
                    *wanted.learners_max <= kLearnersMost;
  if (level.effects.learners_capped ? fits : !wanted.learners_max.has_value()) {
    return absl::OkStatus();
  }
  return Error(Code::kInvalidArgument, kLearnersMaxInvalid,
               level.effects.learners_capped
                   ? absl::StrCat("say how many learners there may be, from 0 to ", kLearnersMost,
                                  " (QUAL-9)")
                   : absl::StrCat("the level ", level.id, " caps no learners (QUAL-9)"))
      .With("level", level.id)
      .Field("restriction.learners_max",
             level.effects.learners_capped ? "is missing or too large" : "is not for this level");
}

}  // namespace

absl::StatusOr<RestrictionRecord> ImposeRestriction(const Work& work, const Imposition& wanted) {
  Store& store = work.context.store;
  ASSIGN_OR_RETURN(const Centre centre, store.GetCentre(work.tx, work.reach, wanted.centre));
  if (centre.state == CentreState::kClosed) {
    return Error(
               Code::kFailedPrecondition, kCentreStateWrong,
               absl::StrCat("centres/", centre.id, " is closed; nothing is imposed on it (QUAL-9)"))
        .With("centre", "centres/" + centre.id)
        .With("state", NameOf(centre.state))
        .With("rule", "QUAL-9")
        .Field("parent", "is closed");
  }
  RestrictionRecord record;
  if (!wanted.approval.empty()) {
    ASSIGN_OR_RETURN(const QualificationApproval approval,
                     store.GetApproval(work.tx, work.reach, centre.id, wanted.approval));
    record.approval = approval.id;
    record.rule.qualification = approval.qualification;
  }
  ASSIGN_OR_RETURN(const RestrictionLevel* level, LevelFor(work, wanted));
  RETURN_IF_ERROR(CheckCap(wanted, *level));
  record.rule.from = wanted.from.value_or(Today(work));
  record.rule.until = wanted.until;
  // Only from today on: what the centre did before was done within its limits.
  if (record.rule.from < Today(work) ||
      (wanted.until.has_value() && *wanted.until <= record.rule.from)) {
    const bool past = record.rule.from < Today(work);
    return Error(Code::kInvalidArgument, kDaysInvalid,
                 past ? "a restriction begins today or later (QUAL-9)"
                      : "a restriction ends after its first day (QUAL-9)")
        .With("day", absl::FormatCivilTime(past ? record.rule.from : *wanted.until))
        .Field(past ? "restriction.from_day" : "restriction.until_day",
               past ? "has passed" : "is not after the first day");
  }
  record.centre = centre.id;
  record.id = work.context.ids.NextId(work.call.now);
  record.rule.name = record.Name();
  record.rule.kind = wanted.kind;
  record.rule.level = level->id;
  record.rule.effects = level->effects;
  record.rule.learners_max = wanted.learners_max;
  record.rule.reason = wanted.reason;
  record.policy_version = work.context.oversight.version;
  record.officer = std::string(work.call.subject());
  record.create_time = work.call.now;
  RETURN_IF_ERROR(RestrictionStore().Insert(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(EmitRestrictionChanged(work, record, "imposed"));
  RETURN_IF_ERROR(SettleConditions(work, centre.id, wanted.reason));
  return record;
}

absl::StatusOr<RestrictionRecord> LiftRestriction(const Work& work, const Lifting& lifting) {
  RestrictionStore store;
  ASSIGN_OR_RETURN(RestrictionRecord record,
                   store.Get(work.tx, work.reach, lifting.centre, lifting.id));
  RETURN_IF_ERROR(platform::CheckEtag(lifting.etag, record.version, record.Name()));
  if (StateOn(record.rule, Today(work)) == RestrictionState::kEnded) {
    return Error(Code::kFailedPrecondition, kRestrictionEnded,
                 absl::StrCat(record.Name(), " has ended already (QUAL-9)"))
        .With("restriction", record.Name())
        .With("rule", "QUAL-9")
        .Field("name", "has ended");
  }
  // One that was only planned ends before it began, so it was never in force.
  record.rule.until = std::min(Today(work), record.rule.until.value_or(Today(work)));
  record.closed = true;
  record.lift_reason = lifting.reason;
  record.lifted_by = std::string(work.call.subject());
  record.lift_time = work.call.now;
  RETURN_IF_ERROR(store.Update(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(EmitRestrictionChanged(work, record, "lifted"));
  RETURN_IF_ERROR(SettleConditions(work, record.centre, lifting.reason));
  return record;
}

absl::Status CloseEndedRestriction(const Work& work, const std::string& centre,
                                   const std::string& id) {
  RestrictionStore store;
  ASSIGN_OR_RETURN(RestrictionRecord record, store.Get(work.tx, work.reach, centre, id));
  if (record.closed || StateOn(record.rule, Today(work)) != RestrictionState::kEnded) {
    return absl::OkStatus();
  }
  record.closed = true;
  RETURN_IF_ERROR(store.Update(work.tx, work.reach.tenant, record));
  RETURN_IF_ERROR(EmitRestrictionChanged(work, record, "ended"));
  return SettleConditions(work, record.centre, "the last day of the last condition has passed");
}

}  // namespace assay::approval
