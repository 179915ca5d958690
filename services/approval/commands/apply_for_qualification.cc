#include "services/approval/commands/apply_for_qualification.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/commands/approval_policy.h"
#include "services/approval/commands/check_region.h"
#include "services/approval/commands/check_standing.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/commands/lapse_approvals.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/approval/stores/approvals.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;

absl::Status CheckNoneOpen(const Work& work, const Centre& centre, std::string_view qualification) {
  ASSIGN_OR_RETURN(const auto others, work.context.store.ApprovalsOf(work.tx, work.reach.tenant,
                                                                     centre.id, qualification));
  for (const QualificationApproval& other : others) {
    const bool given =
        other.state == ApprovalState::kApproved || other.state == ApprovalState::kSuspended;
    if (!given && other.state != ApprovalState::kApplied) continue;
    const auto lapse = LapseDay(other);
    if (given && lapse.has_value() && *lapse <= Today(work)) {
      RETURN_IF_ERROR(LapseApproval(work, other));
      continue;
    }
    const std::string centre_name = "centres/" + centre.id;
    const std::string qualification_name = absl::StrCat("qualifications/", View(qualification));
    return Error(absl::StatusCode::kAlreadyExists, kApprovalExists,
                 absl::StrCat(centre_name, " has ", View(NameOf(other.state)), " approval for ",
                              qualification_name, " already"))
        .With("centre", centre_name)
        .With("qualification", qualification_name)
        .With("approval", absl::StrCat(centre_name, "/qualificationApprovals/", other.id))
        .With("state", NameOf(other.state))
        .With("rule", "QUAL-7")
        .Field("qualification_approval.qualification",
               absl::StrCat("is ", View(NameOf(other.state)), " already"));
  }
  return absl::OkStatus();
}

// The number of the qualification whose approval opens the fast track (QUAL-7).
absl::StatusOr<std::string> FastTrackFrom(const Work& work, const std::string& centre,
                                          const Qualification& qualification) {
  for (const std::string& from : qualification.fast_track_from) {
    ASSIGN_OR_RETURN(const StandingAnswer answer, CheckStanding(work, centre, from, std::nullopt));
    if (answer.standing == Standing::kInForce) return from;
  }
  const std::string known = absl::StrJoin(qualification.fast_track_from, ", ");
  const std::string name = "qualifications/" + qualification.number;
  return Error(absl::StatusCode::kFailedPrecondition, kFastTrackNotOpen,
               known.empty()
                   ? absl::StrCat(name, " has no fast track (QUAL-7); apply the usual way")
                   : absl::StrCat("the fast track of ", name, " needs approval for ", known,
                                  " (QUAL-7), which centres/", centre,
                                  " does not have today; apply the usual way"))
      .With("centre", "centres/" + centre)
      .With("qualification", name)
      .With("fast_track_from", known)
      .With("rule", "QUAL-7")
      .Field("qualification_approval.fast_track", "is not open to the centre");
}

}  // namespace

absl::StatusOr<QualificationApproval> ApplyForQualification(const Work& work,
                                                            std::string_view centre_id,
                                                            std::string_view qualification,
                                                            Track track) {
  Store& store = work.context.store;
  ASSIGN_OR_RETURN(const Centre centre, store.GetCentre(work.tx, work.reach, centre_id));
  ASSIGN_OR_RETURN(const Qualification entry, FindQualification(work, qualification));
  if (centre.state == CentreState::kWithdrawn || centre.state == CentreState::kClosed) {
    const std::string centre_name = "centres/" + centre.id;
    return Error(absl::StatusCode::kFailedPrecondition, kCentreStateWrong,
                 absl::StrCat(centre_name, " is ", View(NameOf(centre.state)),
                              "; it cannot apply for a qualification"))
        .With("centre", centre_name)
        .With("state", NameOf(centre.state))
        .With("rule", "QUAL-7")
        .Field("parent", absl::StrCat("is ", View(NameOf(centre.state))));
  }
  RETURN_IF_ERROR(CheckRegionToApply(centre, entry));
  RETURN_IF_ERROR(CheckNoneOpen(work, centre, qualification));
  QualificationApproval approval;
  if (track == Track::kFast) {
    ASSIGN_OR_RETURN(approval.fast_track_from, FastTrackFrom(work, centre.id, entry));
  }
  ASSIGN_OR_RETURN(const ApprovalPolicy policy, PolicyFor(work, qualification));
  const int days = track == Track::kFast ? policy.fast_track_answer_days : policy.answer_days;
  if (days > 0) approval.answer_due_date = Today(work) + days;
  ASSIGN_OR_RETURN(approval.applied_under, RulesFor(work, qualification));
  approval.id = work.context.ids.NextId(work.call.now);
  approval.centre = centre.id;
  approval.qualification = std::string(qualification);
  approval.create_time = work.call.now;
  approval.update_time = work.call.now;
  RETURN_IF_ERROR(store.InsertApproval(work.tx, work.reach.tenant, approval));
  RETURN_IF_ERROR(ApprovalStore().AddChange(
      work.tx, work.reach.tenant, approval,
      {.what = "applied",
       .day = Today(work),
       .reason =
           approval.fast_track_from.empty() ? "" : "fast track from " + approval.fast_track_from,
       .actor = std::string(work.call.subject()),
       .time = work.call.now}));
  RETURN_IF_ERROR(EmitStateChanged(work, approval, centre.facts.title));
  return approval;
}

absl::Status NoteApprovalUse(const Work& work, std::string_view centre_id,
                             std::string_view qualification, absl::CivilDay day) {
  const std::string& tenant = work.reach.tenant;
  ASSIGN_OR_RETURN(const auto approvals,
                   work.context.store.ApprovalsOf(work.tx, tenant, centre_id, qualification));
  for (QualificationApproval approval : approvals) {
    if (approval.state != ApprovalState::kApproved || approval.first_use_date.has_value() ||
        StandingOn(day, CentreState::kApproved, {approval}) != Standing::kInForce) {
      continue;
    }
    approval.first_use_date = day;
    approval.update_time = work.call.now;
    ++approval.version;
    RETURN_IF_ERROR(work.context.store.UpdateApproval(work.tx, tenant, approval));
    return ApprovalStore().AddChange(work.tx, tenant, approval,
                                     {.what = "first used",
                                      .day = day,
                                      .actor = std::string(work.call.subject()),
                                      .time = work.call.now});
  }
  return absl::OkStatus();
}

}  // namespace assay::approval
