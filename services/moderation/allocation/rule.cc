#include "services/moderation/allocation/rule.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace assay::moderation {
namespace {

constexpr std::int64_t kYearsMax = 50;
constexpr std::int64_t kSeriesMax = 10;
constexpr std::int64_t kSeniorityMax = 100;

std::int64_t YearsOf(const AllocationRule& rule, ConflictKind kind) {
  switch (kind) {
    case ConflictKind::kEmployment:
      return rule.employment_years;
    case ConflictKind::kRelation:
      return rule.relation_years;
    case ConflictKind::kSupport:
      return rule.support_years;
    case ConflictKind::kDeclared:
      break;
  }
  return kYearsMax;
}

// "series/…/components/coursework" → "components/coursework"
std::string_view InAnySeries(std::string_view component) {
  const std::size_t at = component.rfind("components/");
  return at == component.npos ? std::string_view() : component.substr(at);
}

// The id of "users/ann" is how files name her.
bool IsAmong(std::string_view subject, std::span<const std::string> assessors) {
  const std::string_view id = subject.substr(subject.find('/') + 1);
  return std::any_of(assessors.begin(), assessors.end(), [&](const std::string& assessor) {
    return !assessor.empty() && (assessor == subject || assessor == id);
  });
}

}  // namespace

std::vector<std::string> Contradictions(const AllocationRule& rule) {
  std::vector<std::string> wrong;
  for (const std::int64_t years :
       {rule.employment_years, rule.relation_years, rule.support_years}) {
    if (years < 0 || years > kYearsMax) {
      wrong.push_back(absl::StrCat("a conflict holds for 0 to ", kYearsMax, " years, not ", years));
    }
  }
  if (rule.series_in_a_row_max < 0 || rule.series_in_a_row_max > kSeriesMax) {
    wrong.push_back(absl::StrCat("series_in_a_row_max is 0 to ", kSeriesMax, ", not ",
                                 rule.series_in_a_row_max));
  }
  if (rule.prefer_same && rule.series_in_a_row_max == 1) {
    wrong.push_back("prefers the same moderator and never allows a second series running");
  }
  const AllocationRule::SeniorityStep* before = nullptr;
  for (const auto& step : rule.seniority) {
    if (step.candidates_from < 1 || step.seniority < 1 || step.seniority > kSeniorityMax) {
      wrong.push_back(
          absl::StrCat("a step of seniority begins at 1 candidate or more and asks for "
                       "1 to ",
                       kSeniorityMax));
    }
    if (before != nullptr &&
        (step.candidates_from <= before->candidates_from || step.seniority <= before->seniority)) {
      wrong.push_back(absl::StrCat("the step of seniority from ", step.candidates_from,
                                   " candidates does not ask for more than the one before it"));
    }
    before = &step;
  }
  return wrong;
}

bool Holds(const AllocationRule& rule, const Conflict& conflict, absl::CivilDay day) {
  if (!conflict.last_day.has_value()) return true;
  const absl::CivilDay last = *conflict.last_day;
  // 29 February ends, years later, with 1 March.
  return day <=
         absl::CivilDay(last.year() + YearsOf(rule, conflict.kind), last.month(), last.day());
}

bool Covers(const AllocationRule& rule, std::span<const std::string> competences,
            const Task& task) {
  if (competences.empty()) return !rule.competence_needed;
  const std::string_view any_series = InAnySeries(task.component);
  return std::any_of(competences.begin(), competences.end(), [&](const std::string& competence) {
    return !competence.empty() && (competence == task.component || competence == any_series ||
                                   competence == task.qualification || competence == task.subject);
  });
}

std::int64_t SeriesInARow(const Task& task, std::string_view person) {
  const auto other = std::find_if(task.history.begin(), task.history.end(),
                                  [&](const std::string& id) { return id != person; });
  return other - task.history.begin();
}

std::int64_t SeniorityNeeded(const AllocationRule& rule, const Task& task) {
  std::int64_t needed = 0;
  for (const auto& step : rule.seniority) {
    if (task.candidates >= step.candidates_from) needed = step.seniority;
  }
  return needed;
}

bool HasRoom(const Person& person, std::int64_t scripts) {
  return person.submissions < person.capacity &&
         (person.script_capacity == 0 || person.scripts + scripts <= person.script_capacity);
}

Obstacles ObstaclesBetween(const AllocationRule& rule, absl::CivilDay day, const Person& person,
                           const Task& task) {
  Obstacles found = 0;
  const auto conflicts = [&](const Conflict& c) {
    return (c.centre == task.centre || std::find(task.partners.begin(), task.partners.end(),
                                                 c.centre) != task.partners.end()) &&
           Holds(rule, c, day);
  };
  if (std::any_of(person.conflicts.begin(), person.conflicts.end(), conflicts)) {
    found |= kConflicted;
  }
  if (IsAmong(person.subject, task.assessors)) found |= kOwnMarking;
  if (!Covers(rule, person.competences, task)) found |= kNotCompetent;
  if ((rule.standardisation_needed || task.standardisation_needed) &&
      std::find(person.standardised.begin(), person.standardised.end(), task.component) ==
          person.standardised.end()) {
    found |= kNotStandardised;
  }
  if (person.seniority < SeniorityNeeded(rule, task)) found |= kTooJunior;
  if (rule.series_in_a_row_max > 0 && SeriesInARow(task, person.id) >= rule.series_in_a_row_max) {
    found |= kRotationDue;
  }
  if (!person.available) found |= kUnavailable;
  if (!task.holder.empty() && person.id == task.holder) found |= kGivesItAway;
  if (!HasRoom(person, task.scripts)) found |= kFull;
  return found;
}

}  // namespace assay::moderation
