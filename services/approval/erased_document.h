// Takes a learner out of what a centre wrote: the documents of planners and free texts.
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
};

// Whether anything changed.
absl::StatusOr<bool> EraseFrom(PlannerVersion& version, const Pseudonym& who);
// Whole words only: a learner E1 is not in E12. A short plain number, which may be anything, stays.
bool EraseFrom(std::string& text, const Pseudonym& who);

}  // namespace assay::approval
