// A centre's planner and tracker of employer involvement (EI-10): which activities, with whom,
// when, and which learners took part. Planned first, and kept up as things happen (EI-12).
//
// Pure: a document as the centre wrote it. check.h says what it is worth.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"

namespace assay::approval {

enum class ActivityKind {
  // Meaningful (EI-2).
  kWorkPlacement,  // Structured work experience or placement.
  kSetTask,        // A project, exercise or assessment set with a practitioner's input.
  kCoDelivery,     // A unit, or sessions of one, delivered with a practitioner.
  kExpertWitness,  // A practitioner contributes to assessment inside a stated framework.
  // Recorded if the centre likes, and never of credit (EI-4).
  kQualificationDesign,
  kHostingOrFacilities,
  kCareersTalk,
  kCareersFair,
  kSimulatedWorkplace,
  kJobReference,
};
inline constexpr int kActivityKinds = 10;
inline constexpr int kMeaningfulKinds = 4;             // The first of them.
std::string_view NameOf(ActivityKind kind);            // "work placement"
bool IsMeaningful(ActivityKind kind);                  // EI-2
std::string_view WhyNotMeaningful(ActivityKind kind);  // EI-4; empty for the meaningful ones.

enum class Mode {
  kInPerson,
  kLiveRemote,  // Both sides can speak: live (EI-7).
  kRecorded,    // Not live (EI-7).
};

enum class Participation {
  kPlanned,     // Still to come.
  kCompleted,   // Took part from beginning to end.
  kIncomplete,  // Took part, and not in all that the activity asks.
  kAbsent,
  kContingency,  // Was absent and had the recording instead; `reason` says why (EI-7).
};

struct Attendance {
  std::string enrolment;  // The learner's number at the centre.
  Participation participation = Participation::kPlanned;
  std::string reason;
};

// Who comes. Sectors are codes of sector subject areas: "15" covers "15.1" and "15.2". They decide
// whether the employer is relevant (EI-3); the industry codes (SIC) are told beside them.
struct Practitioner {
  std::string name;
  std::string employer;
  std::vector<std::string> sectors;
  std::vector<std::string> sic_codes;
};

// What a piece of evidence shows.
enum class EvidenceKind {
  kAttendanceRegister,
  kLearnerRecord,
  kEmployerStatement,
  kBrief,
  kWitnessTestimony,
  kCorrespondence,
  kSynopsis,
  kCentreDocument,  // The centre's own planner (EI-10).
  kOther,
};
inline constexpr int kEvidenceKinds = 9;
std::string_view NameOf(EvidenceKind kind);  // "attendance register"

struct Evidence {
  std::string name;  // "centres/…/evidence/…"
  EvidenceKind kind = EvidenceKind::kAttendanceRegister;

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

struct Activity {
  std::string id;  // Names it within the planner.
  std::string title;
  ActivityKind kind = ActivityKind::kWorkPlacement;
  Mode mode = Mode::kInPerson;
  bool claimed_live = false;  // The centre says that it was live.
  bool whole_unit = false;    // Co-delivery of a whole unit, not one session of it (EI-6).
  std::optional<Practitioner> practitioner;
  std::string source;       // Where the practitioner is to come from, while there is none (EI-10).
  std::string framework;    // Of assessment; an expert witness needs one (EI-2).
  std::string contingency;  // What absent learners get (EI-7).
  std::optional<absl::CivilDay> day;       // The first, of several.
  std::optional<absl::CivilDay> last_day;  // Of several.
  std::vector<Attendance> learners;
  std::vector<Evidence> evidence;  // Required (EI-8).
};
// The day on which it is over; none while it has no day.
std::optional<absl::CivilDay> EndOf(const Activity& activity);
bool HasText(std::string_view text);  // More than blanks.
// Nobody is named, neither a person nor an employer.
bool LacksPractitioner(const Activity& activity);

struct Learner {
  std::string enrolment;
  std::string name;
};

struct Planner {
  std::vector<Learner> learners;  // The whole cohort.
  std::vector<Activity> activities;
  std::vector<Evidence> supporting;  // That the plan is credible (EI-10).
};

// What the planner is measured against.
struct InvolvementFrame {
  std::vector<std::string> sectors;  // Of the qualification; without any no employer fits (EI-3).
  absl::CivilDay first_day;          // Of the series' learning …
  absl::CivilDay last_day;           // … both inclusive.
  absl::CivilDay today;              // Nobody has completed what ends after it.
};

}  // namespace assay::approval
