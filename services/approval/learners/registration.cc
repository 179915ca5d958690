#include "services/approval/learners/registration.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/platform/core/national_numbers.h"

namespace assay::approval {
namespace {

constexpr std::size_t kEnrolmentMax = 64;
constexpr std::size_t kNameMax = 200;
constexpr int kOldest = 120;
constexpr std::string_view kFieldInvalid = "FIELD_INVALID";

bool IsEnrolment(const std::string& text) {
  return !text.empty() && text.size() <= kEnrolmentMax &&
         std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c <= ' ' || c == '/' || c == 0x7F; });
}

// Looks at one row after the other and remembers what the batch itself has taken.
class Batch {
 public:
  explicit Batch(const LearnerFrame& frame) : frame_(frame) {}

  void Look(int row, const LearnerDetails& learner) {
    row_ = row;
    const std::size_t before = check_.faults.size();
    LookAtForm(learner);
    LookAtAge(learner);
    LookAtUln(learner);
    LookAtEnrolment(learner);
    if (check_.faults.size() != before) return;
    if (frame_.places.has_value() &&
        static_cast<std::int64_t>(check_.good.size()) >= *frame_.places) {
      Fault(kRegistrationLimitReached, "QUAL-9", "enrolment",
            absl::StrCat("there is no place left: ", frame_.cap));
      return;
    }
    check_.good.push_back(row);
    enrolments_.emplace(learner.enrolment, row);
    if (!learner.uln.empty() && learner.uln != kTemporaryUln) ulns_.emplace(learner.uln, row);
  }

  BatchCheck Take() { return std::move(check_); }

 private:
  void Fault(std::string_view reason, std::string rule, std::string field, std::string message) {
    check_.faults.push_back({row_, reason, std::move(rule), std::move(field), std::move(message)});
  }

  void LookAtForm(const LearnerDetails& learner) {
    if (!IsEnrolment(learner.enrolment)) {
      Fault(kFieldInvalid, "", "enrolment",
            absl::StrCat("is not 1 to ", kEnrolmentMax, " characters without spaces"));
    }
    if (learner.name.find_first_not_of(" \t\r\n") == std::string::npos ||
        learner.name.size() > kNameMax) {
      Fault(kFieldInvalid, "", "learner_name",
            absl::StrCat("is not 1 to ", kNameMax, " characters"));
    }
  }

  void LookAtAge(const LearnerDetails& learner) {
    if (!learner.birth_day.has_value()) {
      if (frame_.minimum_age > 0) {
        Fault(kBirthDayInvalid, "QUAL-5", "birth_day",
              absl::StrCat("is missing; learners are at least ", frame_.minimum_age));
      }
      return;
    }
    const int age = AgeOn(*learner.birth_day, frame_.register_day);
    if (*learner.birth_day > frame_.register_day || age > kOldest) {
      Fault(kBirthDayInvalid, "QUAL-5", "birth_day",
            "is not the birth day of a learner of that day");
    } else if (age < frame_.minimum_age) {
      Fault(kLearnerUnderage, "QUAL-5", "birth_day",
            absl::StrCat("makes the learner ", age, " on ",
                         absl::FormatCivilTime(frame_.register_day), "; at least ",
                         frame_.minimum_age, " is asked for"));
    }
  }

  void LookAtUln(const LearnerDetails& learner) {
    if (learner.uln.empty()) return;
    switch (platform::CheckUln(learner.uln)) {
      case platform::UlnCheck::kInvalid:
        Fault(kUlnInvalid, "QUAL-10", "uln", "is not ten digits with their check digit");
        return;
      case platform::UlnCheck::kTemporary:
        return;
      case platform::UlnCheck::kValid:
        break;
    }
    const auto registered = frame_.registered_ulns.find(learner.uln);
    if (registered != frame_.registered_ulns.end() && registered->second != learner.enrolment) {
      Fault(kUlnExists, "QUAL-10", "uln",
            absl::StrCat("is registered for the qualification under the enrolment number ",
                         registered->second));
      return;
    }
    const auto taken = ulns_.find(learner.uln);
    if (taken != ulns_.end()) {
      Fault(kUlnExists, "QUAL-10", "uln", absl::StrCat("is that of row ", taken->second, " too"));
    }
  }

  void LookAtEnrolment(const LearnerDetails& learner) {
    const auto taken = enrolments_.find(learner.enrolment);
    if (taken != enrolments_.end()) {
      Fault(kEnrolmentExists, "EI-8", "enrolment",
            absl::StrCat("is that of row ", taken->second, " too"));
      return;
    }
    const auto known = frame_.known.find(learner.enrolment);
    if (known == frame_.known.end()) return;
    if (known->second.registered) {
      Fault(kEnrolmentExists, "EI-8", "enrolment", "is registered for the qualification already");
    } else if (IsAnother(known->second, learner)) {
      Fault(kEnrolmentExists, "EI-8", "enrolment",
            "is another learner's at the centre: learner number or birth day differ");
    }
  }

  static bool IsAnother(const KnownLearner& known, const LearnerDetails& learner) {
    const auto real = [](const std::string& uln) { return !uln.empty() && uln != kTemporaryUln; };
    if (real(known.uln) && real(learner.uln) && known.uln != learner.uln) return true;
    return known.birth_day.has_value() && learner.birth_day.has_value() &&
           known.birth_day != learner.birth_day;
  }

  const LearnerFrame& frame_;
  BatchCheck check_;
  std::map<std::string, int> enrolments_;
  std::map<std::string, int> ulns_;
  int row_ = 0;
};

}  // namespace

std::string_view NameOf(RegistrationState state) {
  constexpr std::string_view kNames[] = {"active", "awarded", "withdrawn", "transferred", "erased"};
  return kNames[static_cast<int>(state)];
}

bool MayChange(RegistrationState from, RegistrationState to) {
  if (to == RegistrationState::kErased) return from != RegistrationState::kErased;
  return from == RegistrationState::kActive && to != RegistrationState::kActive;
}

int AgeOn(absl::CivilDay birth, absl::CivilDay day) {
  const int years = static_cast<int>(day.year() - birth.year());
  const bool had_birthday =
      std::pair(day.month(), day.day()) >= std::pair(birth.month(), birth.day());
  return had_birthday ? years : years - 1;
}

absl::CivilDay AddMonths(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return absl::CivilDay(month) + (std::min(day.day(), last.day()) - 1);
}

PeriodCheck CheckPeriod(const PeriodTerms& terms) {
  PeriodCheck check;
  const auto fault = [&](std::string field, std::string message) {
    check.faults.push_back(
        {0, kRegistrationPeriodInvalid, "QUAL-5", std::move(field), std::move(message)});
  };
  check.register_day = terms.register_day.value_or(terms.today);
  if (check.register_day > terms.today) fault("register_day", "is after today");
  // Dating back does not open registration again.
  if (terms.last_registration_day.has_value() &&
      std::max(check.register_day, terms.today) > *terms.last_registration_day) {
    fault("register_day", absl::StrCat("is after the last day for registrations, ",
                                       absl::FormatCivilTime(*terms.last_registration_day)));
  }
  const absl::CivilDay longest = AddMonths(check.register_day, terms.months_max) - 1;
  check.end_day = terms.end_day.value_or(longest);
  if (!terms.end_day.has_value()) {
    if (terms.months_max == 0) {
      fault("end_day", "is missing; the catalogue sets no limit for this qualification");
    }
    return check;
  }
  if (check.end_day < check.register_day) {
    fault("end_day", "is before the first day");
  } else if (terms.months_max > 0 && check.end_day > longest) {
    fault("end_day", absl::StrCat("is after ", absl::FormatCivilTime(longest), ", the last of ",
                                  terms.months_max, " months"));
  }
  return check;
}

BatchCheck CheckLearners(std::span<const LearnerDetails> learners, const LearnerFrame& frame) {
  Batch batch(frame);
  for (std::size_t i = 0; i < learners.size(); ++i) {
    batch.Look(static_cast<int>(i), learners[i]);
  }
  return batch.Take();
}

}  // namespace assay::approval
