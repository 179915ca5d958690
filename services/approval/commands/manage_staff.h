// Staff of a centre: roles, evidence of competence, conflicts of interest (QUAL-6). Two people sign
// for evidence: nobody verifies what is their own or what they recorded, resolves their own
// conflict, or changes which user they are.
//
// All but the first return NOT_FOUND (STAFF_NOT_FOUND).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/staff.h"

namespace assay::approval {

inline constexpr int kStaffMost = 5'000;      // Of a centre.
inline constexpr int kCompetencesMost = 300;  // Of one person.
inline constexpr int kConflictsMost = 300;

struct StaffForm {
  std::string display_name;
  std::string subject;
  std::optional<absl::CivilDay> first_day;  // Absent: today.
  std::vector<RoleHeld> roles;
  // By index, true if the role's first day was not given: it is that of the person.
  std::vector<bool> roles_from_start;
};

struct StaffTarget {
  std::string centre;
  std::string id;
  std::string etag;
};

// NOT_FOUND (CENTRE_NOT_FOUND), ALREADY_EXISTS (STAFF_EXISTS), INVALID_ARGUMENT (ROLES_INVALID),
// FAILED_PRECONDITION (CENTRE_STATE_WRONG), RESOURCE_EXHAUSTED (LIST_FULL).
absl::StatusOr<StaffRecord> CreateStaff(const Work& work, const std::string& centre,
                                        const StaffForm& form);
// ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION (OWN_EVIDENCE) for another user by the person
// themselves, and as CreateStaff.
absl::StatusOr<StaffRecord> UpdateStaff(const Work& work, const StaffTarget& target,
                                        const StaffForm& form, const std::string& reason);
// ABORTED (ETAG_MISMATCH), INVALID_ARGUMENT (DAYS_INVALID) before the first day.
absl::StatusOr<StaffRecord> EndStaff(const Work& work, const StaffTarget& target,
                                     std::optional<absl::CivilDay> last_day);

struct StaffPart {
  StaffRecord staff;
  CompetenceRecord competence;  // One of the two is set.
  ConflictRecord conflict;
};

// NOT_FOUND (QUALIFICATION_NOT_FOUND), RESOURCE_EXHAUSTED (LIST_FULL).
absl::StatusOr<StaffPart> RecordCompetence(const Work& work, const StaffTarget& target,
                                           CompetenceRecord competence);
// NOT_FOUND (COMPETENCE_NOT_FOUND), FAILED_PRECONDITION (COMPETENCE_STATE_WRONG, OWN_EVIDENCE,
// STAFF_SUBJECT_MISSING), INVALID_ARGUMENT (DAYS_INVALID).
absl::StatusOr<StaffPart> VerifyCompetence(const Work& work, const StaffTarget& target,
                                           const std::string& id, absl::CivilDay valid_until);
// NOT_FOUND (COMPETENCE_NOT_FOUND), FAILED_PRECONDITION (COMPETENCE_STATE_WRONG).
absl::StatusOr<StaffPart> RevokeCompetence(const Work& work, const StaffTarget& target,
                                           const std::string& id, const std::string& reason);

// RESOURCE_EXHAUSTED (LIST_FULL).
absl::StatusOr<StaffPart> DeclareConflict(const Work& work, const StaffTarget& target,
                                          ConflictRecord conflict);
// NOT_FOUND (CONFLICT_NOT_FOUND), FAILED_PRECONDITION (CONFLICT_RESOLVED, OWN_EVIDENCE,
// STAFF_SUBJECT_MISSING),
// INVALID_ARGUMENT (DAYS_INVALID).
absl::StatusOr<StaffPart> ResolveConflict(const Work& work, const StaffTarget& target,
                                          const std::string& id, std::optional<absl::CivilDay> day,
                                          const std::string& reason);

}  // namespace assay::approval
