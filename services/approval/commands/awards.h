// Whether a learner can be awarded a qualification, and the claim of it (QUAL-9).
#pragma once
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/approval/clients/moderation.h"
#include "services/approval/commands/register_learners.h"
#include "services/approval/context.h"
#include "services/approval/learners/eligibility.h"
#include "services/approval/stores/learners.h"

namespace assay::approval {

// What moderation has to be asked about the learner before the rest is looked at: outside of any
// transaction that writes.
absl::StatusOr<ModerationQuestion> ModerationOf(const Work& work, const RegistrationRecord& record);

// `moderation`: its answer; none only if moderation itself asks. NOT_FOUND (REGISTRATION_NOT_FOUND,
// QUALIFICATION_NOT_FOUND).
absl::StatusOr<Eligibility> CheckEligibility(const Work& work, const RegistrationRecord& record,
                                             std::optional<ModerationFact> moderation);

// FAILED_PRECONDITION (AWARD_NOT_ELIGIBLE), ALREADY_EXISTS (AWARD_EXISTS), ABORTED (ETAG_MISMATCH),
// NOT_FOUND (REGISTRATION_NOT_FOUND).
absl::StatusOr<AwardRecord> ClaimAward(const Work& work, const RegistrationTarget& target,
                                       const ModerationFact& moderation);

struct AwardDecision {
  std::string centre;
  std::string id;
  std::string etag;
  bool awarded = false;
  std::string reason;
};
// FAILED_PRECONDITION (AWARD_STATE_WRONG, AWARD_NOT_ELIGIBLE), ABORTED (ETAG_MISMATCH), NOT_FOUND
// (AWARD_NOT_FOUND).
absl::StatusOr<AwardRecord> DecideAward(const Work& work, const AwardDecision& decision,
                                        const ModerationFact& moderation);

}  // namespace assay::approval
