// Registrations, achievements, awards and erasures as they are kept. Stateless, like Store, and
// tested on both engines; `within` a reach is the one centre that the caller may see.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/learners/achievement.h"
#include "services/approval/learners/registration.h"
#include "services/approval/store.h"

namespace assay::approval {

struct RegistrationRecord {
  std::string centre;  // Ids.
  std::string id;
  std::string qualification;  // Number.
  LearnerDetails learner;
  absl::CivilDay register_day;
  absl::CivilDay end_day;
  std::string programme;
  RegistrationState state = RegistrationState::kActive;
  std::string state_reason;
  std::string predecessor;  // Names, or "".
  std::string successor;
  std::string erasure;
  absl::Time create_time;
  absl::Time update_time;
  std::int64_t version = 1;

  std::string Name() const;  // "centres/…/registrations/…"
};

struct RegistrationChange {
  std::string what;  // "registered"
  std::string reason;
  std::string actor;
  absl::Time time;
};

struct AchievementRecord {
  AchievementEntry entry;
  int number = 1;
  std::string author;
  absl::Time time;
};

enum class AwardState { kClaimed, kAwarded, kRefused };
inline constexpr int kAwardStates = 3;
std::string_view NameOf(AwardState state);  // "claimed"

struct AwardRecord {
  std::string centre;  // Ids.
  std::string id;
  std::string registration;
  std::string qualification;  // Number.
  AwardState state = AwardState::kClaimed;
  bool direct = false;
  std::string learner_name;
  std::string uln;
  std::vector<std::string> units;
  int credits = 0;
  std::string claimant;
  absl::Time claim_time;
  std::string officer;
  std::string reason;
  std::optional<absl::CivilDay> award_day;
  std::int64_t version = 1;

  std::string Name() const;
};

struct ErasureRecord {
  std::string centre;  // Ids.
  std::string id;
  std::vector<std::string> registrations;  // Names.
  int legal_basis = 1;
  std::string reason;
  std::string officer;
  int planner_versions = 0;
  std::vector<std::string> kept_awards;  // Names.
  std::string pseudonym;
  absl::Time time;

  std::string Name() const;
};

struct RegistrationFilter {
  std::optional<RegistrationState> state;
  std::string qualification;  // Number; empty: any.
  std::string enrolment;      // Empty: any.
};

class LearnerStore {
 public:
  using Tx = platform::Transaction;

  // By the national number, the active one, else the latest. NOT_FOUND (REGISTRATION_NOT_FOUND).
  absl::StatusOr<RegistrationRecord> FindByUln(Tx& tx, const Reach& reach, std::string_view centre,
                                               std::string_view qualification,
                                               std::string_view uln);

  // Each with its first change, for the reason. ALREADY_EXISTS, without a reason, if an active
  // learner has a number for the qualification.
  absl::Status Insert(Tx& tx, std::string_view tenant, std::span<const RegistrationRecord> records,
                      std::string_view actor, std::string_view reason = "");
  // NOT_FOUND (REGISTRATION_NOT_FOUND).
  absl::StatusOr<RegistrationRecord> Get(Tx& tx, const Reach& reach, std::string_view centre,
                                         std::string_view id);
  // Those of `ids` that the centre has, by id.
  absl::StatusOr<std::map<std::string, RegistrationRecord, std::less<>>> Find(
      Tx& tx, const Reach& reach, std::string_view centre, std::span<const std::string> ids);
  // Replaces the one whose version is record.version, and adds one to it there and here; adds the
  // change. ABORTED (ETAG_MISMATCH) if it has another.
  absl::Status Update(Tx& tx, std::string_view tenant, RegistrationRecord& record,
                      const RegistrationChange& change);
  // In order of centre and id, after `after` ("centre/id"). Empty centre: of all.
  absl::StatusOr<std::vector<RegistrationRecord>> List(Tx& tx, const Reach& reach,
                                                       std::string_view centre,
                                                       const RegistrationFilter& filter,
                                                       std::string_view after, int limit);
  // Oldest first, at most 1,000.
  absl::StatusOr<std::vector<RegistrationChange>> Changes(Tx& tx, std::string_view tenant,
                                                          const RegistrationRecord& record);

  // Active ones of a centre for a qualification; of all qualifications if it is empty.
  absl::StatusOr<std::int64_t> CountActive(Tx& tx, std::string_view tenant, std::string_view centre,
                                           std::string_view qualification);
  // What the centre has of these enrolment numbers and learner numbers: into known and
  // registered_ulns of the frame.
  absl::Status Know(Tx& tx, std::string_view tenant, std::string_view centre,
                    std::string_view qualification, std::span<const LearnerDetails> learners,
                    LearnerFrame& frame);
  // By its resource name; none if there is none within reach.
  absl::StatusOr<std::optional<RegistrationRecord>> FindByName(Tx& tx, const Reach& reach,
                                                               std::string_view name);
  // All registrations of one learner: those with the number at the centre, those of the tenant with
  // the learner number, if there is one that is not temporary, what any of these was transferred
  // from or to, and so on from each of them. At most 1,000, in the order of names.
  absl::StatusOr<std::vector<RegistrationRecord>> OfLearner(Tx& tx, std::string_view tenant,
                                                            std::string_view centre,
                                                            const LearnerDetails& learner);
  // The first step of it: by the numbers alone.
  absl::StatusOr<std::vector<RegistrationRecord>> WithNumbers(Tx& tx, std::string_view tenant,
                                                              std::string_view centre,
                                                              const LearnerDetails& learner);

  absl::Status InsertAchievement(Tx& tx, std::string_view tenant, std::string_view centre,
                                 std::string_view registration, const AchievementRecord& record);
  // The last version of each unit, in order of units, after `after`.
  absl::StatusOr<std::vector<AchievementRecord>> ListAchievements(Tx& tx, std::string_view tenant,
                                                                  std::string_view centre,
                                                                  std::string_view registration,
                                                                  std::string_view after,
                                                                  int limit);
  // The versions of one, after number `after`.
  absl::StatusOr<std::vector<AchievementRecord>> ListVersions(Tx& tx, std::string_view tenant,
                                                              std::string_view centre,
                                                              std::string_view registration,
                                                              std::string_view unit, int after,
                                                              int limit);
  // None if there is none.
  absl::StatusOr<std::optional<AchievementRecord>> LastVersion(Tx& tx, std::string_view tenant,
                                                               std::string_view centre,
                                                               std::string_view registration,
                                                               std::string_view unit);

  // ALREADY_EXISTS (AWARD_EXISTS) if the registration has one that is claimed or awarded.
  absl::Status InsertAward(Tx& tx, std::string_view tenant, const AwardRecord& award);
  // NOT_FOUND (AWARD_NOT_FOUND).
  absl::StatusOr<AwardRecord> GetAward(Tx& tx, const Reach& reach, std::string_view centre,
                                       std::string_view id);
  // As Update. What was claimed stays as it is; names and numbers can become empty.
  absl::Status UpdateAward(Tx& tx, std::string_view tenant, AwardRecord& award);
  absl::StatusOr<std::vector<AwardRecord>> ListAwards(Tx& tx, const Reach& reach,
                                                      std::string_view centre,
                                                      std::optional<AwardState> state,
                                                      std::string_view after, int limit);
  absl::StatusOr<std::vector<AwardRecord>> AwardsOf(Tx& tx, std::string_view tenant,
                                                    std::string_view centre,
                                                    std::string_view registration);

  absl::Status InsertErasure(Tx& tx, std::string_view tenant, const ErasureRecord& erasure);
  // NOT_FOUND (ERASURE_NOT_FOUND).
  absl::StatusOr<ErasureRecord> GetErasure(Tx& tx, const Reach& reach, std::string_view centre,
                                           std::string_view id);
  absl::StatusOr<std::vector<ErasureRecord>> ListErasures(Tx& tx, const Reach& reach,
                                                          std::string_view centre,
                                                          std::string_view after, int limit);
};

}  // namespace assay::approval
