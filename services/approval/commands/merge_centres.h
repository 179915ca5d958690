// Makes one centre of two, or says that they are two.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/duplicates.h"

namespace assay::approval {

struct CentresToMerge {
  std::string survivor;
  std::string duplicate;
  std::string reason;
  std::string etag;  // The survivor's; "" agrees with any.
};

// What files and officers say of the duplicate is said of the survivor from now on; the duplicate
// is closed, says where it went, and keeps its own facts. The pair is kept as merged.
//
// Returns NOT_FOUND (CENTRE_NOT_FOUND), ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION
// (CENTRE_MERGED, CENTRE_IN_USE), INVALID_ARGUMENT (FIELD_INVALID) for a centre and itself.
absl::StatusOr<Centre> MergeCentres(const Work& work, const CentresToMerge& what);

// Returns NOT_FOUND (DUPLICATE_NOT_FOUND), FAILED_PRECONDITION (DUPLICATE_DECIDED).
absl::StatusOr<Duplicate> DismissDuplicate(const Work& work, const std::string& first,
                                           const std::string& second, const std::string& reason);

// FAILED_PRECONDITION (CENTRE_MERGED).
absl::Status CheckNotMerged(const Centre& centre);

// Keeps the facts of a centre that was made before sources were kept apart as those of the layout
// that it came from.
absl::Status KeepFirstFacts(const Work& work, const Centre& centre);

}  // namespace assay::approval
