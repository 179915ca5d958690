#include "services/moderation/allocation/balance.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

namespace assay::moderation {
namespace {

// Bounds on the work, reached only by plans that can hardly be evened out.
constexpr int kPassesMax = 100;
constexpr std::int64_t kStepsMax = 200'000'000;

class Spreader {
 public:
  explicit Spreader(Board& board) : board_(board), nobody_(board.words()) {}

  void Run() {
    std::vector<int> order(board_.people());
    std::iota(order.begin(), order.end(), 0);
    bool better = true;
    for (int pass = 0; better && pass < kPassesMax && steps_ < kStepsMax; ++pass) {
      std::sort(order.begin(), order.end(), [&](int a, int b) {
        const auto pa = board_.Pressure(a), pb = board_.Pressure(b);
        return pa != pb ? pa > pb : a < b;
      });
      better = false;
      barren_.assign(board_.people(), false);
      for (const int p : order) {
        while (steps_ < kStepsMax && (Move(p) || Swap(p) || Chain(p))) better = true;
      }
    }
  }

 private:
  struct Node {
    int person;
    int coming;  // -1: the first, who only gives.
    int parent;
    std::int64_t cost;  // Of all before this person.
  };

  // Whether taking load from p to q can pay at all.
  bool Downhill(int p, int q, std::int64_t load) const {
    return 2 * (board_.Pressure(p) - board_.Pressure(q)) >
           (board_.weight(p) + board_.weight(q)) * load;
  }

  // The best single move from p.
  bool Move(int p) {
    int best = -1, to = -1;
    std::int64_t best_cost = 0;
    for (const int t : board_.Has(p)) {
      if (board_.kept(t)) continue;
      steps_ += board_.words();
      const std::int64_t load = board_.LoadOf(t);
      const std::int64_t saved = board_.CostOf(p, -load);
      board_.AnyWhoMay(t, nobody_, [&](int q) {
        ++steps_;
        if (q == p || !Downhill(p, q, load) || !board_.Room(q, t)) return false;
        const std::int64_t cost = saved + board_.CostOf(q, load);
        if (cost < best_cost) best = t, to = q, best_cost = cost;
        return false;
      });
    }
    if (best < 0) return false;
    Shift(best, to);
    return true;
  }

  // A task of p's for a smaller one of somebody with less.
  bool Swap(int p) {
    int mine = -1, theirs = -1;
    std::int64_t best_cost = 0;
    for (const int t : board_.Has(p)) {
      if (board_.kept(t)) continue;
      steps_ += board_.words();
      board_.AnyWhoMay(t, nobody_, [&](int q) {
        ++steps_;
        if (q == p || !Downhill(p, q, 1)) return false;
        for (const int u : board_.Has(q)) {
          ++steps_;
          const std::int64_t change = board_.LoadOf(t) - board_.LoadOf(u);
          if (change <= 0 || board_.kept(u) || !board_.May(u, p)) continue;
          if (!board_.Room(q, t, u) || !board_.Room(p, u, t)) continue;
          const std::int64_t cost = board_.CostOf(p, -change) + board_.CostOf(q, change);
          if (cost < best_cost) mine = t, theirs = u, best_cost = cost;
        }
        return false;
      });
    }
    if (mine < 0) return false;
    const int q = board_.at(theirs);
    Shift(mine, q);
    Shift(theirs, p);
    return true;
  }

  // p gives to somebody, who gives to somebody else …, to one who has less.
  bool Chain(int p) {
    if (barren_[p] || !LeadsAnywhere(p)) return false;
    closed_ = nobody_;
    closed_[p / 64] |= std::uint64_t{1} << (p % 64);
    nodes_.assign(1, {p, -1, -1, 0});
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      if (Extend(static_cast<int>(n))) {
        for (int at = static_cast<int>(nodes_.size()) - 1; at > 0; at = nodes_[at].parent) {
          Shift(nodes_[at].coming, nodes_[at].person);
        }
        return true;
      }
    }
    // Whoever p reaches reaches nobody whom p does not, and has less to give.
    for (const Node& node : nodes_) {
      if (board_.Pressure(node.person) <= board_.Pressure(p)) barren_[node.person] = true;
    }
    return false;
  }
  // Whether anybody has so much less that the smallest of p's tasks would make it more even.
  bool LeadsAnywhere(int p) const {
    std::int64_t smallest = std::numeric_limits<std::int64_t>::max();
    for (const int t : board_.Has(p)) {
      if (!board_.kept(t)) smallest = std::min(smallest, board_.LoadOf(t));
    }
    if (smallest == std::numeric_limits<std::int64_t>::max()) return false;
    for (int q = 0; q < board_.people(); ++q) {
      if (Downhill(p, q, smallest)) return true;
    }
    return false;
  }
  bool Extend(int n) {
    const Node node = nodes_[n];
    for (const int t : board_.Has(node.person)) {
      if (board_.kept(t)) continue;
      if (node.coming >= 0 && !board_.Room(node.person, node.coming, t)) continue;
      steps_ += board_.words();
      const std::int64_t coming = node.coming < 0 ? 0 : board_.LoadOf(node.coming);
      const std::int64_t cost = node.cost + board_.CostOf(node.person, coming - board_.LoadOf(t));
      const bool found = board_.AnyWhoMay(t, closed_, [&](int q) {
        ++steps_;
        closed_[q / 64] |= std::uint64_t{1} << (q % 64);
        nodes_.push_back({q, t, n, cost});
        return board_.Room(q, t) && cost + board_.CostOf(q, board_.LoadOf(t)) < 0;
      });
      if (found) return true;
    }
    return false;
  }

  void Shift(int t, int to) {
    board_.Put(t, to);
    board_.SetMadeRoom(t, false);
  }

  Board& board_;
  const std::vector<std::uint64_t> nobody_;
  std::vector<std::uint64_t> closed_;
  std::vector<Node> nodes_;
  std::vector<bool> barren_;  // Chains from them lead nowhere; until the next pass.
  std::int64_t steps_ = 0;
};

}  // namespace

void SpreadLoad(Board& board) { Spreader(board).Run(); }

}  // namespace assay::moderation
