// Who may moderate what (MOD-7): the policy, what is known of moderators and of the work, and
// what stands between the two.
//
// Example:
//   const Obstacles found = ObstaclesBetween(rule, day, person, task);
//   if ((found & kConflicted) != 0) …
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/moderation/model.h"

namespace assay::moderation {

// The policy kind `allocation`.
struct AllocationRule {
  // A conflict that has ended holds for so many years more; one without a last day always holds.
  std::int64_t employment_years = 3;
  std::int64_t relation_years = 10;
  std::int64_t support_years = 3;
  // Whoever had a centre's component in the series before gets it again if they can.
  bool prefer_same = false;
  // Nobody has a centre's component in more series running; 0: as many as they like.
  std::int64_t series_in_a_row_max = 0;
  enum class Measure { kScripts, kSubmissions };
  Measure measure = Measure::kScripts;
  // Everybody the same load, or the same share of their capacity.
  enum class Balance { kEqual, kByCapacity };
  Balance balance = Balance::kByCapacity;
  bool competence_needed = false;       // Whoever declares no competence may take nothing.
  bool standardisation_needed = false;  // MOD-8
  // From so many candidates on, the moderator has at least that seniority.
  struct SeniorityStep {
    std::int64_t candidates_from = 0;
    std::int64_t seniority = 0;
  };
  std::vector<SeniorityStep> seniority;
};

// What is wrong with the rule itself, one sentence each.
std::vector<std::string> Contradictions(const AllocationRule& rule);

// A moderator, as allocation sees them.
struct Person {
  std::string id;
  std::string subject;  // "users/…"
  std::int64_t capacity = 0;
  std::int64_t script_capacity = 0;  // 0: no limit of its own.
  std::int64_t submissions = 0;      // Open with them now, with so many scripts to mark.
  std::int64_t scripts = 0;
  std::int64_t seniority = 0;
  bool available = true;
  std::vector<std::string> competences;
  std::vector<Conflict> conflicts;
  // Components for which they qualified on standardisation scripts.
  std::vector<std::string> standardised;
};

// A submission to give to somebody.
struct Task {
  std::string name;
  std::string component;      // "series/…/components/…"
  std::string qualification;  // "qualifications/…", or empty.
  std::string subject;        // "subjects/…", or empty.
  std::string centre;
  std::vector<std::string> partners;  // The other centres of a consortium (MOD-5).
  std::int64_t scripts = 1;           // Expected to be marked.
  std::int64_t candidates = 0;        // In the cohort.
  // Ids of who had the centre's component in the series before, the latest first.
  std::vector<std::string> history;
  std::vector<std::string> assessors;   // Who gave the centre's marks.
  bool standardisation_needed = false;  // The component asks its moderators to qualify (MOD-8).
  std::string holder;                   // Id of who gives it away, or empty.
};

// Why somebody cannot take a task; the first that applies is the one that is told.
enum Obstacle : std::uint32_t {
  kConflicted = 1,       // Declared, and the policy says that it still holds.
  kOwnMarking = 2,       // They are among the centre's assessors.
  kNotCompetent = 4,     // None of their competences covers the component.
  kNotStandardised = 8,  // MOD-8
  kTooJunior = 16,
  kRotationDue = 32,  // They had it in as many series running as the policy allows.
  kUnavailable = 64,
  kGivesItAway = 128,
  kFull = 256,
};
using Obstacles = std::uint32_t;  // Any of these.
inline constexpr int kObstacles = 9;

// The first of them; 0 if there is none.
inline Obstacles FirstOf(Obstacles found) { return found & (~found + 1); }

// Whether the policy lets the conflict stand in the way on that day.
bool Holds(const AllocationRule& rule, const Conflict& conflict, absl::CivilDay day);

// Whether one of the competences ("components/coursework", "series/…/components/…",
// "qualifications/…", "subjects/…") covers the task.
bool Covers(const AllocationRule& rule, std::span<const std::string> competences, const Task& task);

// In how many of the latest series running the person had it.
std::int64_t SeriesInARow(const Task& task, std::string_view person);

// The seniority that the task asks for.
std::int64_t SeniorityNeeded(const AllocationRule& rule, const Task& task);

bool HasRoom(const Person& person, std::int64_t scripts);

// All that stands in the way, the room they have now included.
Obstacles ObstaclesBetween(const AllocationRule& rule, absl::CivilDay day, const Person& person,
                           const Task& task);

}  // namespace assay::moderation
