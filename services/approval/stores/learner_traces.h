// Where else a learner may be named: the free texts that officers and centres wrote about a centre.
// Erasing a learner rewrites them. Which texts: stores/learner_texts.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/approval/store.h"

namespace assay::approval {

class LearnerTraces {
 public:
  using Tx = platform::Transaction;

  // Lets `change` rewrite every text of the centre in which one of the words occurs, in whatever
  // ASCII case; true: it did. Empty ones are not looked for.
  absl::Status Rewrite(Tx& tx, std::string_view tenant, std::string_view centre,
                       std::span<const std::string> words,
                       absl::FunctionRef<bool(std::string&)> change);
  // The same of the documents of the centre's quality reviews, void ones too.
  absl::Status RewriteReviews(Tx& tx, std::string_view tenant, std::string_view centre,
                              absl::FunctionRef<absl::StatusOr<bool>(std::string&)> change);
};

}  // namespace assay::approval
