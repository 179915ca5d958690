#include "services/approval/oversight/staff.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace assay::approval {
namespace {

constexpr std::string_view kRoleNames[kStaffRoles] = {
    "head", "exams officer", "assessor", "internal verifier", "tutor", "quality contact"};
constexpr std::string_view kKindNames[kCompetenceKinds] = {
    "occupational competence", "recent experience", "experience of training"};
constexpr std::string_view kStateNames[kCompetenceStates] = {"recorded", "verified", "revoked"};

absl::string_view Text(std::string_view text) { return {text.data(), text.size()}; }

bool CountsOn(const StaffCompetence& c, absl::CivilDay day) {
  return c.state == CompetenceState::kVerified && c.verified.has_value() && *c.verified <= day &&
         (!c.valid_until.has_value() || day <= *c.valid_until);
}

// Why no evidence of the kind counts; "" if one does.
std::string Lack(std::span<const StaffCompetence> competences, CompetenceKind kind,
                 std::string_view qualification, int level, absl::CivilDay day) {
  bool recorded = false, expired = false, below = false;
  for (const StaffCompetence& c : competences) {
    if (c.kind != kind || c.qualification != qualification) continue;
    if (c.state == CompetenceState::kRecorded) recorded = true;
    if (c.state != CompetenceState::kVerified) continue;
    if (!CountsOn(c, day)) {
      expired |= c.valid_until.has_value() && *c.valid_until < day;
      recorded |= c.verified.has_value() && day < *c.verified;
    } else if (kind == CompetenceKind::kOccupational && c.level < level) {
      below = true;
    } else {
      return "";
    }
  }
  const absl::string_view name = Text(NameOf(kind));
  if (below) return absl::StrCat(name, " is below level ", level, " (QUAL-6)");
  if (expired) return absl::StrCat(name, " has expired (QUAL-6)");
  if (recorded) return absl::StrCat(name, " is not verified yet (QUAL-6)");
  return absl::StrCat("there is no evidence of ", name, " (QUAL-6)");
}

}  // namespace

std::string_view NameOf(StaffRole role) { return kRoleNames[static_cast<int>(role)]; }
std::string_view NameOf(CompetenceKind kind) { return kKindNames[static_cast<int>(kind)]; }
std::string_view NameOf(CompetenceState state) { return kStateNames[static_cast<int>(state)]; }

std::optional<CompetenceKind> CompetenceKindOf(std::string_view name) {
  for (int i = 0; i < kCompetenceKinds; ++i) {
    if (kKindNames[i] == name) return static_cast<CompetenceKind>(i);
  }
  return std::nullopt;
}

bool StaffJudgement::Has(StaffRole role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

StaffJudgement JudgeStaff(const StaffDossier& facts, const CompetenceRule& rule,
                          std::string_view qualification, int level, absl::CivilDay day) {
  StaffJudgement judgement;
  judgement.active =
      facts.first_day <= day && (!facts.last_day.has_value() || day <= *facts.last_day);
  if (judgement.active) {
    for (const RoleHeld& held : facts.roles) {
      if (day < held.from || (held.until.has_value() && *held.until <= day)) continue;
      if (!judgement.Has(held.role)) judgement.roles.push_back(held.role);
    }
    std::sort(judgement.roles.begin(), judgement.roles.end());
  }
  for (const CompetenceKind kind : rule.required) {
    std::string lack = Lack(facts.competences, kind, qualification, level, day);
    if (!lack.empty()) judgement.missing.push_back(std::move(lack));
  }
  judgement.competent = judgement.missing.empty();
  for (const StaffConflict& conflict : facts.conflicts) {
    if (!conflict.qualification.empty() && conflict.qualification != qualification) continue;
    if (day < conflict.declared) continue;
    if (conflict.resolved.has_value() && *conflict.resolved <= day) continue;
    judgement.conflicts.push_back(conflict.with);
  }
  return judgement;
}

bool NeedsSubject(StaffRole role) {
  return role == StaffRole::kAssessor || role == StaffRole::kInternalVerifier;
}

bool Overlap(const RoleHeld& a, const RoleHeld& b) {
  return a.role == b.role && (!a.until.has_value() || b.from < *a.until) &&
         (!b.until.has_value() || a.from < *b.until);
}

std::vector<RoleFault> FaultsOf(std::span<const RoleHeld> roles) {
  std::vector<RoleFault> faults;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const std::string place = absl::StrCat("roles[", i, "]");
    if (roles[i].until.has_value() && *roles[i].until <= roles[i].from) {
      faults.push_back({place + ".until_day", "is not after the first day"});
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (!Overlap(roles[i], roles[j])) continue;
      faults.push_back({place, absl::StrCat("overlaps roles[", j, "], the same role")});
      break;
    }
  }
  return faults;
}

}  // namespace assay::approval
