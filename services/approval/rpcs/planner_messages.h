// What the RPCs of planners have in common: names, rulings, and planners as clients see them.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "services/approval/commands/rule_on_planner.h"
#include "services/approval/context.h"
#include "services/approval/convert.h"
#include "services/approval/rpcs/requests.h"
#include "services/approval/stores/planner_history.h"
#include "services/approval/stores/planners.h"

namespace assay::approval {

struct PlannerName {
  std::string centre;
  std::string planner;
  std::string version;  // Only of versions.
};

// "centres/{centre}/planners/{planner}", and with `versions` its version. FIELD_INVALID.
absl::StatusOr<PlannerName> PlannerNameFrom(std::string_view field, const std::string& text,
                                            bool versions = false);
// The planner that `text` names. FIELD_INVALID, NOT_FOUND (PLANNER_NOT_FOUND).
absl::StatusOr<PlannerRecord> PlannerFrom(const Work& work, std::string_view field,
                                          const std::string& text);
absl::StatusOr<PlannerTarget> PlannerTargetFrom(const std::string& name, const std::string& etag);
// The same; FIELD_INVALID without an etag, since a ruling on what was seen could hit what came
// after.
absl::StatusOr<PlannerTarget> SeenPlannerFrom(const std::string& name, const std::string& etag);

v1::InvolvementOutcome OutcomeOf(Involvement outcome);
// Nothing if nothing is decided.
void SetDecision(const LearnerStanding& learner, v1::LearnerInvolvement& out);

// Without document and judgement, as in lists.
v1::Planner ToProto(const PlannerRecord& record);
v1::PlannerJudgement ToProto(const PlannerRuling& ruling);
// With both.
absl::StatusOr<v1::Planner> WholePlanner(const Work& work, const PlannerRecord& record);

// What JudgePlanner and ConcludeInvolvement have in common. FIELD_INVALID.
template <typename Request>
absl::StatusOr<RulingOn> RulingFrom(
    const Request& request,
    std::initializer_list<std::pair<v1::Planner::State, PlannerStep>> outcomes) {
  RulingOn ruling;
  bool known = false;
  for (const auto& [state, step] : outcomes) {
    if (state != request.outcome()) continue;
    ruling.step = step;
    known = true;
  }
  if (!known) return FieldInvalid("outcome", "is not one of the three that this call takes");
  if (!request.feedback().empty()) {
    ASSIGN_OR_RETURN(ruling.feedback, ReasonFrom(request.feedback(), "feedback"));
  }
  for (int i = 0; i < request.actions_size(); ++i) {
    const v1::ImprovementAction& action = request.actions(i);
    const std::string place = absl::StrCat("actions[", i, "].");
    std::string text;
    if (HasText(action.text())) {
      ASSIGN_OR_RETURN(text, ProseFrom(place + "text", action.text()));
    }
    ASSIGN_OR_RETURN(const absl::CivilDay due,
                     RequiredDayFrom(place + "due_day", action.has_due_day(), action.due_day()));
    ruling.actions.push_back({std::move(text), due});
  }
  ASSIGN_OR_RETURN(ruling.deadline,
                   DayFrom("deadline", request.has_deadline(), request.deadline()));
  return ruling;
}

}  // namespace assay::approval
