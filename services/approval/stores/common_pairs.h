// Which common words stand together in a name, and about where: so that a search for words of which
// each is common, and which are hardly ever together, need not go through their centres.
//
// A word of more than kRareMax centres becomes common, which is noticed when a centre with it is
// written; a word that is common already and is not known here only makes searches slower. For each
// pair of common words of a centre its block is kept, that is its id without the last two letters:
// about a hundred neighbours. Pairs are never taken away, so a block may have no such centre any
// more, and whoever searches looks for himself. Tested by centre_search_test.cc.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace assay::platform {
class Transaction;
}

namespace assay::approval {

struct IndexedCentre;

// A word of more centres than this is common.
inline constexpr std::int64_t kRareMax = 2000;

// The smaller word first.
using WordPair = std::pair<std::string, std::string>;

class CommonPairs {
 public:
  // To be called after the centres' words have been written.
  absl::Status Learn(platform::Transaction& tx, std::string_view tenant,
                     std::span<const IndexedCentre> centres);

  // The common words from `from` to `to`, both of them included; at most `limit`.
  absl::StatusOr<std::vector<std::string>> WordsFrom(platform::Transaction& tx,
                                                     std::string_view tenant, std::string_view from,
                                                     std::string_view to, int limit);

  // Blocks that have any of `pairs`, in order; only those that may have centres after `after`.
  // Where a pair has more than `limit`, not those after the last of them.
  struct Blocks {
    std::vector<std::string> blocks;
    bool all = true;
  };
  absl::StatusOr<Blocks> BlocksOfAny(platform::Transaction& tx, std::string_view tenant,
                                     std::span<const WordPair> pairs, std::string_view after,
                                     int limit);
  // The same of those that have each of `pairs`.
  absl::StatusOr<Blocks> BlocksOfEach(platform::Transaction& tx, std::string_view tenant,
                                      std::span<const WordPair> pairs, std::string_view after,
                                      int limit);

  // After all ids of a block, and before those of the next.
  static std::string EndOf(const std::string& block) { return block + "~"; }
};

}  // namespace assay::approval
