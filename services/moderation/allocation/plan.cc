#include "services/moderation/allocation/plan.h"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/allocation/balance.h"
#include "services/moderation/allocation/board.h"
#include "services/moderation/allocation/chain.h"

namespace assay::moderation {
namespace {

// Counts what stands between each person and each task without asking the same again: people are
// alike for all tasks of a component, and conflicts and history concern few.
class Judge {
 public:
  Judge(const AllocationRule& rule, absl::CivilDay day, const Board& board)
      : rule_(rule), board_(board) {
    for (int p = 0; p < board.people(); ++p) {
      for (const Conflict& conflict : board.person(p).conflicts) {
        if (Holds(rule, conflict, day)) conflicted_[conflict.centre].push_back(p);
      }
    }
  }

  // All that stands in the way but the room; one entry a person.
  const std::vector<Obstacles>& Of(const Task& task) {
    const std::vector<Obstacles>& alike = Alike(task);
    found_ = alike;
    AddConflicted(task.centre);
    for (const std::string& partner : task.partners) AddConflicted(partner);
    if (!task.assessors.empty()) AddOwnMarking(task);
    if (const int p = board_.Find(task.holder); p >= 0) found_[p] |= kGivesItAway;
    if (rule_.series_in_a_row_max > 0 && !task.history.empty()) {
      const std::string& latest = task.history.front();
      const int p = board_.Find(latest);
      if (p >= 0 && SeriesInARow(task, latest) >= rule_.series_in_a_row_max) {
        found_[p] |= kRotationDue;
      }
    }
    return found_;
  }

 private:
  using Kind = std::tuple<std::string, std::string, std::string, bool, std::int64_t>;

  // What is the same for all tasks of a component that ask for the same seniority.
  const std::vector<Obstacles>& Alike(const Task& task) {
    Kind kind{task.component, task.qualification, task.subject, task.standardisation_needed,
              SeniorityNeeded(rule_, task)};
    const auto [it, is_new] = alike_.try_emplace(std::move(kind));
    if (!is_new) return it->second;
    it->second.resize(board_.people());
    Task bare{.component = task.component,
              .qualification = task.qualification,
              .subject = task.subject,
              .scripts = 0,
              .candidates = task.candidates,
              .standardisation_needed = task.standardisation_needed};
    for (int p = 0; p < board_.people(); ++p) {
      it->second[p] = ObstaclesBetween(rule_, absl::CivilDay(), Roomy(board_.person(p)), bare);
    }
    return it->second;
  }
  // The person without what depends on the centre, the series and the room.
  static Person Roomy(Person person) {
    person.conflicts.clear();
    person.submissions = person.scripts = 0;
    person.capacity = 1;
    return person;
  }
  void AddConflicted(const std::string& centre) {
    const auto it = conflicted_.find(centre);
    if (it == conflicted_.end()) return;
    for (const int p : it->second) found_[p] |= kConflicted;
  }
  void AddOwnMarking(const Task& task) {
    for (const std::string& assessor : task.assessors) {
      for (const int p : {board_.FindSubject(assessor), board_.FindSubject("users/" + assessor)}) {
        if (p >= 0) found_[p] |= kOwnMarking;
      }
    }
  }

  const AllocationRule& rule_;
  const Board& board_;
  absl::flat_hash_map<std::string, std::vector<int>> conflicted_;
  std::map<Kind, std::vector<Obstacles>> alike_;
  std::vector<Obstacles> found_;
};

// How far somebody is from taking a task: whoever is only full is nearer than whoever may not.
int Distance(Obstacles obstacles) {
  constexpr std::pair<Obstacle, int> kDistances[] = {
      {kFull, 1},          {kNotStandardised, 8}, {kRotationDue, 16},
      {kTooJunior, 32},    {kUnavailable, 64},    {kNotCompetent, 128},
      {kGivesItAway, 256}, {kOwnMarking, 512},    {kConflicted, 1024}};
  int distance = 0;
  for (const auto& [obstacle, far] : kDistances) {
    if ((obstacles & obstacle) != 0) distance += far;
  }
  return distance;
}

// Continuity first, then the tasks that fewest may take, the largest of them first.
void GiveAll(Board& board) {
  std::vector<int> order(board.tasks());
  std::iota(order.begin(), order.end(), 0);
  std::vector<int> choices(board.tasks());
  for (int t = 0; t < board.tasks(); ++t) choices[t] = board.CountMay(t);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    return std::tuple(choices[a], -board.task(a).scripts, a) <
           std::tuple(choices[b], -board.task(b).scripts, b);
  });
  for (const int t : order) {
    const int p = board.Wished(t);
    if (p >= 0 && board.Room(p, t)) board.Keep(t, p);
  }
  Chains chains(board);
  for (const int t : order) {
    if (board.at(t) >= 0) continue;
    const int p = board.Cheapest(t);
    if (p >= 0) {
      board.Put(t, p);
    } else {
      chains.Give(t);
    }
  }
}

Placement PlacementOf(const Board& board, int t, const std::vector<Obstacles>& obstacles) {
  Placement placement;
  const Task& task = board.task(t);
  const int at = board.at(t);
  int allowed = 0;
  int nearest = -1;
  std::pair<int, std::int64_t> nearest_rank;
  for (int p = 0; p < board.people(); ++p) {
    Obstacles found = obstacles[p];
    if (found == 0) ++allowed;
    if (p != at && !board.Room(p, t)) found |= kFull;
    if (found == 0) {
      ++placement.standing.could;
      continue;
    }
    ++placement.standing.because[std::countr_zero(FirstOf(found))];
    if (at >= 0) continue;
    const std::pair rank(Distance(found), board.submissions(p));
    if (nearest >= 0 && nearest_rank <= rank) continue;
    nearest = p;
    nearest_rank = rank;
    placement.nearest_obstacles = found;
  }
  if (at < 0) {
    if (nearest >= 0) placement.nearest = board.OriginalPerson(nearest);
    return placement;
  }
  placement.person = board.OriginalPerson(at);
  const bool had_it = !task.history.empty() && task.history.front() == board.person(at).id;
  if (allowed == 1) {
    placement.why = Grounds::kOnlyOne;
  } else if (board.kept(t) && had_it) {
    placement.why = Grounds::kContinuity;
  } else {
    placement.why = board.made_room(t) ? Grounds::kMadeRoom : Grounds::kLeastLoad;
  }
  return placement;
}

}  // namespace

std::int64_t Standing::Of(Obstacle obstacle) const {
  return because[std::countr_zero(static_cast<Obstacles>(obstacle))];
}

std::int64_t Standing::People() const {
  return std::accumulate(because.begin(), because.end(), could);
}

Plan PlanAllocation(const AllocationRule& rule, absl::CivilDay day, std::span<const Person> people,
                    std::span<const Task> tasks) {
  Board board(rule, people, tasks);
  Judge judge(rule, day, board);
  for (int t = 0; t < board.tasks(); ++t) board.Allow(t, judge.Of(board.task(t)));
  GiveAll(board);
  SpreadLoad(board);
  Plan plan;
  plan.placements.resize(tasks.size());
  for (int t = 0; t < board.tasks(); ++t) {
    plan.placements[board.OriginalTask(t)] = PlacementOf(board, t, judge.Of(board.task(t)));
  }
  plan.submissions.resize(people.size());
  plan.scripts.resize(people.size());
  for (int p = 0; p < board.people(); ++p) {
    plan.submissions[board.OriginalPerson(p)] = board.submissions(p);
    plan.scripts[board.OriginalPerson(p)] = board.scripts(p);
  }
  return plan;
}

std::string_view Describe(Obstacles obstacles) {
  switch (FirstOf(obstacles)) {
    case kConflicted:
      return "has a conflict with the centre";
    case kOwnMarking:
      return "is among the centre's assessors";
    case kNotCompetent:
      return "declares no competence that covers the component";
    case kNotStandardised:
      return "has not qualified by standardisation for the component";
    case kTooJunior:
      return "has less seniority than a cohort of that size needs";
    case kRotationDue:
      return "had it in as many series running as the policy allows";
    case kUnavailable:
      return "is unavailable";
    case kGivesItAway:
      return "gives it away";
    case kFull:
      return "has no room";
    default:
      return "could take it";
  }
}

std::string Explain(const Placement& placement, std::span<const Person> people) {
  const Standing& standing = placement.standing;
  std::string others;
  constexpr std::pair<Obstacle, const char*> kWords[] = {
      {kConflicted, " with a conflict"}, {kOwnMarking, " who marked for the centre"},
      {kNotCompetent, " not competent"}, {kNotStandardised, " not qualified"},
      {kTooJunior, " too junior"},       {kRotationDue, " due to rotate"},
      {kUnavailable, " unavailable"},    {kGivesItAway, " who gives it away"},
      {kFull, " without room"}};
  for (const auto& [obstacle, words] : kWords) {
    const std::int64_t count = standing.Of(obstacle);
    if (count > 0) absl::StrAppend(&others, others.empty() ? "" : ", ", count, words);
  }
  const std::string of_all =
      absl::StrCat("Of ", standing.People(), " moderators ", standing.could, " could take it",
                   others.empty() ? "" : "; ", others, ".");
  switch (placement.why) {
    case Grounds::kOnlyOne:
      return "The only one who may take it. " + of_all;
    case Grounds::kContinuity:
      return "Had the centre's component in the series before. " + of_all;
    case Grounds::kMadeRoom:
      return "Has it so that another submission could be given away as well. " + of_all;
    case Grounds::kLeastLoad:
      return "Keeps the load even among those who may take it. " + of_all;
    case Grounds::kNobody:
      break;
  }
  if (!placement.nearest.has_value()) return of_all;
  const Person& nearest = people[*placement.nearest];
  const std::string_view what = Describe(placement.nearest_obstacles);
  return absl::StrCat(of_all, " Nearest: moderators/", nearest.id, ", who ",
                      absl::string_view(what.data(), what.size()), ".");
}

}  // namespace assay::moderation
