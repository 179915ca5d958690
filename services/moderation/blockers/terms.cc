#include "services/moderation/blockers/terms.h"

namespace assay::moderation {
namespace {

constexpr std::string_view kNames[kTerms] = {"marks due", "samples due", "moderation due",
                                             "results due", "release"};
constexpr std::string_view kIds[kTerms] = {"marks-due", "samples-due", "moderation-due",
                                           "results-due", "release"};

}  // namespace

std::string_view NameOf(Term term) { return kNames[static_cast<int>(term)]; }
std::string_view IdOf(Term term) { return kIds[static_cast<int>(term)]; }

std::optional<Term> TermDates::Disordered() const {
  std::optional<absl::Time> latest;
  for (Term term : kAllTerms) {
    const std::optional<absl::Time>& date = (*this)[term];
    if (!date.has_value()) continue;
    if (latest.has_value() && *date < *latest) return term;
    latest = date;
  }
  return std::nullopt;
}

TermDates DatesOf(const Series& series) {
  TermDates dates;
  dates[Term::kMarksDue] = series.marks_due;
  dates[Term::kSamplesDue] = series.samples_due;
  dates[Term::kModerationDue] = series.moderation_due;
  dates[Term::kResultsDue] = series.results_due;
  dates[Term::kRelease] = series.release;
  return dates;
}

}  // namespace assay::moderation
