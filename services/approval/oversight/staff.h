// Who works at a centre, in which roles, and whether they may act for a qualification (QUAL-6):
// occupational competence at the level delivered, recent experience, and experience of training,
// each verified by somebody else and still valid; and the conflicts of interest they declared.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"

namespace assay::approval {

enum class StaffRole {
  kHead,
  kExamsOfficer,
  kAssessor,
  kInternalVerifier,
  kTutor,
  kQualityContact
};
inline constexpr int kStaffRoles = 6;
std::string_view NameOf(StaffRole role);  // "internal verifier"

// A role and its days.
struct RoleHeld {
  StaffRole role = StaffRole::kTutor;
  absl::CivilDay from;
  std::optional<absl::CivilDay> until;  // First day without it.

  friend bool operator==(const RoleHeld&, const RoleHeld&) = default;
};

enum class CompetenceKind { kOccupational, kRecentExperience, kTraining };
inline constexpr int kCompetenceKinds = 3;
std::string_view NameOf(CompetenceKind kind);  // "recent experience"
std::optional<CompetenceKind> CompetenceKindOf(std::string_view name);

enum class CompetenceState { kRecorded, kVerified, kRevoked };
inline constexpr int kCompetenceStates = 3;
std::string_view NameOf(CompetenceState state);  // "verified"

struct StaffCompetence {
  std::string id;
  std::string qualification;  // Number.
  CompetenceKind kind = CompetenceKind::kOccupational;
  int level = 0;  // At which the person is competent; 0 if the kind has none.
  CompetenceState state = CompetenceState::kRecorded;
  std::optional<absl::CivilDay> verified;     // First day on which it counts.
  std::optional<absl::CivilDay> valid_until;  // Last day on which it counts.
};

struct StaffConflict {
  std::string with;           // Whom or what with: a resource name, or words.
  std::string qualification;  // "" for every one.
  absl::CivilDay declared;
  std::optional<absl::CivilDay> resolved;  // First day without it.
};

struct CompetenceRule {
  std::vector<CompetenceKind> required;
  int valid_days_max = 0;
};

struct StaffDossier {
  absl::CivilDay first_day;
  std::optional<absl::CivilDay> last_day;  // Last day at the centre.
  std::vector<RoleHeld> roles;
  std::vector<StaffCompetence> competences;
  std::vector<StaffConflict> conflicts;
};

struct StaffJudgement {
  bool active = false;
  std::vector<StaffRole> roles;  // On the day, in the order of the enum.
  bool competent = false;
  std::vector<std::string> missing;    // What competence lacks, a sentence each with its rule.
  std::vector<std::string> conflicts;  // With whom or what.

  bool Has(StaffRole role) const;
};

// How somebody stands for a qualification of `level` on the day. Evidence at a lower level than the
// qualification's does not count; `level` 0 asks for none.
StaffJudgement JudgeStaff(const StaffDossier& facts, const CompetenceRule& rule,
                          std::string_view qualification, int level, absl::CivilDay day);

// What is wrong with the roles of one person, one sentence each with the place, "roles[1]: …".
struct RoleFault {
  std::string place;
  std::string what;
};
std::vector<RoleFault> FaultsOf(std::span<const RoleHeld> roles);

// Whether who holds the role signs for others' work: they need a user of their own, so that nobody
// signs twice under two names (QUAL-6).
bool NeedsSubject(StaffRole role);

// Whether two spans of a role have a day in common.
bool Overlap(const RoleHeld& a, const RoleHeld& b);

}  // namespace assay::approval
