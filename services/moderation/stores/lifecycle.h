// Why submissions left the straight road: one row for each withdrawal, reopening and voiding.
#pragma once
#include <string_view>

#include "absl/status/status.h"
#include "services/moderation/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

// `submission` as it is after the step.
absl::Status InsertLifecycleStep(platform::Transaction& tx, const Caller& caller,
                                 const Submission& submission, Step step, std::string_view reason);

}  // namespace assay::moderation
