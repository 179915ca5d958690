// Puts a decision about a centre into its timeline, in the transaction that decides it.
//
// Example:
//   RETURN_IF_ERROR(RecordDecision(work, {.kind = TimelineKind::kSite, .centre = site.centre,
//                                         .subject = site.Name(), .what = "approved"}));
#pragma once
#include <string>

#include "absl/status/status.h"
#include "services/approval/context.h"
#include "services/approval/stores/timeline.h"

namespace assay::approval {

struct Decision {
  TimelineKind kind = TimelineKind::kCentre;
  std::string centre;   // Id.
  std::string subject;  // Resource name. Names of people are not for the timeline.
  std::string what;
  std::string reason = "";
  std::string rule = "";
};

// Who and when is the call's.
absl::Status RecordDecision(const Work& work, const Decision& decision);

}  // namespace assay::approval
