#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/staff_service.pb.h"
#include "services/approval/commands/judge_staff.h"
#include "services/approval/commands/manage_staff.h"
#include "services/approval/convert.h"
#include "services/approval/rpcs/requests.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {
namespace {

constexpr std::size_t kNameCharactersMax = 200;
constexpr std::size_t kSubjectCharactersMax = 200;
constexpr std::size_t kWhatCharactersMax = 500;
constexpr std::size_t kWithCharactersMax = 300;
constexpr int kRolesMax = 30;
constexpr int kEvidenceMax = 20;
constexpr int kLevelMax = 8;

// The API's enums begin with one value that is never meant.
v1::StaffRole RoleOf(StaffRole role) {
  return static_cast<v1::StaffRole>(static_cast<int>(role) + 1);
}

v1::StaffMember ToProto(const Work& work, const StaffRecord& record) {
  v1::StaffMember out;
  out.set_name(record.Name());
  out.set_display_name(record.display_name);
  out.set_subject(record.subject);
  for (const RoleHeld& held : record.roles) {
    v1::StaffRoleHeld& to = *out.add_roles();
    to.set_role(RoleOf(held.role));
    *to.mutable_from_day() = ToDate(held.from);
    if (held.until.has_value()) *to.mutable_until_day() = ToDate(*held.until);
  }
  *out.mutable_first_day() = ToDate(record.first_day);
  if (record.last_day.has_value()) *out.mutable_last_day() = ToDate(*record.last_day);
  out.set_active(record.first_day <= Today(work) &&
                 (!record.last_day.has_value() || Today(work) <= *record.last_day));
  *out.mutable_create_time() = ToTimestamp(record.create_time);
  *out.mutable_update_time() = ToTimestamp(record.update_time);
  out.set_etag(platform::EtagOf(record.version));
  return out;
}

v1::StaffCompetence ToProto(const StaffRecord& staff, const CompetenceRecord& competence) {
  const StaffCompetence& rule = competence.rule;
  v1::StaffCompetence out;
  out.set_name(absl::StrCat(staff.Name(), "/competences/", rule.id));
  out.set_qualification("qualifications/" + rule.qualification);
  out.set_kind(static_cast<v1::CompetenceKind>(static_cast<int>(rule.kind) + 1));
  out.set_level(rule.level);
  out.set_what(competence.what);
  for (const std::string& name : competence.evidence) out.add_evidence(name);
  out.set_state(static_cast<v1::StaffCompetence::State>(static_cast<int>(rule.state) + 1));
  out.set_recorded_by(competence.recorded_by);
  out.set_verified_by(competence.verified_by);
  if (rule.verified.has_value()) *out.mutable_verified_day() = ToDate(*rule.verified);
  if (rule.valid_until.has_value()) *out.mutable_valid_until() = ToDate(*rule.valid_until);
  out.set_revoke_reason(competence.revoke_reason);
  *out.mutable_create_time() = ToTimestamp(competence.create_time);
  return out;
}

v1::StaffConflict ToProto(const StaffRecord& staff, const ConflictRecord& conflict) {
  v1::StaffConflict out;
  out.set_name(absl::StrCat(staff.Name(), "/conflicts/", conflict.id));
  out.set_with_whom(conflict.rule.with);
  if (!conflict.rule.qualification.empty()) {
    out.set_qualification("qualifications/" + conflict.rule.qualification);
  }
  out.set_nature(conflict.nature);
  *out.mutable_declared_day() = ToDate(conflict.rule.declared);
  out.set_declared_by(conflict.declared_by);
  if (conflict.rule.resolved.has_value()) {
    *out.mutable_resolved_day() = ToDate(*conflict.rule.resolved);
  }
  out.set_resolution(conflict.resolution);
  *out.mutable_create_time() = ToTimestamp(conflict.create_time);
  return out;
}

// With competence and conflicts.
absl::StatusOr<v1::StaffMember> Whole(const Work& work, const StaffRecord& record) {
  v1::StaffMember out = ToProto(work, record);
  StaffStore store;
  ASSIGN_OR_RETURN(const auto competences,
                   store.ListCompetences(work.tx, work.reach.tenant, record, kCompetencesMost));
  for (const CompetenceRecord& competence : competences) {
    *out.add_competences() = ToProto(record, competence);
  }
  ASSIGN_OR_RETURN(const auto conflicts,
                   store.ListConflicts(work.tx, work.reach.tenant, record, kConflictsMost));
  for (const ConflictRecord& conflict : conflicts) {
    *out.add_conflicts() = ToProto(record, conflict);
  }
  return out;
}

absl::StatusOr<StaffForm> FormFrom(const v1::StaffMember& member) {
  StaffForm form;
  ASSIGN_OR_RETURN(form.display_name, LineFrom("staff_member.display_name", member.display_name(),
                                               kNameCharactersMax));
  ASSIGN_OR_RETURN(form.subject, OptionalLineFrom("staff_member.subject", member.subject(),
                                                  kSubjectCharactersMax));
  ASSIGN_OR_RETURN(form.first_day,
                   DayFrom("staff_member.first_day", member.has_first_day(), member.first_day()));
  if (member.roles_size() > kRolesMax) {
    return FieldInvalid("staff_member.roles", absl::StrCat("has more than ", kRolesMax));
  }
  for (int i = 0; i < member.roles_size(); ++i) {
    const v1::StaffRoleHeld& role = member.roles(i);
    const std::string place = absl::StrCat("staff_member.roles[", i, "]");
    if (role.role() == v1::STAFF_ROLE_UNSPECIFIED || !v1::StaffRole_IsValid(role.role())) {
      return FieldInvalid(place + ".role", "is no role");
    }
    RoleHeld held{.role = static_cast<StaffRole>(static_cast<int>(role.role()) - 1)};
    ASSIGN_OR_RETURN(const auto from,
                     DayFrom(place + ".from_day", role.has_from_day(), role.from_day()));
    ASSIGN_OR_RETURN(held.until,
                     DayFrom(place + ".until_day", role.has_until_day(), role.until_day()));
    if (from.has_value()) held.from = *from;
    form.roles_from_start.push_back(!from.has_value());
    form.roles.push_back(held);
  }
  return form;
}

absl::StatusOr<StaffTarget> TargetOf(std::string_view field, const std::string& text,
                                     const std::string& etag = "") {
  ASSIGN_OR_RETURN(ChildName name, ChildNameFrom(field, text, "staff"));
  return StaffTarget{std::move(name.centre), std::move(name.id), etag};
}

absl::StatusOr<v1::StaffMember> Create(const Work& work, const v1::CreateStaffRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(const StaffForm form, FormFrom(request.staff_member()));
  ASSIGN_OR_RETURN(const StaffRecord record, CreateStaff(work, centre, form));
  return Whole(work, record);
}

absl::StatusOr<v1::StaffMember> Get(const Work& work, const v1::GetStaffRequest& request) {
  ASSIGN_OR_RETURN(const StaffTarget target, TargetOf("name", request.name()));
  ASSIGN_OR_RETURN(const StaffRecord record,
                   StaffStore().Get(work.tx, work.reach, target.centre, target.id));
  return Whole(work, record);
}

absl::StatusOr<v1::ListStaffResponse> List(const Work& work, const v1::ListStaffRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  std::optional<StaffStore::RoleOn> role;
  if (request.role() != v1::STAFF_ROLE_UNSPECIFIED) {
    if (!v1::StaffRole_IsValid(request.role())) return FieldInvalid("role", "is no role");
    role = StaffStore::RoleOn{static_cast<StaffRole>(static_cast<int>(request.role()) - 1),
                              Today(work)};
  }
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListStaff", request.parent(),
                                      absl::StrCat(static_cast<int>(request.role()))}));
  ASSIGN_OR_RETURN(std::vector<StaffRecord> found,
                   StaffStore().List(work.tx, work.reach, centre, role, page.after, page.size + 1));
  v1::ListStaffResponse response;
  SetNextPage(found, page, response,
              [](const StaffRecord& s) { return absl::StrCat(s.centre, "/", s.id); });
  for (const StaffRecord& record : found) *response.add_staff() = ToProto(work, record);
  return response;
}

absl::StatusOr<v1::StaffMember> Update(const Work& work, const v1::UpdateStaffRequest& request) {
  ASSIGN_OR_RETURN(const StaffTarget target, TargetOf("name", request.name(), request.etag()));
  if (request.etag().empty()) {
    return FieldInvalid("etag", "is missing; send that of what you changed");
  }
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const StaffForm form, FormFrom(request.staff_member()));
  ASSIGN_OR_RETURN(const StaffRecord record, UpdateStaff(work, target, form, reason));
  return Whole(work, record);
}

absl::StatusOr<v1::StaffMember> End(const Work& work, const v1::EndStaffRequest& request) {
  ASSIGN_OR_RETURN(const StaffTarget target, TargetOf("name", request.name(), request.etag()));
  ASSIGN_OR_RETURN(const auto day, DayFrom("last_day", request.has_last_day(), request.last_day()));
  ASSIGN_OR_RETURN(const StaffRecord record, EndStaff(work, target, day));
  return Whole(work, record);
}

absl::StatusOr<v1::StaffCompetence> RecordOne(const Work& work,
                                              const v1::RecordCompetenceRequest& request) {
  const v1::StaffCompetence& wanted = request.competence();
  ASSIGN_OR_RETURN(const StaffTarget target, TargetOf("parent", request.parent()));
  CompetenceRecord competence;
  StaffCompetence& rule = competence.rule;
  ASSIGN_OR_RETURN(rule.qualification,
                   QualificationFrom("competence.qualification", wanted.qualification()));
  if (wanted.kind() == v1::COMPETENCE_KIND_UNSPECIFIED ||
      !v1::CompetenceKind_IsValid(wanted.kind())) {
    return FieldInvalid("competence.kind", "is no kind of competence (QUAL-6)");
  }
  rule.kind = static_cast<CompetenceKind>(static_cast<int>(wanted.kind()) - 1);
  const bool needs_level = rule.kind == CompetenceKind::kOccupational;
  if (wanted.level() < (needs_level ? 1 : 0) || wanted.level() > kLevelMax) {
    return FieldInvalid("competence.level",
                        absl::StrCat("is not from 1 to ", kLevelMax, " (QUAL-6)"));
  }
  rule.level = wanted.level();
  ASSIGN_OR_RETURN(competence.what, LineFrom("competence.what", wanted.what(), kWhatCharactersMax));
  ASSIGN_OR_RETURN(competence.evidence,
                   EvidenceFrom(target.centre, wanted.evidence(), kEvidenceMax));
  ASSIGN_OR_RETURN(const StaffPart part, RecordCompetence(work, target, std::move(competence)));
  return ToProto(part.staff, part.competence);
}

absl::StatusOr<v1::StaffCompetence> Verify(const Work& work,
                                           const v1::VerifyCompetenceRequest& request) {
  ASSIGN_OR_RETURN(const ChildName name,
                   ChildNameFrom("name", request.name(), "staff", "competences"));
  ASSIGN_OR_RETURN(
      const absl::CivilDay until,
      RequiredDayFrom("valid_until", request.has_valid_until(), request.valid_until()));
  ASSIGN_OR_RETURN(const StaffPart part,
                   VerifyCompetence(work, {name.centre, name.id, ""}, name.part, until));
  return ToProto(part.staff, part.competence);
}

absl::StatusOr<v1::StaffCompetence> Revoke(const Work& work,
                                           const v1::RevokeCompetenceRequest& request) {
  ASSIGN_OR_RETURN(const ChildName name,
                   ChildNameFrom("name", request.name(), "staff", "competences"));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const StaffPart part,
                   RevokeCompetence(work, {name.centre, name.id, ""}, name.part, reason));
  return ToProto(part.staff, part.competence);
}

absl::StatusOr<v1::StaffConflict> Declare(const Work& work,
                                          const v1::DeclareConflictRequest& request) {
  const v1::StaffConflict& wanted = request.conflict();
  ASSIGN_OR_RETURN(const StaffTarget target, TargetOf("parent", request.parent()));
  ConflictRecord conflict;
  ASSIGN_OR_RETURN(conflict.rule.with,
                   LineFrom("conflict.with_whom", wanted.with_whom(), kWithCharactersMax));
  if (!wanted.qualification().empty()) {
    ASSIGN_OR_RETURN(conflict.rule.qualification,
                     QualificationFrom("conflict.qualification", wanted.qualification()));
  }
  ASSIGN_OR_RETURN(conflict.nature,
                   LineFrom("conflict.nature", wanted.nature(), kWhatCharactersMax));
  ASSIGN_OR_RETURN(const StaffPart part, DeclareConflict(work, target, std::move(conflict)));
  return ToProto(part.staff, part.conflict);
}

absl::StatusOr<v1::StaffConflict> Resolve(const Work& work,
                                          const v1::ResolveConflictRequest& request) {
  ASSIGN_OR_RETURN(const ChildName name,
                   ChildNameFrom("name", request.name(), "staff", "conflicts"));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const auto day,
                   DayFrom("resolved_day", request.has_resolved_day(), request.resolved_day()));
  ASSIGN_OR_RETURN(const StaffPart part,
                   ResolveConflict(work, {name.centre, name.id, ""}, name.part, day, reason));
  return ToProto(part.staff, part.conflict);
}

absl::StatusOr<v1::CheckStaffResponse> Check(const Work& work,
                                             const v1::CheckStaffRequest& request) {
  ASSIGN_OR_RETURN(const StaffTarget target, TargetOf("name", request.name()));
  ASSIGN_OR_RETURN(const std::string qualification,
                   QualificationFrom("qualification", request.qualification()));
  ASSIGN_OR_RETURN(const auto day, DayFrom("date", request.has_date(), request.date()));
  ASSIGN_OR_RETURN(const StaffRecord record,
                   StaffStore().Get(work.tx, work.reach, target.centre, target.id));
  ASSIGN_OR_RETURN(const StaffJudgement judgement,
                   JudgeStaffRecord(work, record, qualification, day.value_or(Today(work))));
  v1::CheckStaffResponse response;
  response.set_active(judgement.active);
  for (const StaffRole role : judgement.roles) response.add_roles(RoleOf(role));
  response.set_competent(judgement.competent);
  const bool known = !record.subject.empty();
  const bool fit = judgement.active && judgement.competent && known;
  response.set_may_assess(fit && judgement.Has(StaffRole::kAssessor));
  response.set_may_verify(fit && judgement.Has(StaffRole::kInternalVerifier));
  for (const std::string& lack : judgement.missing) response.add_missing(lack);
  if (!known) response.add_missing("has no user of their own (QUAL-6)");
  for (const std::string& with : judgement.conflicts) response.add_conflicts(with);
  return response;
}

}  // namespace

void RegisterStaff(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.StaffService/";
  Write(router, context, service + "CreateStaff", Create);
  Read(router, context, service + "GetStaff", Get);
  Read(router, context, service + "ListStaff", List);
  Write(router, context, service + "UpdateStaff", Update);
  Write(router, context, service + "EndStaff", End);
  Write(router, context, service + "RecordCompetence", RecordOne);
  Write(router, context, service + "VerifyCompetence", Verify);
  Write(router, context, service + "RevokeCompetence", Revoke);
  Write(router, context, service + "DeclareConflict", Declare);
  Write(router, context, service + "ResolveConflict", Resolve);
  Read(router, context, service + "CheckStaff", Check);
}

}  // namespace assay::approval
