// Registers learners of a centre for a qualification, one or a batch (QUAL-5, QUAL-10), and moves
// and ends registrations.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/learners.h"

namespace assay::approval {

// What becomes of the good rows of a batch with bad ones.
enum class BatchMode { kValidateOnly, kAllOrNothing, kKeepGood };
inline constexpr int kBatchMax = 5000;

struct RegistrationOrder {
  std::string centre;  // Id.
  std::string qualification;
  std::optional<absl::CivilDay> register_day;
  std::optional<absl::CivilDay> end_day;
  std::string programme;
  std::string backdate_reason;  // An officer's, for a first day further back than the policy lets.
  std::vector<LearnerDetails> learners;
  BatchMode mode = BatchMode::kAllOrNothing;
};

struct RegistrationReport {
  std::vector<RegistrationRecord> kept;
  std::vector<LearnerFault> faults;
  int good = 0;
  int refused = 0;
};

// What concerns the whole order fails it: NOT_FOUND (CENTRE_NOT_FOUND, QUALIFICATION_NOT_FOUND),
// INVALID_ARGUMENT (REGISTRATION_PERIOD_INVALID), FAILED_PRECONDITION (APPROVAL_NOT_IN_FORCE,
// REGISTRATIONS_STOPPED, BACKDATING_REFUSED). With kAllOrNothing bad rows do too: INVALID_ARGUMENT
// (REGISTRATIONS_REFUSED).
absl::StatusOr<RegistrationReport> RegisterLearners(const Work& work,
                                                    const RegistrationOrder& order);

// One learner, whose first fault is the error's reason.
absl::StatusOr<RegistrationRecord> RegisterLearner(const Work& work, RegistrationOrder order);

struct RegistrationTarget {
  std::string centre;
  std::string id;
  std::string etag;
};

// All return NOT_FOUND (REGISTRATION_NOT_FOUND), ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION
// (REGISTRATION_STATE_WRONG).

struct RegistrationCorrection {
  std::string name;  // Empty or none: it is right.
  std::string uln;
  std::optional<absl::CivilDay> birth_day;
  std::string programme;
  std::string reason;
};
absl::StatusOr<RegistrationRecord> CorrectRegistration(const Work& work,
                                                       const RegistrationTarget& target,
                                                       const RegistrationCorrection& correction);
// INVALID_ARGUMENT (REGISTRATION_PERIOD_INVALID).
absl::StatusOr<RegistrationRecord> ExtendRegistration(const Work& work,
                                                      const RegistrationTarget& target,
                                                      absl::CivilDay end_day,
                                                      const std::string& reason);
absl::StatusOr<RegistrationRecord> WithdrawRegistration(const Work& work,
                                                        const RegistrationTarget& target,
                                                        const std::string& reason);
// Answers the new registration. INVALID_ARGUMENT (TRANSFER_INVALID), and what RegisterLearner
// returns.
absl::StatusOr<RegistrationRecord> TransferRegistration(const Work& work,
                                                        const RegistrationTarget& target,
                                                        const std::string& destination,
                                                        const std::string& enrolment,
                                                        const std::string& reason);

// FAILED_PRECONDITION (REGISTRATION_STATE_WRONG).
absl::Status CheckChange(const RegistrationRecord& record, RegistrationState to);
absl::StatusOr<RegistrationRecord> FindRegistration(const Work& work,
                                                    const RegistrationTarget& target);

}  // namespace assay::approval
