// Sets facts of a centre by an officer's word, or takes such a word back.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"

namespace assay::approval {

struct FactToSet {
  std::string field;  // IsCorrectable.
  std::string value;  // Of a form that fits the field; "" if withdrawn.
  bool withdrawn = false;
};

// Returns NOT_FOUND (CENTRE_NOT_FOUND), ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION
// (CENTRE_MERGED).
absl::StatusOr<Centre> CorrectCentre(const Work& work, std::string_view id,
                                     const std::vector<FactToSet>& facts, const std::string& reason,
                                     const std::string& etag);

}  // namespace assay::approval
