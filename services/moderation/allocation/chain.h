// Finds a place for a task when everybody who may take it is full: somebody gives one of theirs
// to somebody else, who gives one of theirs …, until there is room at the end. With capacities in
// submissions these are the augmenting paths of bipartite matching, so that a task stays without a
// moderator only if no plan whatever gives more away.
#pragma once
#include <cstdint>
#include <vector>

#include "services/moderation/allocation/board.h"

namespace assay::moderation {

class Chains {
 public:
  explicit Chains(Board& board);

  // False if there is no such chain. Takes tasks from who had them before only if it must.
  bool Give(int t);

 private:
  // `person` takes `coming`; `parent` is who gave it up.
  struct Node {
    int person;
    int coming;
    int parent;
  };

  bool Search(int t, bool break_kept);
  // Adds who may take the task next; true if the last one added has room.
  bool Extend(int t, int parent);
  bool IsOnChain(int p, int node) const;
  void Apply();
  // After a search in vain nobody whom it reached can ever make room again.
  void Bury();

  Board& board_;
  std::vector<Node> nodes_;
  // Whom a search need not visit again. Whoever has a capacity in scripts may be visited again for
  // a smaller task than before; everybody else is visited once.
  std::vector<std::uint64_t> closed_, dead_;
  std::vector<std::int64_t> smallest_, dead_smallest_;
};

}  // namespace assay::moderation
