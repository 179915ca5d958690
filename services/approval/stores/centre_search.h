// Finding centres by words: as typed, and spelled nearly so.
//
// Tested on both engines. `reach` as in store.h. What is merged into another centre has no words,
// so it is found as that one.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/approval/store.h"

namespace assay::platform {
class Transaction;
}

namespace assay::approval {

struct CentreQuery {
  std::vector<std::string> words;  // Folded, sorted, each once; not empty.
  std::string name;                // All of them as WordsOf has a whole name.
  bool include_approximate = false;
};

struct SearchPage {
  std::vector<std::string> centres;  // Ids, best first.
  int exact_count = 0;               // How many of them match as typed.
  std::string next;                  // Empty at the end.
};

inline constexpr int kApproximateMax = 1000;

class CentreSearch {
 public:
  // Makes words known to the search for near spellings. To be called with what is written to
  // centre_words. ALREADY_EXISTS, without a reason, if another transaction did so meanwhile.
  absl::Status Learn(platform::Transaction& tx, std::string_view tenant,
                     std::span<const std::string> words);

  // First the centres with that whole name, then those with each word, then those of which each
  // word begins a word, each in id order; then, if asked for or if there is nothing yet, those
  // with words spelled nearly so, the nearest first.
  //
  // `after` is SearchPage::next. A page takes no longer among more centres, unless its words are
  // all common and hardly ever together: then their centres are gone through. Near spellings are
  // looked for among the kApproximateMax centres of the rarest word that are nearest to it.
  absl::StatusOr<SearchPage> Search(platform::Transaction& tx, const Reach& reach,
                                    const CentreQuery& query, std::string_view after, int limit);
};

}  // namespace assay::approval
