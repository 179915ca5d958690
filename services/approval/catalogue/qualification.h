// A qualification as it was published (QUAL-1): what it says, not what it should say.
//
// Pure. Contradictions stay in here as they were printed; checks.h finds them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"

namespace assay::approval {

struct Outcome {
  int number = 0;
  std::string title;
  int marks = 0;
  int percentage = 0;
};

// The same thing under another title elsewhere in the publication.
struct OtherTitle {
  std::string place;
  std::string title;
};

struct Unit {
  std::string number;
  std::string title;
  std::vector<OtherTitle> other_titles;
  int level = 0;
  int guided_learning_hours = 0;
  int credits = 0;
  std::string assessment_method;
  int assessment_minutes = 0;
  int mark_total = 0;
  int percentage_total = 0;
  std::vector<Outcome> outcomes;
};

// QUAL-3: credits, or numbers of units, from units and from nested rules.
//
// What is above a maximum is not forbidden; it does not count. combination.h says what counts.
struct Combination {
  std::string title;
  int credits_min = 0;
  int credits_max = 0;  // 0: no limit.
  int units_min = 0;
  int units_max = 0;               // 0: no limit.
  std::vector<std::string> units;  // Unit numbers.
  std::vector<Combination> parts;
};

// Something that contradicts itself in a published qualification (QUAL-4).
struct Finding {
  std::string kind;     // "MARKS_DO_NOT_SUM"
  std::string place;    // "unit 308, outcome 1"
  std::string message;  // With the figures.

  friend bool operator==(const Finding&, const Finding&) = default;
};

struct Qualification {
  std::string number;  // "3818-13"
  std::string title;
  int level = 0;
  int guided_learning_hours = 0;
  int total_qualification_time = 0;
  std::string accreditation_number;
  int minimum_age = 0;
  int registration_months = 0;  // How long a registration may last (QUAL-5); 0: no limit is set.
  std::optional<absl::CivilDay> last_registration_day;
  std::optional<absl::CivilDay> last_certification_day;
  std::vector<std::string> regions;
  std::vector<std::string> fast_track_from;  // QUAL-7.
  bool bare = false;  // Number, title and level only: for other entries' fast_track_from.
  bool employer_involvement = false;  // Asked of every learner (EI-1).
  std::vector<std::string> sectors;   // Codes of sector subject areas (EI-3).
  std::string source;
  std::vector<Unit> units;
  Combination combination;
  std::vector<Finding> findings;

  const Unit* FindUnit(std::string_view unit_number) const;
};

}  // namespace assay::approval
