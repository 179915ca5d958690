#include "services/approval/events.h"

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/events.pb.h"
#include "services/approval/timeline.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/rpc/emit.h"

namespace assay::approval {

absl::Status EmitStateChanged(const Work& work, const Centre& centre) {
  v1::CentreStateChanged payload;
  payload.set_centre("centres/" + centre.id);
  payload.set_centre_title(centre.facts.title);
  payload.set_state(std::string(NameOf(centre.state)));
  payload.set_reason(centre.state_reason);
  RETURN_IF_ERROR(RecordDecision(work, {TimelineKind::kCentre, centre.id, payload.centre(),
                                        payload.state(), payload.reason()}));
  return platform::Emit(work.tx, work.call, work.context.ids, payload.centre(), payload);
}

absl::Status EmitImported(platform::Transaction& tx, const platform::Call& call,
                          platform::IdSource& ids, std::string_view layout, std::int64_t created,
                          std::int64_t updated, std::int64_t refused) {
  v1::CentresImported payload;
  payload.set_layout(std::string(layout));
  payload.set_created_count(created);
  payload.set_updated_count(updated);
  payload.set_refused_count(refused);
  return platform::Emit(tx, call, ids, "centres", payload);
}

absl::Status EmitStateChanged(const Work& work, const QualificationApproval& approval,
                              std::string_view centre_title) {
  v1::QualificationApprovalStateChanged payload;
  payload.set_centre("centres/" + approval.centre);
  payload.set_centre_title(std::string(centre_title));
  payload.set_qualification("qualifications/" + approval.qualification);
  payload.set_state(std::string(NameOf(approval.state)));
  payload.set_reason(approval.state_reason);
  const std::string name =
      absl::StrCat("centres/", approval.centre, "/qualificationApprovals/", approval.id);
  RETURN_IF_ERROR(RecordDecision(
      work, {TimelineKind::kApproval, approval.centre, name,
             absl::StrCat(payload.state(), ": ", approval.qualification), payload.reason()}));
  return platform::Emit(work.tx, work.call, work.context.ids, name, payload);
}

absl::Status EmitPlannerChanged(const Work& work, const PlannerRecord& planner, PlannerStep step,
                                const PlannerRuling& ruling) {
  ASSIGN_OR_RETURN(const Centre centre,
                   work.context.store.GetCentre(work.tx, work.reach, planner.centre));
  v1::PlannerStateChanged payload;
  payload.set_planner(planner.Name());
  payload.set_centre("centres/" + planner.centre);
  payload.set_centre_title(centre.facts.title);
  payload.set_qualification("qualifications/" + planner.qualification);
  payload.set_state(std::string(NameOf(planner.state)));
  payload.set_feedback(ruling.feedback);
  payload.set_action_count(static_cast<std::int32_t>(ruling.actions.size()));
  if (ruling.deadline.has_value()) payload.set_deadline(absl::FormatCivilTime(*ruling.deadline));
  std::string what = payload.state();
  if (step == PlannerStep::kWaive) {
    what = absl::StrCat("deadline waived until ", payload.deadline());
  } else if (step == PlannerStep::kDecide) {
    what = "one learner decided";
  }
  RETURN_IF_ERROR(
      RecordDecision(work, {TimelineKind::kPlanner, planner.centre, payload.planner(), what,
                            payload.feedback(), std::string(platform::View(RuleOf(step)))}));
  return platform::Emit(work.tx, work.call, work.context.ids, payload.planner(), payload);
}

}  // namespace assay::approval
