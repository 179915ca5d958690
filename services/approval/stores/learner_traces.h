// Where else a learner may be named: the free texts that officers and centres wrote about a centre.
// Erasing a learner rewrites them. A table with such a text belongs into the list in the .cc.
#pragma once
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "services/approval/store.h"

namespace assay::approval {

class LearnerTraces {
 public:
  using Tx = platform::Transaction;

  // Lets `change` rewrite every text of the centre in which one of the two occurs; true: it did.
  // Empty ones are not looked for.
  absl::Status Rewrite(Tx& tx, std::string_view tenant, std::string_view centre,
                       std::string_view enrolment, std::string_view name,
                       absl::FunctionRef<bool(std::string&)> change);
};

}  // namespace assay::approval
