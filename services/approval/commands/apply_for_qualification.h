// A centre applies for approval for a qualification.
#pragma once
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/approval/context.h"

namespace assay::approval {

enum class Track { kUsual, kFast };

// Keeps the versions of the policy and of the catalogue that it was taken by. An approval that has
// lapsed does not stand in the way: it is closed as lapsed.
//
// Returns NOT_FOUND (CENTRE_NOT_FOUND, QUALIFICATION_NOT_FOUND), FAILED_PRECONDITION
// (CENTRE_STATE_WRONG) if the centre is withdrawn or closed, ALREADY_EXISTS
// (APPROVAL_EXISTS) with the name of the one that is applied for or in force,
// FAILED_PRECONDITION (FAST_TRACK_NOT_OPEN) if the fast track is asked for and no approval in
// force opens it (QUAL-7).
absl::StatusOr<QualificationApproval> ApplyForQualification(const Work& work,
                                                            std::string_view centre_id,
                                                            std::string_view qualification,
                                                            Track track = Track::kUsual);

// Says that a learner was registered under the approval that is in force on `day`, so that it does
// not lapse unused. Does nothing if there is none, or if that is known.
absl::Status NoteApprovalUse(const Work& work, std::string_view centre_id,
                             std::string_view qualification, absl::CivilDay day);

}  // namespace assay::approval
