// Staff of centres as they are kept (QUAL-6): roles, evidence of competence, conflicts. Stateless,
// like Store, and tested on both engines.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/oversight/staff.h"
#include "services/approval/store.h"

namespace assay::approval {

struct StaffRecord {
  std::string centre;  // Ids.
  std::string id;
  std::string display_name;
  std::string subject;  // "users/…"; "" if they do not sign in.
  absl::CivilDay first_day;
  std::optional<absl::CivilDay> last_day;
  std::vector<RoleHeld> roles;
  absl::Time create_time;
  absl::Time update_time;
  std::int64_t version = 1;

  std::string Name() const;  // "centres/…/staff/…"
};

struct CompetenceRecord {
  StaffCompetence rule;  // With its id.
  std::string what;
  std::vector<std::string> evidence;
  std::string recorded_by;
  std::string verified_by;
  std::string revoke_reason;
  absl::Time create_time;
};

struct ConflictRecord {
  std::string id;
  StaffConflict rule;
  std::string nature;
  std::string declared_by;
  std::string resolution;
  absl::Time create_time;
};

class StaffStore {
 public:
  using Tx = platform::Transaction;

  // With its roles. ALREADY_EXISTS (STAFF_EXISTS) if the centre has the user already.
  absl::Status Insert(Tx& tx, std::string_view tenant, const StaffRecord& staff);
  // NOT_FOUND (STAFF_NOT_FOUND).
  absl::StatusOr<StaffRecord> Get(Tx& tx, const Reach& reach, std::string_view centre,
                                  std::string_view id);
  // Replaces all but its names, roles too, and adds one to the version there and here. ABORTED
  // (ETAG_MISMATCH), ALREADY_EXISTS (STAFF_EXISTS).
  absl::Status Update(Tx& tx, std::string_view tenant, StaffRecord& staff);
  // Of one centre ("": of all), in order of centre and id, after `after` ("centre/id"); with a role
  // only those who have it on the day.
  struct RoleOn {
    StaffRole role;
    absl::CivilDay day;
  };
  absl::StatusOr<std::vector<StaffRecord>> List(Tx& tx, const Reach& reach, std::string_view centre,
                                                const std::optional<RoleOn>& role,
                                                std::string_view after, int limit);
  absl::StatusOr<int> Count(Tx& tx, std::string_view tenant, std::string_view centre);

  absl::Status InsertCompetence(Tx& tx, std::string_view tenant, const StaffRecord& staff,
                                const CompetenceRecord& competence);
  // Replaces state, who verified it, days and reason.
  absl::Status UpdateCompetence(Tx& tx, std::string_view tenant, const StaffRecord& staff,
                                const CompetenceRecord& competence);
  // Oldest first, at most `limit`.
  absl::StatusOr<std::vector<CompetenceRecord>> ListCompetences(Tx& tx, std::string_view tenant,
                                                                const StaffRecord& staff,
                                                                int limit);

  absl::Status InsertConflict(Tx& tx, std::string_view tenant, const StaffRecord& staff,
                              const ConflictRecord& conflict);
  // Replaces how it was resolved.
  absl::Status UpdateConflict(Tx& tx, std::string_view tenant, const StaffRecord& staff,
                              const ConflictRecord& conflict);
  // Oldest first, at most `limit`.
  absl::StatusOr<std::vector<ConflictRecord>> ListConflicts(Tx& tx, std::string_view tenant,
                                                            const StaffRecord& staff, int limit);
};

}  // namespace assay::approval
