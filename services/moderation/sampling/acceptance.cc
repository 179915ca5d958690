#include "services/moderation/sampling/acceptance.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace assay::moderation {
namespace {

constexpr std::array<Aql, 26> kAqls = {
    10,     15,     25,      40,      65,      100,     150,     250,      400,
    650,    1'000,  1'500,   2'500,   4'000,   6'500,   10'000,  15'000,   25'000,
    40'000, 65'000, 100'000, 150'000, 250'000, 400'000, 650'000, 1'000'000};

constexpr std::array<std::string_view, kInspectionLevels> kLevelNames = {"S-1", "S-2", "S-3", "S-4",
                                                                         "I",   "II",  "III"};
constexpr std::array<std::string_view, kInspections> kInspectionNames = {"normal", "tightened",
                                                                         "reduced"};

constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRS";

// The letters of the seven levels, by the largest lot they serve.
struct LotRow {
  std::int64_t lot_max;
  std::string_view letters;
};
constexpr LotRow kLots[] = {{8, "AAAAAAB"},       {15, "AAAAABC"},      {25, "AABBBCD"},
                            {50, "ABBCCDE"},      {90, "BBCCCEF"},      {150, "BBCDDFG"},
                            {280, "BCDEEGH"},     {500, "BCDEFHJ"},     {1'200, "CCEFGJK"},
                            {3'200, "CDEGHKL"},   {10'000, "CDFGJLM"},  {35'000, "CDFHKMN"},
                            {150'000, "DEGJLNP"}, {500'000, "DEGJMPQ"}, {INT64_MAX, "DEHKNQR"}};

constexpr int kUp = -1;
constexpr int kDown = -2;

// Letter and quality level (both counted from 0) add up to the diagonal. Before the first one an
// arrow leads down, behind the last one up.
struct Master {
  std::array<std::int64_t, 17> sizes;  // By letter.
  int first;                           // Diagonal of the first entry.
  std::array<int, 14> accept;          // Or an arrow.
  std::array<int, 14> reject;
};

constexpr Master kNormal = {
    {2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 0},
    14,
    {0, kUp, kDown, 1, 2, 3, 5, 7, 10, 14, 21, 30, 44, kUp},
    {1, 0, 0, 2, 3, 4, 6, 8, 11, 15, 22, 31, 45, 0}};
constexpr Master kTightened = {
    {2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150},
    15,
    {0, kDown, kDown, 1, 2, 3, 5, 8, 12, 18, 27, 41, kUp, kUp},
    {1, 0, 0, 2, 3, 4, 6, 9, 13, 19, 28, 42, 0, 0}};
constexpr Master kReduced = {{2, 2, 2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 0},
                             14,
                             {0, kUp, kDown, 0, 1, 1, 2, 3, 5, 7, 10, 14, 21, 30},
                             {1, 0, 0, 2, 3, 4, 5, 6, 8, 10, 13, 17, 24, 31}};

const Master& MasterOf(Inspection inspection) {
  switch (inspection) {
    case Inspection::kTightened:
      return kTightened;
    case Inspection::kReduced:
      return kReduced;
    case Inspection::kNormal:
      break;
  }
  return kNormal;
}

// The largest acceptance numbers belong to the first five letters only.
constexpr int kLastOfAllLetters = 24;
constexpr int kFewLetters = 5;
// And the very last one to those that share a sample.
constexpr int kLastOfFewLetters = 26;
// Where the first three letters' reduced samples hold two each, they share the third's acceptance
// numbers, but not what lies between accepting and rejecting: nothing for the first, and for the
// second one number up to the quality level of 65.
constexpr int kSharedFrom = 17;
constexpr int kSharedLetter = 2;
constexpr int kWideUpTo = 19;
// At 10 and above the smallest tightened sample accepts none no more.
constexpr int kTightenedZeroUpTo = 14;

int EntryAt(const Master& master, int letter, int level) {
  const int diagonal = letter + level;
  if (diagonal < master.first) return kDown;
  if (&master == &kTightened && diagonal == master.first && level > kTightenedZeroUpTo) {
    return kDown;
  }
  if (diagonal > kLastOfAllLetters && letter >= kFewLetters) return kUp;
  if (diagonal > kLastOfFewLetters && letter > kSharedLetter) return kUp;
  const int entry = diagonal - master.first;
  return entry < static_cast<int>(master.accept.size()) ? master.accept[entry] : kUp;
}

// Follows arrows from `letter` in the column of `level` until a plan is found.
int FollowArrows(const Master& master, int letter, int level) {
  int direction = 0;
  for (int at = letter;;) {
    const int entry = EntryAt(master, at, level);
    if (entry >= 0) return at;
    if (direction == 0) direction = entry == kUp ? -1 : 1;
    at += direction;
    // A column that ends without a plan is searched the other way.
    if (at < 0 || at >= static_cast<int>(master.sizes.size()) || master.sizes[at] == 0) {
      direction = -direction;
      at = letter;
      while (EntryAt(master, at, level) < 0) at += direction;
      return at;
    }
  }
}

}  // namespace

std::string_view NameOf(InspectionLevel level) { return kLevelNames[static_cast<int>(level)]; }
std::string_view NameOf(Inspection inspection) {
  return kInspectionNames[static_cast<int>(inspection)];
}

std::span<const Aql> Aqls() { return kAqls; }

std::vector<std::string> Contradictions(const AcceptanceSampling& design) {
  if (std::find(kAqls.begin(), kAqls.end(), design.aql) != kAqls.end()) return {};
  return {absl::StrCat("the quality level of ", design.aql,
                       " thousandths is not one of the tables (0.010, 0.015, 0.025, 0.040, 0.065 "
                       "and their decades, up to 1000)")};
}

char CodeLetter(InspectionLevel level, std::int64_t lot) {
  for (const LotRow& row : kLots) {
    if (lot <= row.lot_max) return row.letters[static_cast<int>(level)];
  }
  return kLetters.back();
}

AcceptancePlan PlanFor(const AcceptanceSampling& design, std::int64_t lot) {
  AcceptancePlan plan{.letter = CodeLetter(design.level, lot)};
  const Master& master = MasterOf(design.inspection);
  const auto level = static_cast<int>(std::lower_bound(kAqls.begin(), kAqls.end() - 1, design.aql) -
                                      kAqls.begin());
  auto letter = static_cast<int>(kLetters.find(plan.letter));
  const bool shares = &master == &kReduced && level >= kSharedFrom && letter < kSharedLetter;
  const int margin = letter == 1 && level <= kWideUpTo ? 2 : 1;
  if (shares) letter = kSharedLetter;
  letter = FollowArrows(master, letter, level);
  const int entry = letter + level - master.first;
  plan.size = master.sizes[letter];
  plan.accept = master.accept[entry];
  plan.reject = shares ? plan.accept + margin : master.reject[entry];
  return plan;
}

}  // namespace assay::moderation
