// Imposes and lifts conditions and sanctions on centres and their qualification approvals (QUAL-9).
// An approved centre with an open condition on the whole of it is approved with conditions.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/restrictions.h"

namespace assay::approval {

struct Imposition {
  std::string centre;    // Ids.
  std::string approval;  // "": the whole centre.
  RestrictionKind kind = RestrictionKind::kSanction;
  std::string level;
  std::optional<std::int64_t> learners_max;
  std::string reason;
  std::optional<absl::CivilDay> from;  // Absent: today.
  std::optional<absl::CivilDay> until;
};

// NOT_FOUND (CENTRE_NOT_FOUND, APPROVAL_NOT_FOUND), INVALID_ARGUMENT (LEVEL_UNKNOWN,
// LEARNERS_MAX_INVALID, DAYS_INVALID), FAILED_PRECONDITION (CENTRE_STATE_WRONG) for a closed
// centre.
absl::StatusOr<RestrictionRecord> ImposeRestriction(const Work& work, const Imposition& imposition);

struct Lifting {
  std::string centre;
  std::string id;
  std::string etag;
  std::string reason;
};

// Today is the first day without it; one that was only planned never comes into force. NOT_FOUND
// (RESTRICTION_NOT_FOUND), ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION (RESTRICTION_ENDED).
absl::StatusOr<RestrictionRecord> LiftRestriction(const Work& work, const Lifting& lifting);

// Tells of one whose end has come by itself, and settles the centre's state. Once told, again does
// nothing.
absl::Status CloseEndedRestriction(const Work& work, const std::string& centre,
                                   const std::string& id);

}  // namespace assay::approval
