#include "services/approval/oversight_events.h"

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/events.pb.h"
#include "services/approval/timeline.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/rpc/emit.h"

namespace assay::approval {
namespace {

using platform::View;

absl::StatusOr<std::string> CentreTitle(const Work& work, const std::string& centre) {
  ASSIGN_OR_RETURN(const Centre found, work.context.store.GetCentre(work.tx, work.reach, centre));
  return found.facts.title;
}

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

}  // namespace

std::string TitleOf(const OversightPolicy& policy, const Restriction& restriction) {
  const RestrictionLevel* level = policy.FindLevel(restriction.level);
  const std::string title = level == nullptr ? restriction.level : level->title;
  if (!restriction.learners_max.has_value()) return title;
  return absl::StrCat(title, ": ", *restriction.learners_max);
}

absl::Status EmitRestrictionChanged(const Work& work, const RestrictionRecord& restriction,
                                    const std::string& change) {
  const Restriction& rule = restriction.rule;
  v1::CentreRestrictionChanged payload;
  payload.set_restriction(restriction.Name());
  payload.set_centre("centres/" + restriction.centre);
  ASSIGN_OR_RETURN(*payload.mutable_centre_title(), CentreTitle(work, restriction.centre));
  payload.set_change(change);
  payload.set_kind(std::string(NameOf(rule.kind)));
  payload.set_title(TitleOf(work.context.oversight, rule));
  if (!rule.qualification.empty()) {
    payload.set_qualification("qualifications/" + rule.qualification);
  }
  payload.set_reason(change == "lifted" ? restriction.lift_reason : rule.reason);
  payload.set_from_day(Text(rule.from));
  if (rule.until.has_value()) payload.set_until_day(Text(*rule.until));
  RETURN_IF_ERROR(RecordDecision(
      work, {TimelineKind::kRestriction, restriction.centre, payload.restriction(),
             absl::StrCat(payload.kind(), " ", change, ": ", payload.title(),
                          rule.qualification.empty() ? "" : " in " + rule.qualification),
             payload.reason(), "QUAL-9"}));
  return platform::Emit(work.tx, work.call, work.context.ids, payload.restriction(), payload);
}

absl::Status EmitActionChanged(const Work& work, const ActionRecord& action,
                               const std::string& what, const std::string& reason) {
  v1::CentreActionChanged payload;
  payload.set_action(action.Name());
  payload.set_centre("centres/" + action.centre);
  ASSIGN_OR_RETURN(*payload.mutable_centre_title(), CentreTitle(work, action.centre));
  payload.set_state(std::string(NameOf(action.state)));
  payload.set_text(action.text);
  payload.set_due_date(Text(action.due));
  payload.set_feedback(action.feedback);
  RETURN_IF_ERROR(RecordDecision(
      work, {TimelineKind::kAction, action.centre, payload.action(), what, reason, "EI-11"}));
  return platform::Emit(work.tx, work.call, work.context.ids, payload.action(), payload);
}

absl::Status EmitDeadlineRaised(const Work& work, const DueItem& item, const ReminderWindow& window,
                                absl::CivilDay today) {
  v1::CentreDeadlineRaised payload;
  payload.set_item(item.item);
  payload.set_centre("centres/" + item.centre);
  ASSIGN_OR_RETURN(*payload.mutable_centre_title(), CentreTitle(work, item.centre));
  payload.set_text(item.text);
  payload.set_due_date(Text(item.due));
  payload.set_days_left(static_cast<std::int32_t>(item.due - today));
  payload.set_when(UntilText(item.due, today));
  payload.set_timing(window.overdue() ? "OVERDUE" : "AHEAD");
  payload.set_party(item.party);
  payload.set_rule(std::string(RuleOf(item.kind)));
  if (window.overdue()) {
    RETURN_IF_ERROR(RecordDecision(
        work, {TimelineKind::kEscalation, item.centre, item.item,
               absl::StrCat("escalated, ", payload.when(), ": ", item.text),
               absl::StrCat("was due on ", payload.due_date()), std::string(RuleOf(item.kind))}));
  }
  return platform::Emit(work.tx, work.call, work.context.ids, item.item, payload);
}

absl::Status EmitFormChanged(const Work& work, const RecordingFormRecord& form) {
  v1::RecordingFormStateChanged payload;
  payload.set_recording_form(form.Name());
  payload.set_centre("centres/" + form.centre);
  ASSIGN_OR_RETURN(*payload.mutable_centre_title(), CentreTitle(work, form.centre));
  payload.set_title(form.title);
  payload.set_state(std::string(NameOf(form.facts.state)));
  payload.set_reason(form.state_reason);
  RETURN_IF_ERROR(
      RecordDecision(work, {TimelineKind::kApproval, form.centre, payload.recording_form(),
                            absl::StrCat("recording form ", payload.state(), ": ", form.title),
                            form.state_reason, "QUAL-8"}));
  return platform::Emit(work.tx, work.call, work.context.ids, payload.recording_form(), payload);
}

absl::Status EmitSiteChanged(const Work& work, const SiteRecord& site, const std::string& state) {
  v1::SiteStateChanged payload;
  payload.set_site(site.Name());
  payload.set_centre("centres/" + site.centre);
  ASSIGN_OR_RETURN(*payload.mutable_centre_title(), CentreTitle(work, site.centre));
  payload.set_title(site.title);
  payload.set_state(state);
  payload.set_reason(site.state_reason);
  RETURN_IF_ERROR(RecordDecision(work, {TimelineKind::kSite, site.centre, payload.site(),
                                        absl::StrCat(state, ": ", site.title), site.state_reason}));
  return platform::Emit(work.tx, work.call, work.context.ids, payload.site(), payload);
}

absl::Status EmitStaffChanged(const Work& work, const StaffRecord& staff, const std::string& what,
                              const std::string& reason) {
  v1::StaffChanged payload;
  payload.set_staff(staff.Name());
  payload.set_centre("centres/" + staff.centre);
  payload.set_what(what);
  RETURN_IF_ERROR(RecordDecision(
      work, {TimelineKind::kStaff, staff.centre, payload.staff(), what, reason, "QUAL-6"}));
  return platform::Emit(work.tx, work.call, work.context.ids, payload.staff(), payload);
}

}  // namespace assay::approval
