// Who may have marked and who may have verified a learner's unit (QUAL-6), and when (QUAL-5).
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/approval/catalogue/qualification.h"
#include "services/approval/learners/recording_form.h"
#include "services/approval/learners/registration.h"

namespace assay::approval {

struct AchievementEntry {
  std::string unit;
  bool achieved = false;
  std::string assessor;  // "centres/…/staff/…"
  absl::CivilDay assess_day;
  std::string verifier;  // Empty: nobody yet.
  std::optional<absl::CivilDay> verify_day;
  std::string change_note;
  std::string form = "";  // The centre's own recording form, a resource name; empty: the body's.

  friend bool operator==(const AchievementEntry&, const AchievementEntry&) = default;
};

// What the centre's records say of a member of staff on a day.
struct MarkerFacts {
  bool exists = false;
  bool active = false;
  bool assessor = false;
  bool verifier = false;
  bool competent = false;
  std::string subject = "";  // Their user; somebody without one signs for nothing.
  // With whom the person has a conflict: resource names, or words.
  std::vector<std::string> conflicts;
};

// Somebody who marked the unit before.
struct EarlierMarker {
  std::string name;     // "centres/…/staff/…"
  std::string subject;  // Their user; "" if unknown.
};

// What an achievement is looked at against.
struct AchievementFrame {
  const Qualification* qualification = nullptr;
  std::string centre;  // Id.
  // What the learner goes by: enrolment number, name, registrations.
  std::vector<std::string> learner;
  RegistrationState state = RegistrationState::kActive;
  absl::CivilDay register_day;
  absl::CivilDay end_day;
  absl::CivilDay today;
  MarkerFacts assessor;  // On the day of marking.
  MarkerFacts verifier;  // On the day of verification.
  std::optional<FormFacts> form =
      std::nullopt;                          // Of the entry's form; none: there is no such form.
  const AchievementEntry* before = nullptr;  // The version it replaces.
  std::string caller = "";                   // The user who records it.
  // Who marked the unit for this learner in any version so far, at whatever centre.
  std::vector<EarlierMarker> earlier = {};
};

// Faults with row 0. None if it may be recorded.
std::vector<LearnerFault> CheckAchievement(const AchievementEntry& entry,
                                           const AchievementFrame& frame);

// Whether the entry says no more than the one before, or only who verified it: that needs no
// reason.
bool OnlyVerifies(const AchievementEntry& before, const AchievementEntry& after);

}  // namespace assay::approval
