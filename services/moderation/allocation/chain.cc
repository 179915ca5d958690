#include "services/moderation/allocation/chain.h"

#include <algorithm>
#include <limits>

namespace assay::moderation {

Chains::Chains(Board& board)
    : board_(board),
      dead_(board.words()),
      dead_smallest_(board.people(), std::numeric_limits<std::int64_t>::max()) {}

bool Chains::Give(int t) {
  if (!Search(t, /*break_kept=*/false) && !Search(t, /*break_kept=*/true)) {
    Bury();
    return false;
  }
  Apply();
  return true;
}

bool Chains::Search(int t, bool break_kept) {
  nodes_.clear();
  closed_ = dead_;
  smallest_ = dead_smallest_;
  if (Extend(t, -1)) return true;
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const Node node = nodes_[n];
    for (const int leaving : board_.Has(node.person)) {
      if (board_.kept(leaving) && !break_kept) continue;
      if (!board_.Room(node.person, node.coming, leaving)) continue;
      if (Extend(leaving, static_cast<int>(n))) return true;
    }
  }
  return false;
}

bool Chains::Extend(int t, int parent) {
  const std::int64_t scripts = board_.task(t).scripts;
  return board_.AnyWhoMay(t, closed_, [&](int p) {
    if (board_.person(p).script_capacity == 0) {
      closed_[p / 64] |= std::uint64_t{1} << (p % 64);
    } else {
      if (scripts >= smallest_[p] || IsOnChain(p, parent)) return false;
      smallest_[p] = scripts;
    }
    nodes_.push_back({p, t, parent});
    return board_.Room(p, t);
  });
}

bool Chains::IsOnChain(int p, int node) const {
  for (; node >= 0; node = nodes_[node].parent) {
    if (nodes_[node].person == p) return true;
  }
  return false;
}

void Chains::Apply() {
  // From the end, so that everybody gives before they take.
  for (int n = static_cast<int>(nodes_.size()) - 1; n >= 0; n = nodes_[n].parent) {
    board_.Release(nodes_[n].coming);
    board_.Put(nodes_[n].coming, nodes_[n].person);
    board_.SetMadeRoom(nodes_[n].coming, true);
  }
}

void Chains::Bury() {
  dead_ = closed_;
  dead_smallest_ = smallest_;
}

}  // namespace assay::moderation
