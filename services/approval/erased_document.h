// Takes a learner out of what a centre or an officer wrote: the documents of planners and of
// quality reviews, and free texts.
#pragma once
#include <string>

#include "absl/status/statusor.h"
#include "services/approval/stores/planners.h"

namespace assay::approval {

// Who goes, and what stands there instead: the enrolment number in documents, so that the
// attendances of one learner stay together without saying whose they are.
struct Pseudonym {
  std::string enrolment;
  std::string name;
  std::string pseudonym;
  std::string uln = "";  // The national number; it never stands in documents.
};

// Whether anything changed.
absl::StatusOr<bool> EraseFrom(PlannerVersion& version, const Pseudonym& who);
// Whole words only, in whatever ASCII case: a learner E1 is not in E12, and e1 is that learner. A
// short plain number, which may be anything, stays.
bool EraseFrom(std::string& text, const Pseudonym& who);
// The comments on the grades of a quality review's document.
absl::StatusOr<bool> EraseFromReview(std::string& document, const Pseudonym& who);

}  // namespace assay::approval
