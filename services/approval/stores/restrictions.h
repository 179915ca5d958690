// Conditions and sanctions as they are kept (QUAL-9). Stateless, like Store, and tested on both
// engines.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/oversight/restriction.h"
#include "services/approval/store.h"

namespace assay::approval {

struct RestrictionRecord {
  std::string centre;  // Ids.
  std::string id;
  std::string approval;  // "": the whole centre.
  Restriction rule;      // Its name is set by the store.
  bool closed = false;   // Lifted, or its end was told.
  std::string officer;
  std::string lift_reason;
  std::string lifted_by;
  std::optional<absl::Time> lift_time;
  absl::Time create_time;
  std::int64_t version = 1;
  int policy_version = 0;  // Of the policy whose level was imposed; 0: not recorded.

  std::string Name() const;  // "centres/…/restrictions/…"
};

struct RestrictionFilter {
  std::optional<absl::CivilDay> not_ended_on;  // Planned or in force on this day.
  std::optional<RestrictionKind> kind;
};

class RestrictionStore {
 public:
  using Tx = platform::Transaction;

  absl::Status Insert(Tx& tx, std::string_view tenant, const RestrictionRecord& restriction);
  // NOT_FOUND (RESTRICTION_NOT_FOUND).
  absl::StatusOr<RestrictionRecord> Get(Tx& tx, const Reach& reach, std::string_view centre,
                                        std::string_view id);
  // Replaces its end and who lifted it, and adds one to the version there and here. ABORTED
  // (ETAG_MISMATCH) if it has another version.
  absl::Status Update(Tx& tx, std::string_view tenant, RestrictionRecord& restriction);
  // Of one centre ("": of all), in order of centre and id, after `after` ("centre/id").
  absl::StatusOr<std::vector<RestrictionRecord>> List(Tx& tx, const Reach& reach,
                                                      std::string_view centre,
                                                      const RestrictionFilter& filter,
                                                      std::string_view after, int limit);
  // Those that may limit the centre on the day: of the whole centre, and of the qualification.
  absl::StatusOr<std::vector<Restriction>> InForce(Tx& tx, std::string_view tenant,
                                                   std::string_view centre,
                                                   std::string_view qualification,
                                                   absl::CivilDay day);
  // Names of the conditions on the whole centre that are in force on the day.
  absl::StatusOr<std::vector<std::string>> OpenConditions(Tx& tx, std::string_view tenant,
                                                          std::string_view centre,
                                                          absl::CivilDay day);
  // Of every tenant, those whose end has come and was not told yet, up to `limit`.
  struct Ended {
    std::string tenant;
    std::string centre;
    std::string id;
  };
  // Of every tenant, conditions in force on centres that are approved as if without, up to `limit`:
  // they were planned, and their first day has come.
  struct Begun {
    std::string tenant;
    std::string centre;
    std::string reason;
  };
  absl::StatusOr<std::vector<Begun>> ListBegun(Tx& tx, absl::CivilDay day, int limit);
  absl::StatusOr<std::vector<Ended>> ListEnded(Tx& tx, absl::CivilDay day, int limit);
};

}  // namespace assay::approval
