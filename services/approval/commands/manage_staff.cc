#include "services/approval/commands/manage_staff.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/commands/find_qualification.h"
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

absl::StatusOr<StaffRecord> Find(const Work& work, const StaffTarget& target) {
  ASSIGN_OR_RETURN(StaffRecord staff,
                   StaffStore().Get(work.tx, work.reach, target.centre, target.id));
  RETURN_IF_ERROR(platform::CheckEtag(target.etag, staff.version, staff.Name()));
  return staff;
}

absl::Status Full(const std::string& parent, int most) {
  return Error(Code::kResourceExhausted, kListFull,
               absl::StrCat(parent, " has ", most, " of these, as many as can be kept"))
      .With("parent", parent)
      .With("most", absl::StrCat(most))
      .With("rule", "QUAL-6")
      .Field("parent", absl::StrCat("has ", most));
}

absl::Status DaysInvalid(std::string_view field, absl::CivilDay day, std::string_view what) {
  return Error(Code::kInvalidArgument, kDaysInvalid,
               absl::StrCat(View(field), " ", View(what), " (QUAL-6)"))
      .With("day", absl::FormatCivilTime(day))
      .With("rule", "QUAL-6")
      .Field(field, what);
}

absl::Status Fill(const Work& work, const StaffForm& form, StaffRecord& staff) {
  staff.display_name = form.display_name;
  staff.subject = form.subject;
  if (form.first_day.has_value()) staff.first_day = *form.first_day;
  staff.roles = form.roles;
  for (std::size_t i = 0; i < staff.roles.size(); ++i) {
    if (form.roles_from_start[i]) staff.roles[i].from = staff.first_day;
  }
  std::vector<RoleFault> faults = FaultsOf(staff.roles);
  const auto signs = [](const RoleHeld& held) { return NeedsSubject(held.role); };
  if (staff.subject.empty() && std::any_of(staff.roles.begin(), staff.roles.end(), signs)) {
    faults.push_back({"subject", "is missing; who marks or verifies has a user of their own"});
  }
  if (faults.empty()) return absl::OkStatus();
  Error error(Code::kInvalidArgument, kRolesInvalid,
              absl::StrCat("the roles have ", faults.size(), " faults (QUAL-6)"));
  error.With("rule", "QUAL-6");
  for (const RoleFault& fault : faults) error.Field("staff_member." + fault.place, fault.what);
  return error;
}

std::string RolesText(const std::vector<RoleHeld>& roles) {
  if (roles.empty()) return "none";
  return absl::StrJoin(roles, ", ", [](std::string* out, const RoleHeld& held) {
    absl::StrAppend(out, View(NameOf(held.role)), " from ", absl::FormatCivilTime(held.from));
    if (held.until.has_value()) absl::StrAppend(out, " until ", absl::FormatCivilTime(*held.until));
  });
}

absl::StatusOr<StaffRecord> Keep(const Work& work, StaffRecord staff, const std::string& what,
                                 const std::string& reason) {
  staff.update_time = work.call.now;
  RETURN_IF_ERROR(StaffStore().Update(work.tx, work.reach.tenant, staff));
  RETURN_IF_ERROR(EmitStaffChanged(work, staff, what, reason));
  return staff;
}

// Two people sign, so that nobody vouches for themselves (QUAL-6).
absl::Status OwnEvidence(const StaffRecord& staff, std::string_view field, std::string_view what) {
  return Error(Code::kFailedPrecondition, kOwnEvidence,
               "somebody else has to sign for this: nobody vouches for themselves (QUAL-6)")
      .With("staff", staff.Name())
      .With("rule", "QUAL-6")
      .Field(field, what);
}

// `recorded_by`: who signed first; "" if that is allowed to be the same.
absl::Status CheckNotOwn(const Work& work, const StaffRecord& staff, std::string_view recorded_by) {
  if (staff.subject.empty()) {
    return Error(Code::kFailedPrecondition, kStaffSubjectMissing,
                 "say first which user it is, so that it is seen to be somebody else's (QUAL-6)")
        .With("staff", staff.Name())
        .With("rule", "QUAL-6")
        .Field("staff_member.subject", "is missing");
  }
  if (staff.subject == work.call.subject()) {
    return OwnEvidence(staff, "name", "is of the person who calls");
  }
  if (!recorded_by.empty() && recorded_by == work.call.subject()) {
    return OwnEvidence(staff, "name", "was recorded by the person who calls");
  }
  return absl::OkStatus();
}

absl::StatusOr<CompetenceRecord> FindCompetence(const Work& work, const StaffRecord& staff,
                                                const std::string& id) {
  ASSIGN_OR_RETURN(
      std::vector<CompetenceRecord> all,
      StaffStore().ListCompetences(work.tx, work.reach.tenant, staff, kCompetencesMost));
  for (CompetenceRecord& competence : all) {
    if (competence.rule.id == id) return std::move(competence);
  }
  const std::string name = absl::StrCat(staff.Name(), "/competences/", id);
  return Error(Code::kNotFound, kCompetenceNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("competence", name);
}

absl::Status WrongState(const StaffRecord& staff, const CompetenceRecord& competence) {
  return Error(Code::kFailedPrecondition, kCompetenceStateWrong,
               absl::StrCat("the evidence is ", View(NameOf(competence.rule.state)),
                            " already (QUAL-6)"))
      .With("competence", absl::StrCat(staff.Name(), "/competences/", competence.rule.id))
      .With("state", NameOf(competence.rule.state))
      .With("rule", "QUAL-6")
      .Field("name", absl::StrCat("is ", View(NameOf(competence.rule.state))));
}

std::string TextOf(std::string_view verb, const CompetenceRecord& competence) {
  return absl::StrCat("competence ", View(verb), ": ", View(NameOf(competence.rule.kind)), " for ",
                      competence.rule.qualification);
}

}  // namespace

absl::StatusOr<StaffRecord> CreateStaff(const Work& work, const std::string& centre_id,
                                        const StaffForm& form) {
  ASSIGN_OR_RETURN(const Centre centre,
                   work.context.store.GetCentre(work.tx, work.reach, centre_id));
  const std::string name = "centres/" + centre.id;
  if (centre.state == CentreState::kWithdrawn || centre.state == CentreState::kClosed) {
    return Error(Code::kFailedPrecondition, kCentreStateWrong,
                 absl::StrCat(name, " is ", View(NameOf(centre.state)), "; it takes on nobody"))
        .With("centre", name)
        .With("state", NameOf(centre.state))
        .With("rule", "QUAL-6")
        .Field("parent", absl::StrCat("is ", View(NameOf(centre.state))));
  }
  StaffStore store;
  ASSIGN_OR_RETURN(const int count, store.Count(work.tx, work.reach.tenant, centre.id));
  if (count >= kStaffMost) return Full(name, kStaffMost);
  StaffRecord staff;
  staff.centre = centre.id;
  staff.id = work.context.ids.NextId(work.call.now);
  staff.first_day = Today(work);
  RETURN_IF_ERROR(Fill(work, form, staff));
  staff.create_time = work.call.now;
  staff.update_time = work.call.now;
  RETURN_IF_ERROR(store.Insert(work.tx, work.reach.tenant, staff));
  RETURN_IF_ERROR(EmitStaffChanged(work, staff, "added; roles: " + RolesText(staff.roles), ""));
  return staff;
}

absl::StatusOr<StaffRecord> UpdateStaff(const Work& work, const StaffTarget& target,
                                        const StaffForm& form, const std::string& reason) {
  ASSIGN_OR_RETURN(StaffRecord staff, Find(work, target));
  const std::vector<RoleHeld> before = staff.roles;
  const std::string user = staff.subject;
  if (form.subject != user && user == work.call.subject()) {
    return OwnEvidence(staff, "staff_member.subject", "is changed by the person themselves");
  }
  RETURN_IF_ERROR(Fill(work, form, staff));
  if (staff.last_day.has_value() && *staff.last_day < staff.first_day) {
    return DaysInvalid("staff_member.first_day", staff.first_day, "is after the last day");
  }
  std::vector<std::string> what;
  if (staff.roles != before) {
    what.push_back(
        absl::StrCat("roles were ", RolesText(before), "; are ", RolesText(staff.roles)));
  }
  if (staff.subject != user) {
    what.push_back(absl::StrCat("user was ", user.empty() ? "none" : user, "; is ",
                                staff.subject.empty() ? "none" : staff.subject));
  }
  if (what.empty()) what.push_back("changed");
  return Keep(work, std::move(staff), absl::StrJoin(what, "; "), reason);
}

absl::StatusOr<StaffRecord> EndStaff(const Work& work, const StaffTarget& target,
                                     std::optional<absl::CivilDay> last_day) {
  ASSIGN_OR_RETURN(StaffRecord staff, Find(work, target));
  staff.last_day = last_day.value_or(Today(work));
  if (*staff.last_day < staff.first_day) {
    return DaysInvalid("last_day", *staff.last_day, "is before the first day");
  }
  const std::string what = "leaves; last day " + absl::FormatCivilTime(*staff.last_day);
  return Keep(work, std::move(staff), what, "");
}

absl::StatusOr<StaffPart> RecordCompetence(const Work& work, const StaffTarget& target,
                                           CompetenceRecord competence) {
  StaffPart part;
  ASSIGN_OR_RETURN(part.staff, Find(work, target));
  const std::string& qualification = competence.rule.qualification;
  RETURN_IF_ERROR(FindQualification(work, qualification).status());
  StaffStore store;
  ASSIGN_OR_RETURN(const auto all,
                   store.ListCompetences(work.tx, work.reach.tenant, part.staff, kCompetencesMost));
  if (all.size() >= kCompetencesMost) return Full(part.staff.Name(), kCompetencesMost);
  competence.rule.id = work.context.ids.NextId(work.call.now);
  competence.recorded_by = std::string(work.call.subject());
  competence.create_time = work.call.now;
  RETURN_IF_ERROR(store.InsertCompetence(work.tx, work.reach.tenant, part.staff, competence));
  ASSIGN_OR_RETURN(part.staff, Keep(work, part.staff, TextOf("recorded", competence), ""));
  part.competence = std::move(competence);
  return part;
}

absl::StatusOr<StaffPart> VerifyCompetence(const Work& work, const StaffTarget& target,
                                           const std::string& id, absl::CivilDay valid_until) {
  StaffPart part;
  ASSIGN_OR_RETURN(part.staff, Find(work, target));
  ASSIGN_OR_RETURN(part.competence, FindCompetence(work, part.staff, id));
  StaffCompetence& rule = part.competence.rule;
  if (rule.state != CompetenceState::kRecorded) return WrongState(part.staff, part.competence);
  RETURN_IF_ERROR(CheckNotOwn(work, part.staff, part.competence.recorded_by));
  const int most = work.context.oversight.competence.valid_days_max;
  if (valid_until < Today(work)) {
    return DaysInvalid("valid_until", valid_until, "is before today");
  }
  if (valid_until > Today(work) + most) {
    return DaysInvalid("valid_until", valid_until,
                       absl::StrCat("is more than ", most, " days off"));
  }
  rule.state = CompetenceState::kVerified;
  rule.verified = Today(work);
  rule.valid_until = valid_until;
  part.competence.verified_by = std::string(work.call.subject());
  RETURN_IF_ERROR(
      StaffStore().UpdateCompetence(work.tx, work.reach.tenant, part.staff, part.competence));
  ASSIGN_OR_RETURN(part.staff, Keep(work, part.staff,
                                    absl::StrCat(TextOf("verified", part.competence), " until ",
                                                 absl::FormatCivilTime(valid_until)),
                                    ""));
  return part;
}

absl::StatusOr<StaffPart> RevokeCompetence(const Work& work, const StaffTarget& target,
                                           const std::string& id, const std::string& reason) {
  StaffPart part;
  ASSIGN_OR_RETURN(part.staff, Find(work, target));
  ASSIGN_OR_RETURN(part.competence, FindCompetence(work, part.staff, id));
  if (part.competence.rule.state == CompetenceState::kRevoked) {
    return WrongState(part.staff, part.competence);
  }
  part.competence.rule.state = CompetenceState::kRevoked;
  part.competence.revoke_reason = reason;
  RETURN_IF_ERROR(
      StaffStore().UpdateCompetence(work.tx, work.reach.tenant, part.staff, part.competence));
  ASSIGN_OR_RETURN(part.staff, Keep(work, part.staff, TextOf("revoked", part.competence), reason));
  return part;
}

absl::StatusOr<StaffPart> DeclareConflict(const Work& work, const StaffTarget& target,
                                          ConflictRecord conflict) {
  StaffPart part;
  ASSIGN_OR_RETURN(part.staff, Find(work, target));
  StaffStore store;
  ASSIGN_OR_RETURN(const auto all,
                   store.ListConflicts(work.tx, work.reach.tenant, part.staff, kConflictsMost));
  if (all.size() >= kConflictsMost) return Full(part.staff.Name(), kConflictsMost);
  conflict.id = work.context.ids.NextId(work.call.now);
  conflict.rule.declared = Today(work);
  conflict.declared_by = std::string(work.call.subject());
  conflict.create_time = work.call.now;
  RETURN_IF_ERROR(store.InsertConflict(work.tx, work.reach.tenant, part.staff, conflict));
  ASSIGN_OR_RETURN(part.staff, Keep(work, part.staff, "conflict of interest declared", ""));
  part.conflict = std::move(conflict);
  return part;
}

absl::StatusOr<StaffPart> ResolveConflict(const Work& work, const StaffTarget& target,
                                          const std::string& id, std::optional<absl::CivilDay> day,
                                          const std::string& reason) {
  StaffPart part;
  ASSIGN_OR_RETURN(part.staff, Find(work, target));
  StaffStore store;
  ASSIGN_OR_RETURN(std::vector<ConflictRecord> all,
                   store.ListConflicts(work.tx, work.reach.tenant, part.staff, kConflictsMost));
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const ConflictRecord& c) { return c.id == id; });
  const std::string name = absl::StrCat(part.staff.Name(), "/conflicts/", id);
  if (found == all.end()) {
    return Error(Code::kNotFound, kConflictNotFound,
                 absl::StrCat("there is no ", name, " that you may see"))
        .With("conflict", name);
  }
  if (found->rule.resolved.has_value()) {
    return Error(Code::kFailedPrecondition, kConflictResolved,
                 absl::StrCat(name, " was resolved on ",
                              absl::FormatCivilTime(*found->rule.resolved)))
        .With("conflict", name)
        .With("rule", "QUAL-6")
        .Field("name", "is resolved");
  }
  RETURN_IF_ERROR(CheckNotOwn(work, part.staff, ""));
  found->rule.resolved = day.value_or(Today(work));
  if (*found->rule.resolved < found->rule.declared) {
    return DaysInvalid("resolved_day", *found->rule.resolved, "is before it was declared");
  }
  found->resolution = reason;
  RETURN_IF_ERROR(store.UpdateConflict(work.tx, work.reach.tenant, part.staff, *found));
  ASSIGN_OR_RETURN(part.staff, Keep(work, part.staff, "conflict of interest resolved", reason));
  part.conflict = std::move(*found);
  return part;
}

}  // namespace assay::approval
