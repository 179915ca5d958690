#include "services/moderation/allocation/board.h"

#include <algorithm>
#include <bit>

namespace assay::moderation {
namespace {

// Weights are whole shares of it. The cost of a million scripts with a capacity of one, and of ten
// million with one of a thousand, is below what 64 bits hold.
constexpr std::int64_t kWeight = 1'000'000;

template <typename Item, typename Key>
std::vector<const Item*> InOrder(std::span<const Item> items, Key key) {
  std::vector<const Item*> order;
  order.reserve(items.size());
  for (const Item& item : items) order.push_back(&item);
  std::sort(order.begin(), order.end(),
            [&](const Item* a, const Item* b) { return key(*a) < key(*b); });
  return order;
}

}  // namespace

Board::Board(const AllocationRule& rule, std::span<const Person> people,
             std::span<const Task> tasks)
    : rule_(rule),
      first_person_(people.data()),
      first_task_(tasks.data()),
      people_(InOrder(people, [](const Person& p) -> const std::string& { return p.id; })),
      tasks_(InOrder(tasks, [](const Task& t) -> const std::string& { return t.name; })),
      words_(static_cast<int>(people.size() / 64 + 1)),
      may_(tasks.size() * words_),
      at_(tasks.size(), -1),
      slot_(tasks.size()),
      kept_(tasks.size()),
      made_room_(tasks.size()),
      has_(people.size()) {
  const bool scripts = rule.measure == AllocationRule::Measure::kScripts;
  for (const Person* person : people_) {
    by_id_[person->id] = static_cast<int>(weight_.size());
    by_subject_[person->subject] = static_cast<int>(weight_.size());
    const bool equal = rule.balance == AllocationRule::Balance::kEqual;
    weight_.push_back(equal ? 1 : kWeight / std::clamp<std::int64_t>(person->capacity, 1, kWeight));
    submissions_.push_back(person->submissions);
    scripts_.push_back(person->scripts);
    load_.push_back(scripts ? person->scripts : person->submissions);
  }
}

int Board::Find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? -1 : found->second;
}

int Board::FindSubject(std::string_view subject) const {
  const auto found = by_subject_.find(subject);
  return found == by_subject_.end() ? -1 : found->second;
}

void Board::Allow(int t, std::span<const Obstacles> obstacles) {
  std::uint64_t* may = may_.data() + static_cast<std::size_t>(t) * words_;
  for (int p = 0; p < people(); ++p) {
    if (obstacles[p] == 0) may[p / 64] |= std::uint64_t{1} << (p % 64);
  }
}

int Board::CountMay(int t) const {
  int count = 0;
  for (const std::uint64_t word : Words(t)) count += std::popcount(word);
  return count;
}

bool Board::Room(int p, int coming, int leaving) const {
  const Person& person = *people_[p];
  std::int64_t submissions = submissions_[p] + 1;
  std::int64_t scripts = scripts_[p] + tasks_[coming]->scripts;
  if (leaving >= 0) {
    submissions -= 1;
    scripts -= tasks_[leaving]->scripts;
  }
  return submissions <= person.capacity &&
         (person.script_capacity == 0 || scripts <= person.script_capacity);
}

int Board::Wished(int t) const {
  if (!rule_.prefer_same || tasks_[t]->history.empty()) return -1;
  const int p = Find(tasks_[t]->history.front());
  return p >= 0 && May(t, p) ? p : -1;
}

int Board::Cheapest(int t) const {
  const std::vector<std::uint64_t> nobody(words_);
  int best = -1;
  std::int64_t best_cost = 0;
  AnyWhoMay(t, nobody, [&](int p) {
    if (!Room(p, t)) return false;
    const std::int64_t cost = CostOf(p, LoadOf(t));
    if (best < 0 || cost < best_cost) {
      best = p;
      best_cost = cost;
    }
    return false;
  });
  return best;
}

void Board::Put(int t, int p) {
  const std::int64_t scripts = tasks_[t]->scripts;
  if (const int from = at_[t]; from >= 0) {
    has_[from][slot_[t]] = has_[from].back();
    slot_[has_[from].back()] = slot_[t];
    has_[from].pop_back();
    --submissions_[from];
    scripts_[from] -= scripts;
    load_[from] -= LoadOf(t);
  }
  at_[t] = p;
  slot_[t] = static_cast<int>(has_[p].size());
  has_[p].push_back(t);
  ++submissions_[p];
  scripts_[p] += scripts;
  load_[p] += LoadOf(t);
}

}  // namespace assay::moderation
