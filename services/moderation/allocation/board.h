// Who has what while a plan is made (plan.h). People and tasks are numbered in the order of their
// ids and names, so that a plan does not depend on the order in which they came.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/moderation/allocation/rule.h"

namespace assay::moderation {

class Board {
 public:
  // All outlive it.
  Board(const AllocationRule& rule, std::span<const Person> people, std::span<const Task> tasks);

  int people() const { return static_cast<int>(people_.size()); }
  int tasks() const { return static_cast<int>(tasks_.size()); }
  const Person& person(int p) const { return *people_[p]; }
  const Task& task(int t) const { return *tasks_[t]; }
  std::size_t OriginalPerson(int p) const { return people_[p] - first_person_; }
  std::size_t OriginalTask(int t) const { return tasks_[t] - first_task_; }
  int Find(std::string_view id) const;  // -1: nobody.
  int FindSubject(std::string_view subject) const;

  // Lets those take the task in whose way nothing stands.
  void Allow(int t, std::span<const Obstacles> obstacles);
  bool May(int t, int p) const { return (Words(t)[p / 64] >> (p % 64) & 1) != 0; }
  int CountMay(int t) const;
  int words() const { return words_; }
  std::span<const std::uint64_t> Words(int t) const {
    return {may_.data() + static_cast<std::size_t>(t) * words_, static_cast<std::size_t>(words_)};
  }
  // Calls visit(p) for each who may take the task and is not in `closed`; stops at true.
  template <typename Visit>
  bool AnyWhoMay(int t, std::span<const std::uint64_t> closed, Visit visit) const {
    const auto may = Words(t);
    for (int w = 0; w < words_; ++w) {
      for (std::uint64_t left = may[w] & ~closed[w]; left != 0; left &= left - 1) {
        if (visit(w * 64 + __builtin_ctzll(left))) return true;
      }
    }
    return false;
  }

  // Whether p, or p without `leaving` (-1: nothing leaves), has room for `coming`.
  bool Room(int p, int coming, int leaving = -1) const;
  // Whoever should have it again; -1 if the policy does not say so or they may not take it.
  int Wished(int t) const;
  // Who takes it at the least cost; -1: nobody has room.
  int Cheapest(int t) const;

  // The cost of a load grows with its square, so that the next thing goes to whoever has less.
  // `change` is in loads (LoadOf).
  std::int64_t CostOf(int p, std::int64_t change) const {
    const std::int64_t load = load_[p] + change;
    return weight_[p] * (load * load - load_[p] * load_[p]);
  }
  // What one more costs, halved; falls from one person to another if moving can pay.
  std::int64_t Pressure(int p) const { return weight_[p] * load_[p]; }
  std::int64_t weight(int p) const { return weight_[p]; }
  std::int64_t LoadOf(int t) const {
    return rule_.measure == AllocationRule::Measure::kScripts ? tasks_[t]->scripts : 1;
  }

  void Put(int t, int p);  // Takes it from whoever has it.
  void Keep(int t, int p) {
    Put(t, p);
    kept_[t] = true;
  }
  void Release(int t) { kept_[t] = false; }
  void SetMadeRoom(int t, bool made) { made_room_[t] = made; }
  int at(int t) const { return at_[t]; }
  bool kept(int t) const { return kept_[t]; }
  bool made_room(int t) const { return made_room_[t]; }
  std::span<const int> Has(int p) const { return has_[p]; }
  std::int64_t submissions(int p) const { return submissions_[p]; }
  std::int64_t scripts(int p) const { return scripts_[p]; }

 private:
  const AllocationRule& rule_;
  const Person* first_person_;
  const Task* first_task_;
  std::vector<const Person*> people_;
  std::vector<const Task*> tasks_;
  std::unordered_map<std::string_view, int> by_id_;
  std::unordered_map<std::string_view, int> by_subject_;
  int words_;
  std::vector<std::uint64_t> may_;
  std::vector<std::int64_t> weight_;
  std::vector<std::int64_t> load_;
  std::vector<std::int64_t> submissions_;
  std::vector<std::int64_t> scripts_;
  std::vector<int> at_;
  std::vector<int> slot_;  // Where in has_[at_[t]] the task is.
  std::vector<bool> kept_;
  std::vector<bool> made_room_;
  std::vector<std::vector<int>> has_;
};

}  // namespace assay::moderation
