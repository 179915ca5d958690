// Whether somebody of a centre's staff may mark or verify for a qualification on a day (QUAL-6).
//
// Example:
//   ASSIGN_OR_RETURN(const StaffStanding who,
//                    StandingOfStaff(work, centre, "centres/…/staff/…", qualification, day));
//   if (!who.active || !who.assessor || !who.competent) …
#pragma once
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"

namespace assay::approval {

struct StaffStanding {
  bool exists = false;  // Of this centre.
  bool active = false;
  bool assessor = false;
  bool verifier = false;
  bool competent = false;
  std::string subject;                 // Their user.
  std::vector<std::string> conflicts;  // With whom or what.
  std::vector<std::string> missing;    // What competence lacks, a sentence each with its rule.
};

// `centre` is an id; `staff` a resource name, or the last part of one. Somebody unknown, or of
// another centre, does not exist: that is an answer, not an error.
absl::StatusOr<StaffStanding> StandingOfStaff(const Work& work, const std::string& centre,
                                              const std::string& staff,
                                              const std::string& qualification, absl::CivilDay day);

}  // namespace assay::approval
