#include "services/moderation/allocation/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "services/moderation/allocation/worlds_for_test.h"

namespace assay::moderation {
namespace {

using ::testing::HasSubstr;
using Measure = AllocationRule::Measure;
using Balance = AllocationRule::Balance;

const absl::CivilDay kDay(2026, 6, 1);

Person Of(std::string id, std::int64_t capacity, std::int64_t submissions = 0) {
  return {.id = id, .subject = "users/" + id, .capacity = capacity, .submissions = submissions};
}
Task Give(std::string name, std::string centre = "centres/1") {
  return {.name = name, .component = "series/s/components/c", .centre = centre};
}

std::size_t Given(const Plan& plan) {
  return std::count_if(plan.placements.begin(), plan.placements.end(),
                       [](const Placement& p) { return p.person.has_value(); });
}

// As many as any plan whatever can give away: Kuhn's matching over places, the obvious way.
class MatchingBound {
 public:
  MatchingBound(const AllocationRule& rule, const World& world) {
    for (const Person& person : world.people) {
      for (auto i = person.submissions; i < person.capacity; ++i) owner_.push_back(&person);
    }
    taken_.assign(owner_.size(), -1);
    for (const Task& task : world.tasks) {
      auto& row = may_.emplace_back();
      for (const Person* person : owner_) {
        row.push_back(ObstaclesBetween(rule, kDay, *person, task) == 0);
      }
    }
  }
  std::size_t Count() {
    std::size_t count = 0;
    for (std::size_t t = 0; t < may_.size(); ++t) {
      seen_.assign(owner_.size(), false);
      count += Try(static_cast<int>(t)) ? 1 : 0;
    }
    return count;
  }

 private:
  bool Try(int t) {
    for (std::size_t place = 0; place < owner_.size(); ++place) {
      if (!may_[t][place] || seen_[place]) continue;
      seen_[place] = true;
      if (taken_[place] < 0 || Try(taken_[place])) {
        taken_[place] = t;
        return true;
      }
    }
    return false;
  }
  std::vector<const Person*> owner_;
  std::vector<std::vector<bool>> may_;
  std::vector<int> taken_;
  std::vector<bool> seen_;
};

// The exact assignment: of all that give as many away, the least sum of squared loads (the share
// of capacity if the rule balances so), by trying everything. Small worlds only.
class ExactPlan {
 public:
  ExactPlan(const AllocationRule& rule, const World& world) : rule_(rule), world_(world) {
    for (const Person& p : world.people) left_.push_back(p), load_.push_back(LoadAtFirst(p));
    Go(0, 0);
  }
  static double Cost(const AllocationRule& rule, const World& world,
                     const std::vector<std::int64_t>& loads) {
    double cost = 0;
    for (std::size_t p = 0; p < loads.size(); ++p) {
      const double load = static_cast<double>(loads[p]);
      const bool share = rule.balance == Balance::kByCapacity;
      cost += load * load / (share ? static_cast<double>(world.people[p].capacity) : 1.0);
    }
    return cost;
  }
  std::size_t given() const { return given_; }
  double cost() const { return cost_; }

 private:
  std::int64_t LoadAtFirst(const Person& p) const {
    return rule_.measure == Measure::kScripts ? p.scripts : p.submissions;
  }
  void Go(std::size_t t, std::size_t given) {
    if (given + (world_.tasks.size() - t) < given_) return;
    if (t == world_.tasks.size()) {
      const double cost = Cost(rule_, world_, load_);
      if (given > given_ || cost < cost_) given_ = given, cost_ = cost;
      return;
    }
    const Task& task = world_.tasks[t];
    const std::int64_t load = rule_.measure == Measure::kScripts ? task.scripts : 1;
    for (std::size_t p = 0; p < left_.size(); ++p) {
      if (ObstaclesBetween(rule_, kDay, left_[p], task) != 0) continue;
      left_[p].submissions += 1, left_[p].scripts += task.scripts, load_[p] += load;
      Go(t + 1, given + 1);
      left_[p].submissions -= 1, left_[p].scripts -= task.scripts, load_[p] -= load;
    }
    Go(t + 1, given);
  }

  const AllocationRule& rule_;
  const World& world_;
  std::vector<Person> left_;
  std::vector<std::int64_t> load_;
  std::size_t given_ = 0;
  double cost_ = std::numeric_limits<double>::max();
};

// What no plan may ever do.
void ExpectLawful(const AllocationRule& rule, const World& world, const Plan& plan) {
  std::vector<Person> people = world.people;
  for (Person& p : people) {
    // Room is counted in the end; conflicts and the rest are asked of whoever still has all of it.
    p.capacity = std::numeric_limits<std::int64_t>::max() / 4;
    p.script_capacity = 0;
  }
  std::vector<std::int64_t> submissions, scripts;
  for (const Person& p : world.people) {
    submissions.push_back(p.submissions), scripts.push_back(p.scripts);
  }
  for (std::size_t t = 0; t < world.tasks.size(); ++t) {
    const Placement& placement = plan.placements[t];
    EXPECT_EQ(placement.standing.People(), static_cast<std::int64_t>(people.size()));
    EXPECT_EQ(placement.why == Grounds::kNobody, !placement.person.has_value());
    if (!placement.person.has_value()) {
      EXPECT_EQ(placement.standing.could, 0) << world.tasks[t].name;
      EXPECT_EQ(placement.nearest.has_value(), !people.empty());
      continue;
    }
    const std::size_t p = *placement.person;
    EXPECT_EQ(ObstaclesBetween(rule, kDay, people[p], world.tasks[t]), 0u) << world.tasks[t].name;
    submissions[p] += 1, scripts[p] += world.tasks[t].scripts;
  }
  EXPECT_EQ(plan.submissions, submissions);
  EXPECT_EQ(plan.scripts, scripts);
  for (std::size_t p = 0; p < world.people.size(); ++p) {
    const Person& person = world.people[p];
    EXPECT_LE(submissions[p], std::max(person.capacity, person.submissions)) << person.id;
    if (person.script_capacity > 0 && submissions[p] > person.submissions) {
      EXPECT_LE(scripts[p], person.script_capacity) << person.id;
    }
  }
}

std::vector<AllocationRule> Rules() {
  std::vector<AllocationRule> rules;
  for (const auto measure : {Measure::kScripts, Measure::kSubmissions}) {
    for (const auto balance : {Balance::kEqual, Balance::kByCapacity}) {
      rules.push_back({.measure = measure, .balance = balance});
      rules.push_back({.prefer_same = true, .measure = measure, .balance = balance});
      rules.push_back({.series_in_a_row_max = 1, .measure = measure, .balance = balance});
    }
  }
  return rules;
}

// MOD-7
TEST(PlanAllocationTest, GivesAwayAsManyAsAnyPlanCouldAndBreaksNothing) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const World world = MakeWorld({.tasks = static_cast<int>(seed),
                                   .people = 2 + static_cast<int>(seed % 17),
                                   .components = 1 + static_cast<int>(seed % 5),
                                   .conflicts_max = static_cast<int>(seed % 4),
                                   .history_max = 3},
                                  seed);
    for (const AllocationRule& rule : Rules()) {
      const Plan plan = PlanAllocation(rule, kDay, world.people, world.tasks);
      ExpectLawful(rule, world, plan);
      EXPECT_EQ(Given(plan), MatchingBound(rule, world).Count()) << "seed " << seed;
    }
  }
}

TEST(PlanAllocationTest, KeepsCapacitiesInScriptsAndLosesLittleByThem) {
  std::size_t given = 0, best = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const World world =
        MakeWorld({.tasks = 7, .people = 3, .components = 2, .script_capacities = true}, seed);
    const AllocationRule rule;
    const Plan plan = PlanAllocation(rule, kDay, world.people, world.tasks);
    ExpectLawful(rule, world, plan);
    const ExactPlan exact(rule, world);
    EXPECT_LE(Given(plan), exact.given());
    given += Given(plan), best += exact.given();
  }
  EXPECT_GE(static_cast<double>(given), .97 * static_cast<double>(best)) << given << " of " << best;
}

// The exact assignment by trying everything: in submissions the balance is the best there is, in
// scripts within a few per cent of it.
TEST(PlanAllocationTest, BalancesAsWellAsTheExactAssignmentOfSmallWorlds) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    World world = MakeWorld({.tasks = 7, .people = 4, .components = 2}, seed);
    for (Person& p : world.people) {
      p.submissions = static_cast<std::int64_t>(p.id.back() % 2);
      p.scripts = p.submissions * 9;
    }
    for (const auto balance : {Balance::kEqual, Balance::kByCapacity}) {
      const AllocationRule one{.measure = Measure::kSubmissions, .balance = balance};
      const Plan plan = PlanAllocation(one, kDay, world.people, world.tasks);
      const ExactPlan exact(one, world);
      EXPECT_EQ(Given(plan), exact.given());
      // Weights are whole shares of a million.
      EXPECT_NEAR(ExactPlan::Cost(one, world, plan.submissions), exact.cost(), 1e-4) << seed;

      const AllocationRule by_scripts{.measure = Measure::kScripts, .balance = balance};
      const Plan other = PlanAllocation(by_scripts, kDay, world.people, world.tasks);
      const ExactPlan best(by_scripts, world);
      EXPECT_EQ(Given(other), best.given());
      if (best.given() < world.tasks.size()) continue;  // Which ones are left out is not weighed.
      EXPECT_LE(ExactPlan::Cost(by_scripts, world, other.scripts), 1.1 * best.cost()) << seed;
    }
  }
}

TEST(PlanAllocationTest, DoesNotDependOnTheOrderOfPeopleAndTasks) {
  const World world =
      MakeWorld({.tasks = 80, .people = 12, .script_capacities = true, .history_max = 2}, 7);
  const AllocationRule rule{.prefer_same = true, .series_in_a_row_max = 3};
  const auto by_name = [&](const World& w) {
    const Plan plan = PlanAllocation(rule, kDay, w.people, w.tasks);
    std::map<std::string, std::string> placed;
    for (std::size_t t = 0; t < w.tasks.size(); ++t) {
      placed[w.tasks[t].name] = Explain(plan.placements[t], w.people);
      if (const auto p = plan.placements[t].person) placed[w.tasks[t].name] += w.people[*p].id;
    }
    return placed;
  };
  const auto first = by_name(world);
  std::mt19937 random(3);
  for (int i = 0; i < 5; ++i) {
    World mixed = world;
    std::shuffle(mixed.people.begin(), mixed.people.end(), random);
    std::shuffle(mixed.tasks.begin(), mixed.tasks.end(), random);
    EXPECT_EQ(by_name(mixed), first);
  }
}

TEST(PlanAllocationTest, TakesWhoeverHasLeastToDoAndBreaksTiesById) {
  const std::vector<Task> one = {Give("t")};
  const auto chosen = [&](const std::vector<Person>& people, Balance balance = Balance::kEqual) {
    return people[*PlanAllocation({.measure = Measure::kSubmissions, .balance = balance}, kDay,
                                  people, one)
                       .placements[0]
                       .person]
        .id;
  };
  EXPECT_EQ(chosen({Of("a", 10, 4), Of("b", 10, 2), Of("c", 10, 3)}), "b");
  EXPECT_EQ(chosen({Of("b", 5, 2), Of("a", 5, 2)}), "a");
  EXPECT_EQ(chosen({Of("a", 10, 3), Of("b", 4, 2)}), "b");
  EXPECT_EQ(chosen({Of("a", 10, 3), Of("b", 4, 2)}, Balance::kByCapacity), "a");
}

TEST(PlanAllocationTest, ContinuityIsKeptUnlessSomethingElseWouldGoWithout) {
  // u is new and only a may take it: a's other centre moves to b, although a had it.
  const AllocationRule rule{.prefer_same = true};
  std::vector<Person> people = {Of("a", 1), Of("b", 1)};
  std::vector<Task> tasks = {Give("t"), Give("u", "centres/2")};
  tasks[0].history = {"a"};
  Plan plan = PlanAllocation(rule, kDay, people, tasks);
  EXPECT_EQ(plan.placements[0].person, 0u);
  EXPECT_EQ(plan.placements[0].why, Grounds::kContinuity);
  people[1].conflicts = {{.centre = "centres/2"}};
  plan = PlanAllocation(rule, kDay, people, tasks);
  EXPECT_EQ(plan.placements[0].person, 1u);
  EXPECT_EQ(plan.placements[0].why, Grounds::kMadeRoom);
  EXPECT_EQ(plan.placements[1].person, 0u);
  EXPECT_EQ(plan.placements[1].why, Grounds::kOnlyOne);
  // Even if another has less to do.
  people = {Of("a", 9, 5), Of("b", 9)};
  tasks.resize(1);
  EXPECT_EQ(PlanAllocation(rule, kDay, people, tasks).placements[0].person, 0u);
  EXPECT_EQ(PlanAllocation({}, kDay, people, tasks).placements[0].why, Grounds::kLeastLoad);
}

TEST(PlanAllocationTest, RotationGoesBeforeContinuity) {
  std::vector<Task> tasks = {Give("t")};
  tasks[0].history = {"a", "a", "b"};
  const std::vector<Person> people = {Of("a", 9), Of("b", 9, 8)};
  AllocationRule rule{.prefer_same = true, .series_in_a_row_max = 3};
  EXPECT_EQ(PlanAllocation(rule, kDay, people, tasks).placements[0].person, 0u);
  rule.series_in_a_row_max = 2;
  const Plan plan = PlanAllocation(rule, kDay, people, tasks);
  EXPECT_EQ(plan.placements[0].person, 1u);
  EXPECT_EQ(plan.placements[0].standing.Of(kRotationDue), 1);
}

TEST(PlanAllocationTest, AFailureCountsEverybodyOnceAndNamesTheNearest) {
  std::vector<Person> people = {Of("a", 2, 2), Of("b", 1, 1), Of("c", 5), Of("d", 5), Of("e", 5)};
  people[2].conflicts = {{.centre = "centres/1"}};
  people[2].available = false;
  people[3].competences = {"components/other"};
  people[4].available = false;
  const Plan plan = PlanAllocation({}, kDay, people, std::vector<Task>{Give("t")});
  const Placement& nobody = plan.placements[0];
  EXPECT_EQ(nobody.person, std::nullopt);
  EXPECT_EQ(nobody.standing.Of(kFull), 2);
  EXPECT_EQ(nobody.standing.Of(kConflicted), 1);
  EXPECT_EQ(nobody.standing.Of(kNotCompetent), 1);
  EXPECT_EQ(nobody.standing.Of(kUnavailable), 1);
  EXPECT_EQ(nobody.nearest, 1u);  // Full as well, and has fewer.
  EXPECT_EQ(nobody.nearest_obstacles, kFull);
  EXPECT_EQ(Explain(nobody, people),
            "Of 5 moderators 0 could take it; 1 with a conflict, 1 not competent, 1 unavailable, "
            "2 without room. Nearest: moderators/b, who has no room.");
  const Plan none = PlanAllocation({}, kDay, {}, std::vector<Task>{Give("t")});
  EXPECT_THAT(Explain(none.placements[0], {}), HasSubstr("Of 0 moderators"));
}

// MOD-8: whoever is not qualified for the component gets none of its work, and is nearer to it than
// whoever does not know it.
TEST(PlanAllocationTest, WorkThatAsksForStandardisationGoesToWhoQualified) {
  std::vector<Person> people = {Of("a", 9), Of("b", 9, 8), Of("c", 9)};
  people[1].standardised = {"series/s/components/c"};
  people[2].competences = {"components/other"};
  std::vector<Task> tasks = {Give("t"), Give("u")};
  tasks[0].standardisation_needed = true;
  Plan plan = PlanAllocation({}, kDay, people, tasks);
  EXPECT_EQ(plan.placements[0].person, 1u);
  EXPECT_EQ(plan.placements[0].standing.Of(kNotStandardised), 1);
  EXPECT_EQ(plan.placements[1].person, 0u);
  people[1].standardised.clear();
  plan = PlanAllocation({}, kDay, people, tasks);
  EXPECT_EQ(plan.placements[0].person, std::nullopt);
  EXPECT_EQ(plan.placements[0].nearest, 0u);
  EXPECT_EQ(plan.placements[0].nearest_obstacles, kNotStandardised);
}

TEST(PlanAllocationTest, NothingToGiveIsNoPlan) {
  const Plan plan = PlanAllocation({}, kDay, std::vector<Person>{Of("a", 2, 1)}, {});
  EXPECT_TRUE(plan.placements.empty());
  EXPECT_EQ(plan.submissions, std::vector<std::int64_t>{1});
}

}  // namespace
}  // namespace assay::moderation
