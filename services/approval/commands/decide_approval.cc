#include "services/approval/commands/decide_approval.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/approval_policy.h"
#include "services/approval/commands/check_region.h"
#include "services/approval/commands/check_standing.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/approval/timeline.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;
using Code = absl::StatusCode;

constexpr int kConditionsMax = 50;

std::string NameOf(const QualificationApproval& approval) {
  return absl::StrCat("centres/", approval.centre, "/qualificationApprovals/", approval.id);
}

Error StateWrong(const QualificationApproval& approval, std::string_view what) {
  return Error(Code::kFailedPrecondition, kApprovalStateWrong,
               absl::StrCat(NameOf(approval), " is ", View(NameOf(approval.state)), "; it cannot ",
                            View(what)))
      .With("approval", NameOf(approval))
      .With("state", NameOf(approval.state))
      .With("rule", "QUAL-7")
      .Field("name", absl::StrCat("is ", View(NameOf(approval.state))));
}

Error DeadlineInvalid(std::string_view field, absl::CivilDay day, std::string_view what) {
  return Error(Code::kInvalidArgument, kDeadlineInvalid,
               absl::StrCat(absl::FormatCivilTime(day), " ", View(what)))
      .With("day", absl::FormatCivilTime(day))
      .With("rule", "QUAL-7")
      .Field(field, what);
}

absl::Status Note(const Work& work, const QualificationApproval& approval, std::string_view what,
                  absl::CivilDay day, const std::string& reason) {
  return ApprovalStore().AddChange(work.tx, work.reach.tenant, approval,
                                   {.what = std::string(what),
                                    .day = day,
                                    .reason = reason,
                                    .actor = std::string(work.call.subject()),
                                    .time = work.call.now});
}

// What no event puts into the centre's timeline.
absl::Status Record(const Work& work, const QualificationApproval& approval, std::string_view what,
                    absl::CivilDay day, const std::string& reason) {
  RETURN_IF_ERROR(Note(work, approval, what, day, reason));
  return RecordDecision(work,
                        {TimelineKind::kApproval, approval.centre, NameOf(approval),
                         absl::StrCat(View(what), ": ", approval.qualification), reason, "QUAL-9"});
}

absl::Status Keep(const Work& work, QualificationApproval& approval) {
  approval.update_time = work.call.now;
  ++approval.version;
  return work.context.store.UpdateApproval(work.tx, work.reach.tenant, approval);
}

// One that may still change: approved or suspended.
absl::StatusOr<QualificationApproval> FindGiven(const Work& work, const ApprovalTarget& target,
                                                std::string_view what) {
  ASSIGN_OR_RETURN(QualificationApproval approval,
                   work.context.store.GetApproval(work.tx, work.reach, target.centre, target.id));
  RETURN_IF_ERROR(platform::CheckEtag(target.etag, approval.version, NameOf(approval)));
  if (approval.state != ApprovalState::kApproved && approval.state != ApprovalState::kSuspended) {
    return StateWrong(approval, what);
  }
  return approval;
}

Error PlannerMissing(const QualificationApproval& approval) {
  return Error(Code::kFailedPrecondition, kPlannerMissing,
               absl::StrCat("qualifications/", approval.qualification,
                            " asks for employer involvement (EI-1): the centre opens a planner for "
                            "this approval, hands it in, and it is found to meet requirements "
                            "(EI-9, EI-11)"))
      .With("approval", NameOf(approval))
      .With("rule", "EI-9")
      .Field("name", "has no planner that meets requirements");
}

// EI-1, EI-9
absl::Status CheckPlanner(const Work& work, const QualificationApproval& approval,
                          const ApprovalPolicy& policy,
                          const std::vector<ApprovalCondition>& conditions) {
  ASSIGN_OR_RETURN(const Qualification entry, FindQualification(work, approval.qualification));
  if (!entry.employer_involvement) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool meets,
                   ApprovalStore().PlannerMeets(work.tx, work.reach.tenant, approval));
  const bool as_condition =
      policy.planner_as_condition &&
      std::any_of(conditions.begin(), conditions.end(), [](const ApprovalCondition& condition) {
        return condition.kind == ConditionKind::kPlanner;
      });
  if (meets || as_condition) return absl::OkStatus();
  return PlannerMissing(approval);
}

// `place`: where the request has the condition, "conditions[0]".
absl::Status KeepCondition(const Work& work, const QualificationApproval& approval,
                           const ApprovalCondition& condition, const std::string& place) {
  if (condition.due_day <= Today(work)) {
    return DeadlineInvalid(place + ".due_date", condition.due_day, "is not after today");
  }
  ASSIGN_OR_RETURN(const int number,
                   ApprovalStore().AddCondition(work.tx, work.reach.tenant, approval, condition));
  if (number > kConditionsMax) {
    return Error(Code::kFailedPrecondition, kTooManyConditions,
                 absl::StrCat("an approval has at most ", kConditionsMax, " conditions"))
        .With("approval", NameOf(approval))
        .With("limit", absl::StrCat(kConditionsMax))
        .With("rule", "QUAL-7")
        .Field(place, absl::StrCat("is more than ", kConditionsMax));
  }
  return Record(work, approval, "condition added", Today(work),
                absl::StrCat(number, ", by ", absl::FormatCivilTime(condition.due_day), ": ",
                             condition.text));
}

// A first day that has passed changes what was allowed on days that are over: somebody answers for
// it, and the centre itself was approved on it (QUAL-7).
absl::Status CheckFirstDay(const Work& work, const QualificationApproval& approval,
                           const ApprovalDecision& decision) {
  if (!decision.effective_date.has_value() || *decision.effective_date >= Today(work)) {
    return absl::OkStatus();
  }
  const absl::CivilDay day = *decision.effective_date;
  if (decision.reason.empty()) {
    return Error(Code::kInvalidArgument, kReasonMissing,
                 absl::StrCat("say why ", NameOf(approval), " is approved from ",
                              absl::FormatCivilTime(day), " on, which has passed (QUAL-7)"))
        .With("approval", NameOf(approval))
        .With("day", absl::FormatCivilTime(day))
        .With("rule", "QUAL-7")
        .Field("reason", "is missing, and the first day has passed");
  }
  ASSIGN_OR_RETURN(const StandingAnswer answer,
                   CheckStanding(work, approval.centre, approval.qualification, day));
  if (answer.standing != Standing::kCentreNotApproved) return absl::OkStatus();
  return Error(
             Code::kInvalidArgument, kEffectiveDateInvalid,
             absl::StrCat(answer.message,
                          "; an approval is in force from a day on which the centre was (QUAL-7)"))
      .With("approval", NameOf(approval))
      .With("day", absl::FormatCivilTime(day))
      .With("rule", "QUAL-7")
      .Field("effective_date", "is a day on which the centre was not approved");
}

// Everything that a first approval decides.
absl::Status Give(const Work& work, QualificationApproval& approval, const Centre& centre,
                  const ApprovalDecision& decision) {
  const std::string centre_name = "centres/" + centre.id;
  if (!IsApproved(centre.state)) {
    return Error(Code::kFailedPrecondition, kCentreStateWrong,
                 absl::StrCat(centre_name, " is ", View(NameOf(centre.state)),
                              "; approve the centre before its qualifications"))
        .With("centre", centre_name)
        .With("state", NameOf(centre.state))
        .With("rule", "QUAL-7")
        .Field("name", absl::StrCat("is of a centre that is ", View(NameOf(centre.state))));
  }
  RETURN_IF_ERROR(CheckFirstDay(work, approval, decision));
  RETURN_IF_ERROR(CheckRegionToApprove(work, centre, approval.qualification));
  ASSIGN_OR_RETURN(const ApprovalPolicy policy, PolicyFor(work, approval.qualification));
  RETURN_IF_ERROR(CheckPlanner(work, approval, policy, decision.conditions));
  approval.effective_date = decision.effective_date.value_or(Today(work));
  approval.expire_date = decision.expire_date;
  if (!approval.expire_date.has_value() && policy.valid_days > 0) {
    approval.expire_date = *approval.effective_date + policy.valid_days;
  }
  if (approval.expire_date.has_value() && *approval.expire_date <= *approval.effective_date) {
    return DeadlineInvalid("expire_date", *approval.expire_date, "is not after the first day");
  }
  if (policy.first_use_days > 0) {
    approval.first_use_due_date = *approval.effective_date + policy.first_use_days;
  }
  return absl::OkStatus();
}

std::string_view WhatOf(const ApprovalDecision& decision) {
  return decision.reinstate ? "reinstated" : NameOf(decision.to);
}

}  // namespace

absl::StatusOr<QualificationApproval> DecideApproval(const Work& work, std::string_view centre_id,
                                                     std::string_view id,
                                                     const ApprovalDecision& decision) {
  Store& store = work.context.store;
  ASSIGN_OR_RETURN(QualificationApproval approval,
                   store.GetApproval(work.tx, work.reach, centre_id, id));
  RETURN_IF_ERROR(platform::CheckEtag(decision.etag, approval.version, NameOf(approval)));
  const bool reinstates =
      approval.state == ApprovalState::kSuspended && decision.to == ApprovalState::kApproved;
  if (!MayChange(approval.state, decision.to) || reinstates != decision.reinstate) {
    return StateWrong(approval, absl::StrCat("become ", View(WhatOf(decision))));
  }
  ASSIGN_OR_RETURN(const Centre centre, store.GetCentre(work.tx, work.reach, approval.centre));
  absl::CivilDay day = Today(work);
  if (decision.to == ApprovalState::kApproved && !decision.reinstate) {
    RETURN_IF_ERROR(Give(work, approval, centre, decision));
    day = *approval.effective_date;
  } else if (decision.to == ApprovalState::kWithdrawn) {
    approval.end_date = day;
  }
  if (approval.state == ApprovalState::kApplied) {
    ASSIGN_OR_RETURN(approval.decided_under, RulesFor(work, approval.qualification));
  }
  approval.state = decision.to;
  approval.state_reason = decision.reason;
  RETURN_IF_ERROR(Keep(work, approval));
  RETURN_IF_ERROR(Note(work, approval, WhatOf(decision), day, decision.reason));
  for (std::size_t i = 0; i < decision.conditions.size(); ++i) {
    RETURN_IF_ERROR(
        KeepCondition(work, approval, decision.conditions[i], absl::StrCat("conditions[", i, "]")));
  }
  RETURN_IF_ERROR(EmitStateChanged(work, approval, centre.facts.title));
  return approval;
}

absl::StatusOr<QualificationApproval> RenewApproval(const Work& work, const ApprovalTarget& target,
                                                    absl::CivilDay expire_date,
                                                    const std::string& reason) {
  ASSIGN_OR_RETURN(QualificationApproval approval, FindGiven(work, target, "be renewed"));
  if (expire_date <= Today(work) ||
      (approval.expire_date.has_value() && expire_date <= *approval.expire_date)) {
    return DeadlineInvalid("expire_date", expire_date,
                           "is not after today and the day on which it expires now");
  }
  const auto lapse = LapseDay(approval);
  if (lapse.has_value() && *lapse <= Today(work)) {
    return StateWrong(approval, absl::StrCat("be renewed: it ended on ",
                                             absl::FormatCivilTime(*lapse), "; apply again"));
  }
  approval.expire_date = expire_date;
  RETURN_IF_ERROR(Keep(work, approval));
  RETURN_IF_ERROR(Record(work, approval, "renewed", expire_date, reason));
  return approval;
}

absl::StatusOr<QualificationApproval> AddCondition(const Work& work, const ApprovalTarget& target,
                                                   const ApprovalCondition& condition) {
  ASSIGN_OR_RETURN(QualificationApproval approval,
                   FindGiven(work, target, "be put under a condition"));
  RETURN_IF_ERROR(Keep(work, approval));
  RETURN_IF_ERROR(KeepCondition(work, approval, condition, "condition"));
  return approval;
}

absl::StatusOr<QualificationApproval> CloseCondition(const Work& work, const ApprovalTarget& target,
                                                     const ConditionClosing& closing) {
  ApprovalStore store;
  const std::string& tenant = work.reach.tenant;
  ASSIGN_OR_RETURN(QualificationApproval approval,
                   FindGiven(work, target, "have its conditions closed"));
  ASSIGN_OR_RETURN(auto conditions, store.ListConditions(work.tx, tenant, approval));
  const auto found = std::find_if(
      conditions.begin(), conditions.end(),
      [&](const ApprovalCondition& condition) { return condition.number == closing.number; });
  const std::string number = absl::StrCat(closing.number);
  if (found == conditions.end()) {
    return Error(Code::kNotFound, kConditionNotFound,
                 absl::StrCat(NameOf(approval), " has no condition ", number))
        .With("approval", NameOf(approval))
        .With("condition", number)
        .With("rule", "QUAL-7")
        .Field("condition", "is not a number of this approval's conditions");
  }
  if (found->state != ConditionState::kOpen) {
    return Error(Code::kFailedPrecondition, kConditionStateWrong,
                 absl::StrCat("condition ", number, " is ", View(NameOf(found->state)), " already"))
        .With("approval", NameOf(approval))
        .With("condition", number)
        .With("state", NameOf(found->state))
        .With("rule", "QUAL-7")
        .Field("condition", absl::StrCat("is ", View(NameOf(found->state))));
  }
  if (found->kind == ConditionKind::kPlanner && closing.state == ConditionState::kMet) {
    ASSIGN_OR_RETURN(const bool meets, store.PlannerMeets(work.tx, tenant, approval));
    if (!meets) return PlannerMissing(approval);
  }
  found->state = closing.state;
  found->close_reason = closing.reason;
  found->closed_by = std::string(work.call.subject());
  RETURN_IF_ERROR(store.UpdateCondition(work.tx, tenant, approval, *found));
  RETURN_IF_ERROR(Keep(work, approval));
  RETURN_IF_ERROR(Record(work, approval, absl::StrCat("condition ", View(NameOf(closing.state))),
                         Today(work), absl::StrCat(number, ": ", closing.reason)));
  return approval;
}

}  // namespace assay::approval
