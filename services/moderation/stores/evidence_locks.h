// What the evidence service has been told to keep, and until when (MOD-13).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/moderation/review/lock.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

// `submission` is a resource name.
absl::StatusOr<LockTerm> FindEvidenceLock(platform::Transaction& tx, std::string_view tenant,
                                          std::string_view submission);
absl::Status PutEvidenceLock(platform::Transaction& tx, std::string_view tenant,
                             std::string_view submission, const LockTerm& term);

struct DueLock {
  std::string tenant;
  std::string submission;
};
// Locks of all tenants whose time is over, those longest over first.
absl::StatusOr<std::vector<DueLock>> DueEvidenceLocks(platform::Transaction& tx, absl::Time now,
                                                      int limit);

}  // namespace assay::moderation
