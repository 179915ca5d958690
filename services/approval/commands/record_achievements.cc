#include "services/approval/commands/record_achievements.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/commands/staff_standing.h"
#include "services/approval/errors.h"
#include "services/approval/stores/recording_forms.h"
#include "services/approval/stores/staff.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;
using Code = absl::StatusCode;

constexpr std::size_t kViolationsMax = 100;
constexpr int kVersionsMax = 1000;  // Of one unit.
constexpr int kTransfersMax = 20;   // Of one learner.

// Asks of each person, qualification and day once.
class StaffBook {
 public:
  explicit StaffBook(const Work& work) : work_(work) {}

  absl::StatusOr<MarkerFacts> Of(const std::string& centre, const std::string& staff,
                                 const std::string& qualification, absl::CivilDay day) {
    const auto key = std::tuple(staff, qualification, day);
    const auto known = known_.find(key);
    if (known != known_.end()) return known->second;
    ASSIGN_OR_RETURN(StaffStanding s, StandingOfStaff(work_, centre, staff, qualification, day));
    return known_
        .emplace(key, MarkerFacts{s.exists, s.active, s.assessor, s.verifier, s.competent,
                                  std::move(s.subject), std::move(s.conflicts)})
        .first->second;
  }

 private:
  const Work& work_;
  std::map<std::tuple<std::string, std::string, absl::CivilDay>, MarkerFacts> known_;
};

class Recording {
 public:
  Recording(const Work& work, std::string centre)
      : work_(work), centre_(std::move(centre)), staff_(work) {}

  absl::Status Load(const std::vector<AchievementLine>& lines) {
    std::set<std::string> ids;
    for (const AchievementLine& line : lines) {
      if (line.centre == centre_) ids.insert(line.registration);
    }
    const std::vector<std::string> list(ids.begin(), ids.end());
    ASSIGN_OR_RETURN(registrations_, store_.Find(work_.tx, work_.reach, centre_, list));
    return absl::OkStatus();
  }

  // What is wrong with a line, and the version that it would be; none if it says nothing new.
  struct Judged {
    std::vector<LearnerFault> faults;
    std::optional<AchievementRecord> record;
  };
  absl::StatusOr<Judged> Judge(const AchievementLine& line) {
    Judged judged;
    judged.faults = line.faults;
    if (!judged.faults.empty()) return judged;
    const auto found = registrations_.find(line.registration);
    if (line.centre != centre_ || found == registrations_.end()) {
      judged.faults.push_back(
          {0, kRegistrationNotFound, "QUAL-5", "registration", "is no registration of the centre"});
      return judged;
    }
    if (!seen_.emplace(line.registration, line.entry.unit).second) {
      judged.faults.push_back(
          {0, "FIELD_INVALID", "QUAL-6", "unit", "is recorded twice for the learner"});
      return judged;
    }
    const RegistrationRecord& registration = found->second;
    ASSIGN_OR_RETURN(const Qualification* qualification,
                     QualificationOf(registration.qualification));
    ASSIGN_OR_RETURN(const auto before, store_.LastVersion(work_.tx, work_.reach.tenant, centre_,
                                                           registration.id, line.entry.unit));
    ASSIGN_OR_RETURN(const AchievementFrame frame,
                     FrameOf(line.entry, registration, *qualification,
                             before.has_value() ? &before->entry : nullptr));
    judged.faults = CheckAchievement(line.entry, frame);
    if (!judged.faults.empty()) return judged;
    if (before.has_value() && Same(before->entry, line.entry)) return judged;
    judged.record = AchievementRecord{line.entry, before.has_value() ? before->number + 1 : 1,
                                      std::string(work_.call.subject()), work_.call.now};
    return judged;
  }

 private:
  static bool Same(const AchievementEntry& before, AchievementEntry after) {
    after.change_note = before.change_note;
    return before == after;
  }

  // A batch is of few qualifications and many rows.
  absl::StatusOr<const Qualification*> QualificationOf(const std::string& number) {
    const auto known = qualifications_.find(number);
    if (known != qualifications_.end()) return &known->second;
    ASSIGN_OR_RETURN(Qualification found, FindQualification(work_, number));
    return &qualifications_.emplace(number, std::move(found)).first->second;
  }

  absl::StatusOr<AchievementFrame> FrameOf(const AchievementEntry& entry,
                                           const RegistrationRecord& registration,
                                           const Qualification& qualification,
                                           const AchievementEntry* before) {
    AchievementFrame frame{.qualification = &qualification,
                           .centre = centre_,
                           .state = registration.state,
                           .register_day = registration.register_day,
                           .end_day = registration.end_day,
                           .today = Today(work_),
                           .before = before,
                           .caller = std::string(work_.call.subject())};
    ASSIGN_OR_RETURN(frame.assessor,
                     staff_.Of(centre_, entry.assessor, qualification.number, entry.assess_day));
    if (!entry.verifier.empty()) {
      ASSIGN_OR_RETURN(frame.verifier, staff_.Of(centre_, entry.verifier, qualification.number,
                                                 entry.verify_day.value_or(entry.assess_day)));
      ASSIGN_OR_RETURN(frame.earlier, MarkersOf(registration, entry.unit));
    }
    ASSIGN_OR_RETURN(frame.form, FormOf(entry.form));
    if (frame.assessor.conflicts.empty() && frame.verifier.conflicts.empty()) return frame;
    frame.learner = {registration.learner.enrolment, registration.learner.name};
    ASSIGN_OR_RETURN(const std::vector<RegistrationRecord> all,
                     store_.OfLearner(work_.tx, work_.reach.tenant, centre_, registration.learner));
    for (const RegistrationRecord& record : all) frame.learner.push_back(record.Name());
    return frame;
  }

  // Of all versions, also of those that stayed at the centres where the learner was before
  // (QUAL-6).
  absl::StatusOr<std::vector<EarlierMarker>> MarkersOf(const RegistrationRecord& registration,
                                                       const std::string& unit) {
    const Reach everywhere = {.tenant = work_.reach.tenant, .within = ""};
    std::set<std::string> names;
    std::optional<RegistrationRecord> at = registration;
    for (int i = 0; at.has_value() && i < kTransfersMax; ++i) {
      ASSIGN_OR_RETURN(const std::vector<AchievementRecord> versions,
                       store_.ListVersions(work_.tx, work_.reach.tenant, at->centre, at->id, unit,
                                           0, kVersionsMax));
      for (const AchievementRecord& version : versions) names.insert(version.entry.assessor);
      if (at->predecessor.empty()) break;
      ASSIGN_OR_RETURN(at, store_.FindByName(work_.tx, everywhere, at->predecessor));
    }
    std::vector<EarlierMarker> markers;
    for (const std::string& name : names) {
      ASSIGN_OR_RETURN(std::string subject, UserOf(name));
      markers.push_back({name, std::move(subject)});
    }
    return markers;
  }

  // "" if there is no such member of staff any more.
  absl::StatusOr<std::string> UserOf(const std::string& staff) {
    const auto known = users_.find(staff);
    if (known != users_.end()) return known->second;
    std::string user;
    const std::vector<std::string> parts = absl::StrSplit(staff, '/');
    if (parts.size() == 4) {
      const Reach everywhere = {.tenant = work_.reach.tenant, .within = ""};
      const auto found = StaffStore().Get(work_.tx, everywhere, parts[1], parts[3]);
      if (found.ok()) user = found->subject;
      if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
    }
    return users_.emplace(staff, std::move(user)).first->second;
  }

  // None if the centre has no such form. A batch is of few forms.
  absl::StatusOr<std::optional<FormFacts>> FormOf(const std::string& name) {
    if (name.empty()) return std::nullopt;
    const auto known = forms_.find(name);
    if (known != forms_.end()) return known->second;
    std::optional<FormFacts> facts;
    const std::string prefix = absl::StrCat("centres/", centre_, "/recordingForms/");
    if (name.starts_with(prefix)) {
      const auto found = RecordingFormStore().Get(work_.tx, work_.reach, centre_,
                                                  std::string_view(name).substr(prefix.size()));
      if (found.ok()) facts = found->facts;
      if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
    }
    forms_.emplace(name, facts);
    return facts;
  }

  const Work& work_;
  const std::string centre_;
  LearnerStore store_;
  StaffBook staff_;
  std::map<std::string, RegistrationRecord, std::less<>> registrations_;
  std::map<std::string, Qualification, std::less<>> qualifications_;
  std::map<std::string, std::optional<FormFacts>, std::less<>> forms_;
  std::map<std::string, std::string> users_;  // By the name of a member of staff.
  std::set<std::pair<std::string, std::string>> seen_;
};

absl::Status Refuse(const AchievementReport& report, std::size_t rows) {
  Error error(Code::kInvalidArgument, kAchievementsRefused,
              absl::StrCat(report.refused, " of ", rows,
                           " rows are bad and nothing was kept; correct them, or keep the good "
                           "ones with REGISTRATION_MODE_KEEP_GOOD"));
  error.With("refused_count", absl::StrCat(report.refused));
  if (!report.faults.empty() && !report.faults.front().rule.empty()) {
    error.With("rule", report.faults.front().rule);
  }
  for (std::size_t i = 0; i < std::min(report.faults.size(), kViolationsMax); ++i) {
    const LearnerFault& fault = report.faults[i];
    error.Field(absl::StrCat("achievements[", fault.row, "].", fault.field),
                absl::StrCat(View(fault.reason), ": ", fault.message,
                             fault.rule.empty() ? "" : absl::StrCat(" (", fault.rule, ")")));
  }
  return error;
}

}  // namespace

absl::StatusOr<AchievementReport> RecordAchievements(const Work& work, const std::string& centre,
                                                     std::vector<AchievementLine> lines,
                                                     BatchMode mode) {
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, centre).status());
  Recording recording(work, centre);
  RETURN_IF_ERROR(recording.Load(lines));
  AchievementReport report;
  std::vector<std::pair<std::size_t, AchievementRecord>> records;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ASSIGN_OR_RETURN(Recording::Judged judged, recording.Judge(lines[i]));
    ++(judged.faults.empty() ? report.good : report.refused);
    for (LearnerFault& fault : judged.faults) {
      fault.row = static_cast<int>(i);
      report.faults.push_back(std::move(fault));
    }
    if (judged.record.has_value()) records.emplace_back(i, *std::move(judged.record));
  }
  if (mode == BatchMode::kValidateOnly) return report;
  if (mode == BatchMode::kAllOrNothing && report.refused > 0) return Refuse(report, lines.size());
  LearnerStore store;
  for (const auto& [row, record] : records) {
    RETURN_IF_ERROR(store.InsertAchievement(work.tx, work.reach.tenant, centre,
                                            lines[row].registration, record));
  }
  report.kept = static_cast<int>(records.size());
  return report;
}

}  // namespace assay::approval
