// Who applied for a centre, when and why: one row an application, never changed. Stateless, like
// Store, and tested on both engines.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/store.h"

namespace assay::approval {

struct ApplicationRecord {
  std::string centre;  // Ids.
  std::string id;
  std::string applicant;
  std::string reason;
  std::string actor;
  absl::Time time;
};

class ApplicationStore {
 public:
  using Tx = platform::Transaction;

  absl::Status Insert(Tx& tx, std::string_view tenant, const ApplicationRecord& application);
  // Of one centre, oldest first, after the id `after`.
  absl::StatusOr<std::vector<ApplicationRecord>> List(Tx& tx, const Reach& reach,
                                                      std::string_view centre,
                                                      std::string_view after, int limit);
  // All of `from` are of `to` from now on.
  absl::Status Move(Tx& tx, std::string_view tenant, std::string_view from, std::string_view to);
};

}  // namespace assay::approval
