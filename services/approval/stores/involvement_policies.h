// The versions of a body's own policy of deadlines (EI-13). Stateless, and tested on both engines.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/involvement/deadline.h"

namespace assay::platform {
class Transaction;
}

namespace assay::approval {

struct InvolvementPolicyRecord {
  InvolvementPolicy policy;
  std::string change_note;
  std::string author;  // "" if it ships.
  absl::Time time;
};

class InvolvementPolicyStore {
 public:
  // False if there is this version already.
  absl::StatusOr<bool> Insert(platform::Transaction& tx, std::string_view tenant,
                              const InvolvementPolicyRecord& record);
  // In order of versions, at most 1,000.
  absl::StatusOr<std::vector<InvolvementPolicyRecord>> List(platform::Transaction& tx,
                                                            std::string_view tenant);
};

}  // namespace assay::approval
