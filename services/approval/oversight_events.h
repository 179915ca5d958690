// What oversight tells others, and puts into a centre's timeline, in the transaction that caused
// it.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/approval/context.h"
#include "services/approval/oversight/reminders.h"
#include "services/approval/stores/actions.h"
#include "services/approval/stores/deadlines.h"
#include "services/approval/stores/recording_forms.h"
#include "services/approval/stores/restrictions.h"
#include "services/approval/stores/sites.h"
#include "services/approval/stores/staff.h"

namespace assay::approval {

// "cap on learners: 20", with the level's title if the policy still has the level.
std::string TitleOf(const OversightPolicy& policy, const Restriction& restriction);

// `change`: "imposed", "lifted", "ended".
absl::Status EmitRestrictionChanged(const Work& work, const RestrictionRecord& restriction,
                                    const std::string& change);

// `what` goes into the timeline: "answered", "extended to 2026-07-01".
absl::Status EmitActionChanged(const Work& work, const ActionRecord& action,
                               const std::string& what, const std::string& reason);

absl::Status EmitDeadlineRaised(const Work& work, const DueItem& item, const ReminderWindow& window,
                                absl::CivilDay today);

// `state`: that of the site, or "deleted".
absl::Status EmitFormChanged(const Work& work, const RecordingFormRecord& form);
absl::Status EmitSiteChanged(const Work& work, const SiteRecord& site, const std::string& state);

// `what` has no names of people in it.
absl::Status EmitStaffChanged(const Work& work, const StaffRecord& staff, const std::string& what,
                              const std::string& reason);

}  // namespace assay::approval
