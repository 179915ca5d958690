#include "services/approval/commands/register_learners.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/commands/apply_for_qualification.h"
#include "services/approval/commands/approval_policy.h"
#include "services/approval/commands/check_standing.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/commands/limits_in_force.h"
#include "services/approval/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;
using Code = absl::StatusCode;

constexpr std::size_t kViolationsMax = 100;
constexpr int kUnitsMax = 1000;

std::string Ruled(const LearnerFault& fault) {
  return fault.rule.empty() ? fault.message : absl::StrCat(fault.message, " (", fault.rule, ")");
}

Code CodeOf(std::string_view reason) {
  if (reason == kEnrolmentExists || reason == kUlnExists) return Code::kAlreadyExists;
  if (reason == kRegistrationLimitReached) return Code::kFailedPrecondition;
  return Code::kInvalidArgument;
}

// The first fault is the reason; all are violations.
Error RefusedFor(const std::vector<LearnerFault>& faults, std::string_view prefix) {
  const LearnerFault& first = faults.front();
  Error error(CodeOf(first.reason), first.reason,
              absl::StrCat(first.field, first.field.empty() ? "" : " ", Ruled(first)));
  if (!first.rule.empty()) error.With("rule", first.rule);
  for (const LearnerFault& fault : faults) {
    error.Field(absl::StrCat(View(prefix), fault.field.empty() ? "enrolment" : fault.field),
                absl::StrCat(View(fault.reason), ": ", Ruled(fault)));
  }
  return error;
}

Error NotInForce(const std::string& centre, const std::string& qualification, absl::CivilDay day,
                 const StandingAnswer& answer, std::string_view place) {
  return Error(Code::kFailedPrecondition, kApprovalNotInForce,
               absl::StrCat(answer.message, " (QUAL-9)"))
      .With("centre", "centres/" + centre)
      .With("qualification", "qualifications/" + qualification)
      .With("day", absl::FormatCivilTime(day))
      .With("standing", ReasonOf(answer.standing))
      .With("rule", "QUAL-9")
      .Field(place, absl::StrCat("is not approved on ", absl::FormatCivilTime(day)));
}

// How far back a centre registers is the policy's; an officer goes further and says why.
absl::Status CheckBackdating(const Work& work, const RegistrationOrder& order, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const ApprovalPolicy policy, PolicyFor(work, order.qualification));
  if (Today(work) - day <= policy.backdate_days) return absl::OkStatus();
  const platform::Principal& caller = *work.call.principal;
  const std::string most = absl::StrCat(policy.backdate_days);
  if (!caller.Has("quality") && !caller.Has("admin")) {
    return Error(Code::kFailedPrecondition, kBackdatingRefused,
                 absl::StrCat("a centre registers learners from at most ", most,
                              " days back; ask the quality team for an earlier first day (QUAL-5)"))
        .With("day", absl::FormatCivilTime(day))
        .With("days_max", most)
        .With("rule", "QUAL-5")
        .Field("register_day", absl::StrCat("is more than ", most, " days back"));
  }
  if (!order.backdate_reason.empty()) return absl::OkStatus();
  return Error(Code::kInvalidArgument, kReasonMissing,
               absl::StrCat("a first day more than ", most, " days back needs a reason (QUAL-5)"))
      .With("rule", "QUAL-5")
      .Field("backdate_reason", "is empty");
}

// What the centre may do today and on the day, and how many places are left. Inside the
// transaction, so that two registrations at once cannot both take the last one.
absl::Status Allow(const Work& work, const std::string& centre, const std::string& qualification,
                   absl::CivilDay day, std::string_view centre_place, LearnerFrame& frame) {
  // A registration that is dated back does not get around what happened since (QUAL-9).
  const std::pair<absl::CivilDay, std::string_view> days[] = {{Today(work), centre_place},
                                                              {day, "register_day"}};
  for (const auto& [on, place] : days) {
    ASSIGN_OR_RETURN(const StandingAnswer standing, CheckStanding(work, centre, qualification, on));
    if (standing.standing != Standing::kInForce) {
      return NotInForce(centre, qualification, on, standing, place);
    }
  }
  ASSIGN_OR_RETURN(const Limits limits, LimitsInForce(work, centre, qualification, Today(work)));
  if (limits.registrations_stopped) {
    return Error(Code::kFailedPrecondition, kRegistrationsStopped,
                 absl::StrCat("centres/", centre, " may not register learners: ",
                              limits.registrations_stop->reason, " (QUAL-9)"))
        .With("centre", "centres/" + centre)
        .With("source", limits.registrations_stop->source)
        .With("rule", "QUAL-9")
        .Field("parent", absl::StrCat("is stopped by ", limits.registrations_stop->source));
  }
  // A cap may lie on the qualification or on all of the centre's learners together.
  struct Cap {
    std::optional<std::int64_t> most;
    const std::optional<LimitCause>& cause;
    std::string of;
  };
  const Cap caps[] = {{limits.learners_max, limits.learners_cap, qualification},
                      {limits.centre_learners_max, limits.centre_learners_cap, ""}};
  for (const Cap& cap : caps) {
    if (!cap.most.has_value()) continue;
    ASSIGN_OR_RETURN(const std::int64_t active,
                     LearnerStore().CountActive(work.tx, work.reach.tenant, centre, cap.of));
    const std::int64_t places = std::max<std::int64_t>(0, *cap.most - active);
    if (frame.places.has_value() && *frame.places <= places) continue;
    frame.places = places;
    frame.cap = absl::StrCat("at most ", *cap.most, " learners are allowed, ", WhyOf(cap.cause));
  }
  return absl::OkStatus();
}

// Everything about an order but its rows.
struct Opening {
  Qualification qualification;
  PeriodCheck period;
  LearnerFrame frame;
};
absl::StatusOr<Opening> Open(const Work& work, const RegistrationOrder& order) {
  Opening opening;
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, order.centre).status());
  ASSIGN_OR_RETURN(opening.qualification, FindQualification(work, order.qualification));
  opening.period =
      CheckPeriod({.months_max = opening.qualification.registration_months,
                   .last_registration_day = opening.qualification.last_registration_day,
                   .register_day = order.register_day,
                   .end_day = order.end_day,
                   .today = Today(work)});
  if (!opening.period.faults.empty()) return RefusedFor(opening.period.faults, "");
  opening.frame.minimum_age = opening.qualification.minimum_age;
  opening.frame.register_day = opening.period.register_day;
  RETURN_IF_ERROR(CheckBackdating(work, order, opening.period.register_day));
  RETURN_IF_ERROR(Allow(work, order.centre, order.qualification, opening.period.register_day,
                        "parent", opening.frame));
  RETURN_IF_ERROR(LearnerStore().Know(work.tx, work.reach.tenant, order.centre, order.qualification,
                                      order.learners, opening.frame));
  return opening;
}

absl::Status RefuseAll(const RegistrationReport& report, std::size_t rows) {
  Error error(Code::kInvalidArgument, kRegistrationsRefused,
              absl::StrCat(report.refused, " of ", rows,
                           " rows are bad and nothing was kept; correct them, or keep the good "
                           "ones with REGISTRATION_MODE_KEEP_GOOD"));
  error.With("refused_count", absl::StrCat(report.refused));
  if (!report.faults.empty() && !report.faults.front().rule.empty()) {
    error.With("rule", report.faults.front().rule);
  }
  for (std::size_t i = 0; i < std::min(report.faults.size(), kViolationsMax); ++i) {
    const LearnerFault& fault = report.faults[i];
    error.Field(
        absl::StrCat("learners[", fault.row, "]", fault.field.empty() ? "" : ".", fault.field),
        absl::StrCat(View(fault.reason), ": ", Ruled(fault)));
  }
  return error;
}

absl::StatusOr<RegistrationReport> Register(const Work& work, const RegistrationOrder& order) {
  ASSIGN_OR_RETURN(Opening opening, Open(work, order));
  BatchCheck check = CheckLearners(order.learners, opening.frame);
  RegistrationReport report;
  report.faults = std::move(check.faults);
  report.good = static_cast<int>(check.good.size());
  report.refused = static_cast<int>(order.learners.size()) - report.good;
  if (order.mode == BatchMode::kValidateOnly) return report;
  if (order.mode == BatchMode::kAllOrNothing && report.refused > 0) return report;
  for (const int row : check.good) {
    RegistrationRecord record;
    record.centre = order.centre;
    record.id = work.context.ids.NextId(work.call.now);
    record.qualification = order.qualification;
    record.learner = order.learners[row];
    record.register_day = opening.period.register_day;
    record.end_day = opening.period.end_day;
    record.programme = order.programme;
    record.create_time = work.call.now;
    record.update_time = work.call.now;
    report.kept.push_back(std::move(record));
  }
  const absl::Status kept = LearnerStore().Insert(work.tx, work.reach.tenant, report.kept,
                                                  work.call.subject(), order.backdate_reason);
  if (absl::IsAlreadyExists(kept)) {
    return Error(Code::kAlreadyExists, kEnrolmentExists,
                 "one of the learners was registered by another call at the same moment")
        .With("rule", "EI-8")
        .Field("enrolment", "was taken at the same moment");
  }
  RETURN_IF_ERROR(kept);
  if (!report.kept.empty()) {
    RETURN_IF_ERROR(
        NoteApprovalUse(work, order.centre, order.qualification, opening.period.register_day));
  }
  return report;
}

RegistrationChange ChangeBy(const Work& work, std::string what, std::string reason) {
  return {std::move(what), std::move(reason), std::string(work.call.subject()), work.call.now};
}

// What was achieved goes along: versions of before stay with the old registration.
absl::Status CarryAchievements(const Work& work, const RegistrationRecord& from,
                               const RegistrationRecord& to) {
  LearnerStore store;
  ASSIGN_OR_RETURN(
      const std::vector<AchievementRecord> all,
      store.ListAchievements(work.tx, work.reach.tenant, from.centre, from.id, "", kUnitsMax));
  for (AchievementRecord record : all) {
    record.number = 1;
    record.entry.change_note = "transferred from " + from.Name();
    RETURN_IF_ERROR(store.InsertAchievement(work.tx, work.reach.tenant, to.centre, to.id, record));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckChange(const RegistrationRecord& record, RegistrationState to) {
  if (MayChange(record.state, to)) return absl::OkStatus();
  return Error(Code::kFailedPrecondition, kRegistrationStateWrong,
               absl::StrCat(record.Name(), " is ", View(NameOf(record.state)),
                            " and cannot become ", View(NameOf(to))))
      .With("registration", record.Name())
      .With("state", NameOf(record.state))
      .With("rule", "QUAL-5")
      .Field("name", absl::StrCat("is ", View(NameOf(record.state))));
}

absl::StatusOr<RegistrationRecord> FindRegistration(const Work& work,
                                                    const RegistrationTarget& target) {
  ASSIGN_OR_RETURN(RegistrationRecord record,
                   LearnerStore().Get(work.tx, work.reach, target.centre, target.id));
  RETURN_IF_ERROR(platform::CheckEtag(target.etag, record.version, record.Name()));
  return record;
}

absl::StatusOr<RegistrationReport> RegisterLearners(const Work& work,
                                                    const RegistrationOrder& order) {
  ASSIGN_OR_RETURN(RegistrationReport report, Register(work, order));
  if (order.mode == BatchMode::kAllOrNothing && report.refused > 0) {
    return RefuseAll(report, order.learners.size());
  }
  return report;
}

absl::StatusOr<RegistrationRecord> RegisterLearner(const Work& work, RegistrationOrder order) {
  order.mode = BatchMode::kAllOrNothing;
  ASSIGN_OR_RETURN(RegistrationReport report, Register(work, order));
  if (!report.faults.empty()) return RefusedFor(report.faults, "registration.");
  return std::move(report.kept.front());
}

absl::StatusOr<RegistrationRecord> CorrectRegistration(const Work& work,
                                                       const RegistrationTarget& target,
                                                       const RegistrationCorrection& correction) {
  ASSIGN_OR_RETURN(RegistrationRecord record, FindRegistration(work, target));
  if (record.state != RegistrationState::kActive) {
    return CheckChange(record, RegistrationState::kActive);
  }
  ASSIGN_OR_RETURN(const Qualification qualification,
                   FindQualification(work, record.qualification));
  std::vector<std::string> fields;
  LearnerDetails learner = record.learner;
  if (!correction.name.empty()) {
    learner.name = correction.name;
    fields.push_back("learner_name");
  }
  if (!correction.uln.empty()) {
    learner.uln = correction.uln;
    fields.push_back("uln");
  }
  if (correction.birth_day.has_value()) {
    learner.birth_day = correction.birth_day;
    fields.push_back("birth_day");
  }
  if (!correction.programme.empty()) {
    record.programme = correction.programme;
    fields.push_back("programme");
  }
  LearnerFrame frame{.minimum_age = qualification.minimum_age, .register_day = record.register_day};
  const std::vector<LearnerDetails> one = {learner};
  RETURN_IF_ERROR(LearnerStore().Know(work.tx, work.reach.tenant, record.centre,
                                      record.qualification, one, frame));
  frame.known.clear();  // It is this registration that has the number.
  const BatchCheck check = CheckLearners(one, frame);
  if (!check.faults.empty()) return RefusedFor(check.faults, "");
  record.learner = std::move(learner);
  record.update_time = work.call.now;
  RETURN_IF_ERROR(LearnerStore().Update(
      work.tx, work.reach.tenant, record,
      ChangeBy(work, "corrected",
               absl::StrCat(absl::StrJoin(fields, ", "), ": ", correction.reason))));
  return record;
}

absl::StatusOr<RegistrationRecord> ExtendRegistration(const Work& work,
                                                      const RegistrationTarget& target,
                                                      absl::CivilDay end_day,
                                                      const std::string& reason) {
  ASSIGN_OR_RETURN(RegistrationRecord record, FindRegistration(work, target));
  if (record.state != RegistrationState::kActive) {
    return CheckChange(record, RegistrationState::kActive);
  }
  if (end_day <= record.end_day || end_day <= Today(work)) {
    return Error(Code::kInvalidArgument, kRegistrationPeriodInvalid,
                 "an extension ends after today and after the period that it extends (QUAL-5)")
        .With("day", absl::FormatCivilTime(end_day))
        .With("rule", "QUAL-5")
        .Field("end_day", "is not later");
  }
  const std::string before = absl::FormatCivilTime(record.end_day);
  record.end_day = end_day;
  record.update_time = work.call.now;
  RETURN_IF_ERROR(LearnerStore().Update(
      work.tx, work.reach.tenant, record,
      ChangeBy(work, "extended",
               absl::StrCat(before, " to ", absl::FormatCivilTime(end_day), ": ", reason))));
  return record;
}

absl::StatusOr<RegistrationRecord> WithdrawRegistration(const Work& work,
                                                        const RegistrationTarget& target,
                                                        const std::string& reason) {
  ASSIGN_OR_RETURN(RegistrationRecord record, FindRegistration(work, target));
  RETURN_IF_ERROR(CheckChange(record, RegistrationState::kWithdrawn));
  record.state = RegistrationState::kWithdrawn;
  record.state_reason = reason;
  record.update_time = work.call.now;
  RETURN_IF_ERROR(LearnerStore().Update(work.tx, work.reach.tenant, record,
                                        ChangeBy(work, "withdrawn", reason)));
  return record;
}

absl::StatusOr<RegistrationRecord> TransferRegistration(const Work& work,
                                                        const RegistrationTarget& target,
                                                        const std::string& destination,
                                                        const std::string& enrolment,
                                                        const std::string& reason) {
  ASSIGN_OR_RETURN(RegistrationRecord from, FindRegistration(work, target));
  RETURN_IF_ERROR(CheckChange(from, RegistrationState::kTransferred));
  const absl::CivilDay today = Today(work);
  if (destination == from.centre || from.end_day < today) {
    return Error(Code::kInvalidArgument, kTransferInvalid,
                 destination == from.centre ? "the learner is at this centre already"
                                            : "the period of the registration is over (QUAL-5)")
        .With("registration", from.Name())
        .With("rule", "QUAL-5")
        .Field("destination", "cannot take the learner");
  }
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, destination).status());
  RegistrationRecord to = from;
  to.centre = destination;
  to.id = work.context.ids.NextId(work.call.now);
  to.learner.enrolment = enrolment;
  to.predecessor = from.Name();
  to.create_time = work.call.now;
  to.update_time = work.call.now;
  to.version = 1;
  LearnerStore store;
  LearnerFrame frame{.register_day = from.register_day};  // Was old enough when it was registered.
  RETURN_IF_ERROR(Allow(work, destination, from.qualification, today, "destination", frame));
  const std::vector<LearnerDetails> one = {to.learner};
  RETURN_IF_ERROR(
      store.Know(work.tx, work.reach.tenant, destination, from.qualification, one, frame));
  const BatchCheck check = CheckLearners(one, frame);
  if (!check.faults.empty()) return RefusedFor(check.faults, "");
  from.state = RegistrationState::kTransferred;
  from.state_reason = reason;
  from.successor = to.Name();
  from.update_time = work.call.now;
  RETURN_IF_ERROR(
      store.Update(work.tx, work.reach.tenant, from, ChangeBy(work, "transferred", reason)));
  const std::vector<RegistrationRecord> made = {to};
  RETURN_IF_ERROR(store.Insert(work.tx, work.reach.tenant, made, work.call.subject()));
  RETURN_IF_ERROR(CarryAchievements(work, from, to));
  RETURN_IF_ERROR(NoteApprovalUse(work, destination, from.qualification, today));
  return to;
}

}  // namespace assay::approval
