#include "services/approval/commands/find_duplicates.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "services/approval/search.h"
#include "services/approval/stores/centre_sources.h"
#include "services/approval/stores/duplicates.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {
namespace {

using Pair = std::pair<std::string, std::string>;

// A name or postcode of more centres than this tells nothing.
constexpr std::size_t kSharedMax = 50;

Pair PairOf(const std::string& a, const std::string& b) { return a < b ? Pair(a, b) : Pair(b, a); }

// The key by which another centre would find a centre of `keys`: a name counts only if one of the
// two has no postcode, so one that has a postcode asks for those without.
std::string Asked(const std::string& key, bool has_postcode) {
  constexpr std::string_view kName = "nm:";
  if (key.starts_with("np:")) return "";
  if (key.starts_with(kName) && has_postcode) return "np:" + key.substr(kName.size());
  return key;
}

absl::StatusOr<std::set<Pair>> Candidates(const Work& work, std::span<const KeyedCentre> written) {
  std::map<std::string, std::vector<std::string>> asking;
  for (const KeyedCentre& keyed : written) {
    for (const std::string& key : keyed.keys) {
      const std::string asked = Asked(key, !keyed.centre.facts.postcode.empty());
      if (!asked.empty()) asking[asked].push_back(keyed.centre.id);
    }
  }
  std::vector<std::string> keys;
  for (const auto& [key, centres] : asking) keys.push_back(key);
  ASSIGN_OR_RETURN(const auto found,
                   CentreSourceStore().FindKeys(work.tx, work.reach.tenant, keys));
  std::set<Pair> pairs;
  for (const auto& [key, owners] : found) {
    if (owners.size() > kSharedMax) continue;
    for (const std::string& asker : asking[key]) {
      for (const std::string& owner : owners) {
        if (asker != owner) pairs.insert(PairOf(asker, owner));
      }
    }
  }
  return pairs;
}

// What each centre of `pairs` is held against others by.
absl::StatusOr<std::map<std::string, Likely>> LikelyOfAll(const Work& work,
                                                          std::span<const KeyedCentre> written,
                                                          const std::set<Pair>& pairs) {
  std::map<std::string, const Centre*> known;
  for (const KeyedCentre& keyed : written) known[keyed.centre.id] = &keyed.centre;
  std::set<std::string> unknown;
  std::map<std::string, Likely> likely;
  for (const auto& [first, second] : pairs) {
    for (const std::string& id : {first, second}) {
      const auto it = known.find(id);
      if (it == known.end()) {
        unknown.insert(id);
      } else if (!likely.contains(id)) {
        likely.emplace(id, LikelyOf(it->second->facts));
      }
    }
  }
  const std::vector<std::string> ids(unknown.begin(), unknown.end());
  ASSIGN_OR_RETURN(const auto others,
                   work.context.store.FindCentres(work.tx, work.reach.tenant, ids));
  for (const auto& [id, centre] : others) likely.emplace(id, LikelyOf(centre.facts));
  return likely;
}

}  // namespace

absl::Status FindDuplicates(const Work& work, std::span<const KeyedCentre> written) {
  if (written.empty()) return absl::OkStatus();
  DuplicateStore store;
  std::vector<std::string> ids;
  for (const KeyedCentre& keyed : written) ids.push_back(keyed.centre.id);
  ASSIGN_OR_RETURN(const std::vector<Duplicate> stored,
                   store.PairsOf(work.tx, work.reach.tenant, ids));
  std::map<Pair, Duplicate> before;
  for (const Duplicate& pair : stored) before.emplace(Pair(pair.first, pair.second), pair);
  ASSIGN_OR_RETURN(const std::set<Pair> pairs, Candidates(work, written));
  ASSIGN_OR_RETURN(const auto likely, LikelyOfAll(work, written, pairs));
  for (const Pair& ends : pairs) {
    const auto a = likely.find(ends.first);
    const auto b = likely.find(ends.second);
    if (a == likely.end() || b == likely.end()) continue;
    const Likeness likeness = Compare(a->second, b->second);
    if (likeness.score == 0) continue;
    const auto known = before.find(ends);
    if (known == before.end() ||
        (known->second.state == DuplicateState::kOpen &&
         (known->second.score != likeness.score || known->second.reasons != likeness.reasons))) {
      Duplicate pair;
      pair.first = ends.first;
      pair.second = ends.second;
      pair.score = likeness.score;
      pair.reasons = likeness.reasons;
      RETURN_IF_ERROR(store.Put(work.tx, work.reach.tenant, pair));
    }
    before.erase(ends);
  }
  for (const auto& [ends, pair] : before) {
    if (pair.state != DuplicateState::kOpen) continue;
    RETURN_IF_ERROR(store.Remove(work.tx, work.reach.tenant, ends.first, ends.second));
  }
  return absl::OkStatus();
}

}  // namespace assay::approval
