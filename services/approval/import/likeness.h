// Whether two centres may be one, how likely, and why.
//
// Names come folded (platform::Words), because folding is not this room's business.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "services/approval/model.h"

namespace assay::approval {

// What is held against another.
struct Likely {
  Establishment facts;
  std::vector<std::string> names;  // Folded words parted by a space, without kLeftOut, sorted.
};

struct Likeness {
  int score = 0;  // 0: nothing speaks for it; else 1 to 99.
  std::vector<std::string> reasons;

  friend bool operator==(const Likeness&, const Likeness&) = default;
};

// "the bournemouth and poole college", "bournemouth and poole college the" → one key.
std::string NameKey(std::vector<std::string> words);

// Of the trigrams of two keys, how many in a hundred are in both (Dice).
int Similarity(std::string_view a, std::string_view b);

// Two that a register tells apart by its own numbers are never found by their names.
Likeness Compare(const Likely& a, const Likely& b);

}  // namespace assay::approval
