// Who may be registered for a qualification, from when and until when (QUAL-5, QUAL-10), and what
// can become of a registration. Everything that is wrong is found, not the first.
//
// Example:
//   const PeriodCheck period = CheckPeriod(terms);
//   const BatchCheck check = CheckLearners(learners, frame);
//   for (const LearnerFault& fault : check.faults) …   // row 17, LEARNER_UNDERAGE, "birth_day"
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"

namespace assay::approval {

enum class RegistrationState { kActive, kAwarded, kWithdrawn, kTransferred, kErased };
inline constexpr int kRegistrationStates = 5;
std::string_view NameOf(RegistrationState state);  // "active"
// An active one into any other; any into erased, once.
bool MayChange(RegistrationState from, RegistrationState to);

// The national number of those who have none yet: nobody's (QUAL-10).
inline constexpr std::string_view kTemporaryUln = "9999999999";

struct LearnerDetails {
  std::string enrolment;
  std::string name;
  std::string uln;
  std::optional<absl::CivilDay> birth_day;
};

struct LearnerFault {
  int row = 0;
  std::string_view reason;  // One of errors.h.
  std::string rule;         // "QUAL-5"; empty if it is a matter of form.
  std::string field;        // "birth_day"
  std::string message;
};

// Whole years on a day. Who was born on 29 February is a year older on 1 March of other years.
int AgeOn(absl::CivilDay birth, absl::CivilDay day);
// The same day of another month, or that month's last.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

// What the catalogue and the request say of the period.
struct PeriodTerms {
  int months_max = 0;  // 0: the catalogue sets no limit.
  std::optional<absl::CivilDay> last_registration_day;
  std::optional<absl::CivilDay> register_day;  // Today, if it is not said.
  std::optional<absl::CivilDay> end_day;
  absl::CivilDay today;
};
struct PeriodCheck {
  absl::CivilDay register_day;
  absl::CivilDay end_day;
  std::vector<LearnerFault> faults;
};
PeriodCheck CheckPeriod(const PeriodTerms& terms);

// What a centre has of an enrolment number already.
struct KnownLearner {
  std::string uln;
  std::optional<absl::CivilDay> birth_day;
  bool registered = false;  // Active, for the qualification in question.
};

struct LearnerFrame {
  int minimum_age = 0;
  absl::CivilDay register_day;
  std::map<std::string, KnownLearner, std::less<>> known;  // By enrolment number.
  // Learner numbers that are registered for the qualification at the centre, and under which
  // enrolment number. Temporary ones are nobody's.
  std::map<std::string, std::string, std::less<>> registered_ulns;
  std::optional<std::int64_t> places;  // Free ones under a cap; none: no cap.
  std::string cap;                     // What caps, for people.
};

struct BatchCheck {
  std::vector<int> good;  // Rows, as many as there are places for.
  std::vector<LearnerFault> faults;
};
BatchCheck CheckLearners(std::span<const LearnerDetails> learners, const LearnerFrame& frame);

}  // namespace assay::approval
