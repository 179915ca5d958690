#include "services/approval/rpcs/planner_messages.h"

#include "absl/strings/str_split.h"
#include "services/approval/planner_document.h"
#include "services/approval/stores/declaration_samples.h"
#include "services/platform/core/sha256.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {

absl::StatusOr<PlannerName> PlannerNameFrom(std::string_view field, const std::string& text,
                                            bool versions) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  const std::size_t count = versions ? 6 : 4;
  if (parts.size() != count || parts[0] != "centres" || parts[2] != "planners" ||
      parts[1].empty() || parts[3].empty() ||
      (versions && (parts[4] != "versions" || parts[5].empty()))) {
    return FieldInvalid(field, versions ? "is not centres/*/planners/*/versions/*"
                                        : "is not centres/{centre}/planners/{planner}");
  }
  return PlannerName{parts[1], parts[3], versions ? parts[5] : ""};
}

absl::StatusOr<PlannerRecord> PlannerFrom(const Work& work, std::string_view field,
                                          const std::string& text) {
  ASSIGN_OR_RETURN(const PlannerName name, PlannerNameFrom(field, text));
  return PlannerStore().Get(work.tx, work.reach, name.centre, name.planner);
}

absl::StatusOr<PlannerTarget> PlannerTargetFrom(const std::string& name, const std::string& etag) {
  ASSIGN_OR_RETURN(PlannerName parts, PlannerNameFrom("name", name));
  return PlannerTarget{std::move(parts.centre), std::move(parts.planner), etag};
}

absl::StatusOr<PlannerTarget> SeenPlannerFrom(const std::string& name, const std::string& etag) {
  if (etag.empty()) return FieldInvalid("etag", "is missing; send that of the planner you judge");
  return PlannerTargetFrom(name, etag);
}

// Both enums begin with one value that is never meant.
v1::InvolvementOutcome OutcomeOf(Involvement outcome) {
  return static_cast<v1::InvolvementOutcome>(static_cast<int>(outcome) + 1);
}

void SetDecision(const LearnerStanding& learner, v1::LearnerInvolvement& out) {
  if (!learner.decision.has_value()) return;
  out.mutable_decision()->set_met(*learner.decision);
  out.mutable_decision()->set_reason(learner.decision_reason);
}

v1::Planner ToProto(const PlannerRecord& record) {
  v1::Planner out;
  out.set_name(record.Name());
  out.set_qualification_approval(
      absl::StrCat("centres/", record.centre, "/qualificationApprovals/", record.approval));
  *out.mutable_first_day() = ToDate(record.first_day);
  *out.mutable_last_day() = ToDate(record.last_day);
  *out.mutable_declaration_deadline() = ToDate(record.declaration_deadline);
  out.set_state(static_cast<v1::Planner::State>(static_cast<int>(record.state) + 1));
  out.set_document_version(record.document_version);
  out.set_submission_count(record.submissions);
  out.set_declaration_count(record.declarations);
  if (record.sign_time.has_value()) {
    v1::Declaration& declaration = *out.mutable_declaration();
    declaration.set_signed_by(record.signed_by);
    declaration.set_position(record.position);
    declaration.set_confirmed(record.declared_version == record.document_version);
    *declaration.mutable_sign_time() = ToTimestamp(*record.sign_time);
    declaration.set_number(record.declarations);
    declaration.set_document_version(record.declared_version);
  }
  if (record.met_time.has_value()) {
    out.set_met_planner(absl::StrCat("centres/", record.centre, "/planners/", record.met_planner));
    out.set_met_judgement(record.met_ruling);
    *out.mutable_meet_time() = ToTimestamp(*record.met_time);
  }
  if (record.deadline_policy > 0) {
    out.set_involvement_policy(absl::StrCat("involvementPolicies/", record.deadline_policy));
  }
  *out.mutable_create_time() = ToTimestamp(record.create_time);
  *out.mutable_update_time() = ToTimestamp(record.update_time);
  out.set_etag(platform::EtagOf(record.version));
  return out;
}

v1::PlannerJudgement ToProto(const PlannerRuling& ruling) {
  v1::PlannerJudgement out;
  out.set_number(ruling.number);
  out.set_outcome(ruling.outcome);
  out.set_feedback(ruling.feedback);
  for (const PlannerAction& action : ruling.actions) {
    v1::ImprovementAction& to = *out.add_actions();
    to.set_text(action.text);
    *to.mutable_due_day() = ToDate(action.due);
  }
  if (ruling.deadline.has_value()) *out.mutable_deadline() = ToDate(*ruling.deadline);
  out.set_officer(ruling.officer);
  *out.mutable_judge_time() = ToTimestamp(ruling.time);
  return out;
}

absl::StatusOr<v1::Planner> WholePlanner(const Work& work, const PlannerRecord& record) {
  v1::Planner out = ToProto(record);
  PlannerStore store;
  ASSIGN_OR_RETURN(const PlannerVersion version,
                   store.GetVersion(work.tx, work.reach.tenant, record, record.document_version));
  ASSIGN_OR_RETURN(*out.mutable_document(), DocumentFromBytes(version.document));
  ASSIGN_OR_RETURN(const auto ruling, store.LastRuling(work.tx, work.reach.tenant, record));
  if (ruling.has_value()) *out.mutable_judgement() = ToProto(*ruling);
  ASSIGN_OR_RETURN(const std::string secret,
                   DeclarationSampleStore().Secret(work.tx, work.reach.tenant, record));
  if (!secret.empty()) out.set_next_sample_commitment(platform::Sha256Hex(secret));
  return out;
}

}  // namespace assay::approval
