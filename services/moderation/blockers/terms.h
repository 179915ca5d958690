// The dates that a series runs by.
//
// Example:
//   const TermDates dates = DatesOf(series);
//   if (dates[Term::kMarksDue].has_value()) …
#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "services/moderation/model.h"

namespace assay::moderation {

// In the order in which they come.
enum class Term { kMarksDue, kSamplesDue, kModerationDue, kResultsDue, kRelease };
inline constexpr int kTerms = 5;
inline constexpr Term kAllTerms[kTerms] = {Term::kMarksDue, Term::kSamplesDue, Term::kModerationDue,
                                           Term::kResultsDue, Term::kRelease};
std::string_view NameOf(Term term);  // "marks due": for people and policy files.
std::string_view IdOf(Term term);    // "marks-due"

class TermDates {
 public:
  std::optional<absl::Time>& operator[](Term term) { return dates_[static_cast<int>(term)]; }
  const std::optional<absl::Time>& operator[](Term term) const {
    return dates_[static_cast<int>(term)];
  }
  // The first date, in order, that is before one that should precede it; none if all follow.
  std::optional<Term> Disordered() const;

 private:
  std::array<std::optional<absl::Time>, kTerms> dates_;
};

TermDates DatesOf(const Series& series);

}  // namespace assay::moderation
