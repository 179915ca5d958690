#include "services/approval/learners/achievement.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/platform/core/view.h"

namespace assay::approval {
namespace {

using platform::View;

// People write names with other capitals and blanks around them.
bool SameWords(const std::string& a, const std::string& b) {
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(a), absl::StripAsciiWhitespace(b));
}

class Look {
 public:
  Look(const AchievementEntry& entry, const AchievementFrame& frame)
      : entry_(entry), frame_(frame) {}

  std::vector<LearnerFault> Take() {
    AtRegistration();
    AtUnit();
    AtMarking();
    AtVerification();
    AtForm();
    AtNote();
    return std::move(faults_);
  }

 private:
  void Fault(std::string_view reason, std::string rule, std::string field, std::string message) {
    faults_.push_back({0, reason, std::move(rule), std::move(field), std::move(message)});
  }

  void AtRegistration() {
    if (frame_.state == RegistrationState::kActive) return;
    Fault(kRegistrationStateWrong, "QUAL-5", "registration",
          absl::StrCat("is ", View(NameOf(frame_.state)), "; achievements are of active ones"));
  }

  void AtUnit() {
    if (frame_.qualification->FindUnit(entry_.unit) != nullptr) return;
    Fault(kUnitNotInQualification, "QUAL-3", "unit",
          absl::StrCat("is no unit of qualifications/", frame_.qualification->number));
  }

  void AtMarking() {
    if (entry_.assess_day < frame_.register_day || entry_.assess_day > frame_.end_day) {
      Fault(
          kAssessmentOutsideRegistration, "QUAL-5", "assess_day",
          absl::StrCat("is outside the registration, ", absl::FormatCivilTime(frame_.register_day),
                       " to ", absl::FormatCivilTime(frame_.end_day)));
    } else if (entry_.assess_day > frame_.today) {
      Fault("FIELD_INVALID", "QUAL-5", "assess_day", "is after today");
    }
    AtPerson("assessor", entry_.assessor, frame_.assessor, frame_.assessor.assessor);
  }

  void AtVerification() {
    if (entry_.verifier.empty()) {
      if (entry_.verify_day.has_value()) {
        Fault("FIELD_INVALID", "QUAL-6", "verifier",
              "is missing, and the day of verification is not");
      }
      return;
    }
    if (!entry_.verify_day.has_value() || *entry_.verify_day < entry_.assess_day ||
        *entry_.verify_day > frame_.today) {
      Fault("FIELD_INVALID", "QUAL-6", "verify_day", "is not a day from that of marking to today");
    }
    if (MarkedIt(entry_.verifier, frame_.verifier.subject)) {
      Fault(kSelfVerification, "QUAL-6", "verifier",
            "marked the unit and may not verify it; another verifier must");
      return;
    }
    // Who marked does not say who verified either: the verifier or the exams office does.
    const bool adds = frame_.before == nullptr || frame_.before->verifier != entry_.verifier ||
                      frame_.before->verify_day != entry_.verify_day;
    if (adds && MarkedIt("", frame_.caller)) {
      Fault(kSelfVerification, "QUAL-6", "verifier",
            "is named by who marked the unit; the verifier or the exams office records it");
      return;
    }
    AtPerson("verifier", entry_.verifier, frame_.verifier, frame_.verifier.verifier);
  }

  // Whether somebody of that name or that user marked this version or one before it.
  bool MarkedIt(std::string_view name, std::string_view subject) const {
    const auto is = [&](std::string_view marker, std::string_view user) {
      return (!name.empty() && marker == name) || (!subject.empty() && user == subject);
    };
    return is(entry_.assessor, frame_.assessor.subject) ||
           std::any_of(frame_.earlier.begin(), frame_.earlier.end(),
                       [&](const EarlierMarker& m) { return is(m.name, m.subject); });
  }

  void AtPerson(const std::string& field, const std::string& name, const MarkerFacts& standing,
                bool has_role) {
    const std::string prefix = absl::StrCat("centres/", frame_.centre, "/staff/");
    const bool own = name.size() > prefix.size() && name.starts_with(prefix);
    const bool conflict = std::any_of(
        standing.conflicts.begin(), standing.conflicts.end(), [&](const std::string& with) {
          return std::any_of(frame_.learner.begin(), frame_.learner.end(),
                             [&](const std::string& of) { return SameWords(with, of); });
        });
    std::string_view wrong;
    if (!own || !standing.exists) {
      wrong = "is not a member of the centre's staff";
    } else if (!standing.active) {
      wrong = "was not active at the centre on the day";
    } else if (standing.subject.empty()) {
      wrong = "has no user of their own, which who marks or verifies needs";
    } else if (!has_role) {
      wrong = "did not have this role on the day";
    } else if (!standing.competent) {
      wrong = "has no recorded competence for the qualification on the day";
    } else if (conflict) {
      wrong = "has a conflict of interest with the learner";
    } else {
      return;
    }
    Fault(kStaffNotEligible, "QUAL-6", field, std::string(wrong));
  }

  void AtForm() {
    if (entry_.form.empty()) return;
    if (frame_.form.has_value() &&
        FormUsableOn(*frame_.form, frame_.qualification->number, entry_.assess_day)) {
      return;
    }
    Fault(kRecordingFormNotApproved, "QUAL-8", "recording_form",
          "was not approved for the qualification on the day of marking");
  }

  void AtNote() {
    if (frame_.before == nullptr || OnlyVerifies(*frame_.before, entry_)) return;
    if (entry_.change_note.find_first_not_of(" \t\r\n") != std::string::npos) return;
    Fault(kReasonMissing, "QUAL-6", "change_note", "is missing; say why it is recorded again");
  }

  const AchievementEntry& entry_;
  const AchievementFrame& frame_;
  std::vector<LearnerFault> faults_;
};

}  // namespace

bool OnlyVerifies(const AchievementEntry& before, const AchievementEntry& after) {
  AchievementEntry same = after;
  same.change_note = before.change_note;
  if (before.verifier.empty()) {
    same.verifier.clear();
    same.verify_day.reset();
  }
  return same == before;
}

std::vector<LearnerFault> CheckAchievement(const AchievementEntry& entry,
                                           const AchievementFrame& frame) {
  return Look(entry, frame).Take();
}

}  // namespace assay::approval
