#include "services/approval/stores/centre_search.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/approval/spelling/spelling.h"
#include "services/approval/stores/common_pairs.h"
#include "services/approval/stores/in_list.h"
#include "services/approval/stores/rows.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/database.h"

namespace assay::approval {
namespace {

using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;

// Going through the centres meets common words soon; if all of these have gone by without a page
// full, the words are seldom together.
constexpr std::int64_t kPassedMax = 2000;
// What is looked at of pairs of common words before their centres are gone through after all.
constexpr int kBlocksPerRead = 256;
constexpr int kCommonBeginningsMax = 8;
constexpr std::int64_t kBesidesMax = 200;
// The most words that stand in for one that was typed.
constexpr std::size_t kNearWordsMax = 64;
constexpr std::size_t kFewWords = 32;

constexpr std::string_view kWordColumns[] = {"tenant", "word"};
constexpr std::string_view kFormColumns[] = {"tenant", "form", "word"};

// How a centre agrees with what was typed, the best first; then come near spellings.
enum class Tier { kWholeName, kWholeWords, kBeginnings, kNear };

// Where a page begins: "1:urn-100000" after that centre among those with whole words,
// "3:2:urn-100000" after it among those two letters away.
struct Place {
  Tier tier = Tier::kWholeName;
  int cost = 0;
  std::string centre;

  static Place From(std::string_view text) {
    Place place;
    if (text.empty()) return place;
    place.tier = static_cast<Tier>(std::clamp(text[0] - '0', 0, 3));
    text.remove_prefix(std::min<std::size_t>(2, text.size()));
    if (place.tier == Tier::kNear) {
      const std::size_t colon = std::min(text.find(':'), text.size());
      if (!absl::SimpleAtoi(View(text.substr(0, colon)), &place.cost)) place.cost = 0;
      text.remove_prefix(std::min(colon + 1, text.size()));
    }
    place.centre = text;
    return place;
  }
  static std::string After(Tier tier, const std::string& centre) {
    return absl::StrCat(static_cast<int>(tier), ":", centre);
  }
  static std::string AfterNear(int cost, const std::string& centre) {
    return absl::StrCat(static_cast<int>(Tier::kNear), ":", cost, ":", centre);
  }
};

// A word that was typed and the words that it may stand for.
struct Term {
  std::string word;
  std::string end;                                // The first word that does not begin with it.
  std::vector<std::pair<std::string, int>> near;  // With their distance; nearest first.
  // How many centres have a word that begins with it, and it as a word; up to what is common.
  std::int64_t rows = 0;
  std::int64_t whole_rows = 0;
};

// One search in one transaction.
class Searching {
 public:
  Searching(Transaction& tx, const Reach& reach, const CentreQuery& query)
      : tx_(tx), reach_(reach), query_(query) {
    for (const std::string& word : query.words) {
      terms_.push_back({word, AfterAllThatBegin(word), {}});
    }
  }

  absl::StatusOr<SearchPage> Run(std::string_view after, int limit) {
    const Place place = Place::From(after);
    SearchPage page;
    RETURN_IF_ERROR(CountTyped());
    for (Tier tier = place.tier; tier < Tier::kNear && page.next.empty();
         tier = static_cast<Tier>(static_cast<int>(tier) + 1)) {
      const int room = limit - static_cast<int>(page.centres.size());
      std::vector<std::string> found;
      RETURN_IF_ERROR(FindTyped(tier, tier == place.tier ? place.centre : "", room + 1, found));
      if (static_cast<int>(found.size()) > room) {
        found.resize(room);
        page.next = Place::After(tier, room > 0 ? found.back() : "");
      }
      page.centres.insert(page.centres.end(), found.begin(), found.end());
    }
    page.exact_count = static_cast<int>(page.centres.size());
    if (!page.next.empty()) return page;
    const bool nothing_typed = after.empty() && page.centres.empty();
    if (query_.include_approximate || nothing_typed || place.tier == Tier::kNear) {
      RETURN_IF_ERROR(FindNear(place, limit, page));
    }
    return page;
  }

 private:
  // How many centres each word leads to, up to what is common.
  absl::Status CountTyped() {
    for (Term& term : terms_) {
      RETURN_IF_ERROR(Count(term.word, term.end, term.rows));
      RETURN_IF_ERROR(Count(term.word, term.word, term.whole_rows));
    }
    return absl::OkStatus();
  }

  absl::Status Count(const std::string& from, const std::string& to, std::int64_t& rows) {
    return tx_.Query(
        "SELECT COUNT(*) FROM (SELECT 1 FROM centre_words WHERE tenant = $1 AND word >= $2 AND "
        "word <= $3 LIMIT $4) AS counted",
        {reach_.tenant, from, to, kRareMax + 1}, [&](const SqlRow& row) {
          rows = row.Int(0);
          return absl::OkStatus();
        });
  }

  // The term with the fewest centres; of two alike the longer, which is the rarer as a rule.
  const Term& Rarest(std::int64_t Term::*rows) const {
    return *std::min_element(terms_.begin(), terms_.end(), [&](const Term& a, const Term& b) {
      return std::tuple(a.*rows, b.word.size()) < std::tuple(b.*rows, a.word.size());
    });
  }

  // " AND EXISTS (… a word of the centre that is this one)".
  static std::string HasWord(const std::string& tenant, const std::string& word) {
    return absl::StrCat("EXISTS (SELECT 1 FROM centre_words w WHERE w.tenant = ", tenant,
                        " AND w.centre = d.centre AND w.word = ", word, ")");
  }

  std::string HasAllWords(Parameters& parameters, const std::string& tenant,
                          const Term* but) const {
    std::string all;
    for (const Term& term : terms_) {
      if (&term == but) continue;
      const std::string word = parameters.Bind(term.word);
      absl::StrAppend(&all, all.empty() ? "" : " AND ", HasWord(tenant, word));
    }
    return all;
  }

  std::string HasAllBeginnings(Parameters& parameters, const std::string& tenant,
                               const Term* but) const {
    std::string all;
    for (const Term& term : terms_) {
      if (&term == but) continue;
      const std::string from = parameters.Bind(term.word);
      const std::string to = parameters.Bind(term.end);
      absl::StrAppend(&all, " AND EXISTS (SELECT 1 FROM centre_words w WHERE w.tenant = ", tenant,
                      " AND w.centre = d.centre AND w.word >= ", from, " AND w.word < ", to, ")");
    }
    return all;
  }

  static std::int64_t Term::*RowsOf(Tier tier) {
    return tier == Tier::kWholeWords ? &Term::whole_rows : &Term::rows;
  }

  absl::Status FindTyped(Tier tier, std::string_view after, int limit,
                         std::vector<std::string>& found) {
    if (tier == Tier::kWholeName) return FindByWord(query_.name, nullptr, after, limit, found);
    const auto rows = RowsOf(tier);
    const Term& rarest = Rarest(rows);
    if (rarest.*rows == 0) return absl::OkStatus();
    const bool rare = rarest.*rows <= kRareMax;
    if (tier == Tier::kWholeWords && (rare || terms_.size() == 1)) {
      return FindByWord(rarest.word, &rarest, after, limit, found);
    }
    if (!rare) {
      bool all_seen = false;
      if (tier == Tier::kWholeWords) {
        RETURN_IF_ERROR(FindWholeInBlocks(rarest, after, limit, found, all_seen));
        if (all_seen) return absl::OkStatus();
      }
      RETURN_IF_ERROR(FindInPassing(tier, after, limit, found, all_seen));
      if (all_seen) return absl::OkStatus();
      found.clear();
      if (tier == Tier::kBeginnings) {
        RETURN_IF_ERROR(FindBegunInBlocks(after, limit, found, all_seen));
        if (all_seen) return absl::OkStatus();
      }
    }
    return FindAmongCandidates(tier, after, limit, found);
  }

  // Along one word's centres, which the index has in order. `but` is the term of the word; the
  // others have to be there too.
  absl::Status FindByWord(const std::string& word, const Term* but, std::string_view after,
                          int limit, std::vector<std::string>& found) {
    Parameters parameters;
    const std::string tenant = parameters.Bind(reach_.tenant);
    std::string sql = "SELECT d.centre FROM centre_words d WHERE d.tenant = " + tenant;
    sql += " AND d.word = " + parameters.Bind(word);
    if (but != nullptr) {
      const std::string others = HasAllWords(parameters, tenant, but);
      if (!others.empty()) sql += " AND " + others;
      sql += " AND NOT " + HasWord(tenant, parameters.Bind(query_.name));
    }
    return Collect(sql, parameters, after, limit, found);
  }

  absl::Status Collect(std::string& sql, Parameters& parameters, std::string_view after, int limit,
                       std::vector<std::string>& found) {
    sql += " AND d.centre > " + parameters.Bind(after);
    if (!reach_.within.empty()) sql += " AND d.centre = " + parameters.Bind(reach_.within);
    sql += " ORDER BY d.centre LIMIT " + parameters.Bind(limit);
    return tx_.Query(sql, parameters.values(), [&](const SqlRow& row) {
      found.emplace_back(row.Text(0));
      return absl::OkStatus();
    });
  }

  // Among the next centres in order, whatever their words. `all_seen`: there are no more to find,
  // or enough were found.
  absl::Status FindInPassing(Tier tier, std::string_view after, int limit,
                             std::vector<std::string>& found, bool& all_seen) {
    std::string last;
    RETURN_IF_ERROR(tx_.Query(
        "SELECT id FROM centres WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT 1 OFFSET $3",
        {reach_.tenant, after, kPassedMax}, [&](const SqlRow& row) {
          last = row.Text(0);
          return absl::OkStatus();
        }));
    Parameters parameters;
    const std::string tenant = parameters.Bind(reach_.tenant);
    std::string sql =
        "SELECT d.centre FROM (SELECT tenant, id AS centre FROM centres) d WHERE d.tenant = ";
    sql += tenant;
    const std::string whole = HasAllWords(parameters, tenant, nullptr);
    if (tier == Tier::kWholeWords) {
      sql += " AND " + whole;
    } else {
      sql += " AND NOT (" + whole + ")";
      sql += HasAllBeginnings(parameters, tenant, nullptr);
    }
    sql += " AND NOT " + HasWord(tenant, parameters.Bind(query_.name));
    if (!last.empty()) sql += " AND d.centre <= " + parameters.Bind(last);
    RETURN_IF_ERROR(Collect(sql, parameters, after, limit, found));
    all_seen = last.empty() || static_cast<int>(found.size()) == limit;
    return absl::OkStatus();
  }

  // In the blocks where every two of the words stand together. `known`: all of them are known to be
  // common, so these blocks are all there are.
  absl::Status FindWholeInBlocks(const Term& rarest, std::string_view after, int limit,
                                 std::vector<std::string>& found, bool& known) {
    std::vector<WordPair> pairs;
    for (const Term& first : terms_) {
      ASSIGN_OR_RETURN(const auto common,
                       CommonPairs().WordsFrom(tx_, reach_.tenant, first.word, first.word, 1));
      if (common.empty()) return absl::OkStatus();
      for (const Term& second : terms_) {
        if (first.word < second.word) pairs.emplace_back(first.word, second.word);
      }
    }
    known = true;
    std::string from(after);
    while (static_cast<int>(found.size()) < limit) {
      ASSIGN_OR_RETURN(const auto some,
                       CommonPairs().BlocksOfEach(tx_, reach_.tenant, pairs, from, kBlocksPerRead));
      for (const std::string& block : some.blocks) {
        if (static_cast<int>(found.size()) >= limit) return absl::OkStatus();
        if (block < from && CommonPairs::EndOf(block) <= from) continue;
        Parameters parameters;
        const std::string tenant = parameters.Bind(reach_.tenant);
        std::string sql = "SELECT d.centre FROM centre_words d WHERE d.tenant = " + tenant;
        sql += " AND d.word = " + parameters.Bind(rarest.word);
        sql += " AND " + HasAllWords(parameters, tenant, &rarest);
        RETURN_IF_ERROR(CollectInBlock(block, sql, parameters, from, limit, found));
      }
      if (some.all) return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  // Goes on to the end of the block.
  absl::Status CollectInBlock(const std::string& block, std::string& sql, Parameters& parameters,
                              std::string& from, int limit, std::vector<std::string>& found) {
    const std::string tenant = parameters.Bind(reach_.tenant);
    const std::string end = CommonPairs::EndOf(block);
    sql += " AND NOT " + HasWord(tenant, parameters.Bind(query_.name));
    sql += " AND d.centre < " + parameters.Bind(end);
    sql += " AND d.centre >= " + parameters.Bind(block);
    const int room = limit - static_cast<int>(found.size());
    RETURN_IF_ERROR(Collect(sql, parameters, from, room, found));
    from = std::max(from, end);
    return absl::OkStatus();
  }

  // Where words of two terms stand together, or a word that is not common begins with one of them.
  // `known`: so every such centre is met.
  absl::Status FindBegunInBlocks(std::string_view after, int limit, std::vector<std::string>& found,
                                 bool& known) {
    for (const Term& first : terms_) {
      for (const Term& second : terms_) {
        const bool apart = first.word < second.word && second.word >= first.end;
        if (!apart) continue;
        std::vector<std::string> blocks;
        RETURN_IF_ERROR(BlocksOfBeginnings(first, second, after, blocks, known));
        if (known) return FindBegunIn(blocks, after, limit, found);
      }
    }
    return absl::OkStatus();
  }

  absl::Status FindBegunIn(const std::vector<std::string>& blocks, std::string_view after,
                           int limit, std::vector<std::string>& found) {
    std::string from(after);
    for (const std::string& block : blocks) {
      if (static_cast<int>(found.size()) >= limit) break;
      if (block < from && CommonPairs::EndOf(block) <= from) continue;
      Parameters parameters;
      const std::string tenant = parameters.Bind(reach_.tenant);
      std::string sql =
          "SELECT d.centre FROM (SELECT tenant, id AS centre FROM centres) d WHERE d.tenant = ";
      sql += tenant;
      sql += " AND NOT (" + HasAllWords(parameters, tenant, nullptr) + ")";
      sql += HasAllBeginnings(parameters, tenant, nullptr);
      RETURN_IF_ERROR(CollectInBlock(block, sql, parameters, from, limit, found));
    }
    return absl::OkStatus();
  }

  // Not known if the beginnings have too many words, or together too many blocks.
  absl::Status BlocksOfBeginnings(const Term& first, const Term& second, std::string_view after,
                                  std::vector<std::string>& blocks, bool& known) {
    std::vector<std::string> common[2];
    std::set<std::string> all;
    int i = 0;
    for (const Term* term : {&first, &second}) {
      ASSIGN_OR_RETURN(common[i], CommonPairs().WordsFrom(tx_, reach_.tenant, term->word, term->end,
                                                          kCommonBeginningsMax + 1));
      std::erase(common[i], term->end);
      if (common[i].size() > kCommonBeginningsMax) return absl::OkStatus();
      bool few = false;
      RETURN_IF_ERROR(FindBesides(*term, common[i], all, few));
      if (!few) return absl::OkStatus();
      ++i;
    }
    std::vector<WordPair> pairs;
    for (const std::string& a : common[0]) {
      for (const std::string& b : common[1]) pairs.emplace_back(std::min(a, b), std::max(a, b));
    }
    ASSIGN_OR_RETURN(const auto some,
                     CommonPairs().BlocksOfAny(tx_, reach_.tenant, pairs, after, kBlocksPerRead));
    if (!some.all) return absl::OkStatus();
    all.insert(some.blocks.begin(), some.blocks.end());
    blocks.assign(all.begin(), all.end());
    known = true;
    return absl::OkStatus();
  }

  // Centres with words that begin with the term's and are not common, as blocks of themselves.
  absl::Status FindBesides(const Term& term, const std::vector<std::string>& common,
                           std::set<std::string>& centres, bool& few) {
    std::int64_t left = kBesidesMax;
    std::string from = term.word;
    std::vector<std::string> ends = common;
    ends.push_back(term.end);
    for (const std::string& end : ends) {
      // From a common word on, the word itself is left out.
      const char* sql =
          &end == &ends.front()
              ? "SELECT centre FROM centre_words WHERE tenant = $1 AND word >= $2 AND "
                "word < $3 LIMIT $4"
              : "SELECT centre FROM centre_words WHERE tenant = $1 AND word > $2 AND "
                "word < $3 LIMIT $4";
      RETURN_IF_ERROR(tx_.Query(sql, {reach_.tenant, from, end, left + 1}, [&](const SqlRow& row) {
        centres.emplace(row.Text(0));
        --left;
        return absl::OkStatus();
      }));
      if (left < 0) return absl::OkStatus();
      from = end;
    }
    few = true;
    return absl::OkStatus();
  }

  // Among the centres of which the rare words, or if there are none all words, begin a word.
  absl::Status FindAmongCandidates(Tier tier, std::string_view after, int limit,
                                   std::vector<std::string>& found) {
    RETURN_IF_ERROR(FindCandidates(tier));
    const std::vector<std::string>& candidates = *candidates_[tier];
    auto at = std::upper_bound(candidates.begin(), candidates.end(), after);
    while (at != candidates.end() && static_cast<int>(found.size()) < limit) {
      const auto end = at + std::min<std::ptrdiff_t>(kListedPerQuery, candidates.end() - at);
      const std::vector<std::string> part(at, end);
      std::map<std::string, std::set<std::string>> words;
      RETURN_IF_ERROR(ReadWords(part, words));
      for (const auto& [centre, has] : words) {
        if (TierOf(has) == tier) found.push_back(centre);
      }
      at = end;
    }
    if (static_cast<int>(found.size()) > limit) found.resize(limit);
    return absl::OkStatus();
  }

  absl::Status FindCandidates(Tier tier) {
    std::optional<std::vector<std::string>>& candidates = candidates_[tier];
    if (candidates.has_value()) return absl::OkStatus();
    const auto rows = RowsOf(tier);
    const bool any_rare = Rarest(rows).*rows <= kRareMax;
    for (const Term& term : terms_) {
      if (any_rare && term.*rows > kRareMax) continue;
      std::vector<std::string> centres;
      const std::string& end = tier == Tier::kWholeWords ? term.word : term.end;
      RETURN_IF_ERROR(tx_.Query(
          "SELECT centre FROM centre_words WHERE tenant = $1 AND word >= $2 AND word <= $3",
          {reach_.tenant, term.word, end}, [&](const SqlRow& row) {
            const std::string_view centre = row.Text(0);
            if (reach_.within.empty() || centre == reach_.within) centres.emplace_back(centre);
            return absl::OkStatus();
          }));
      std::sort(centres.begin(), centres.end());
      centres.erase(std::unique(centres.begin(), centres.end()), centres.end());
      if (!candidates.has_value()) {
        candidates = std::move(centres);
        continue;
      }
      std::vector<std::string> both;
      std::set_intersection(candidates->begin(), candidates->end(), centres.begin(), centres.end(),
                            std::back_inserter(both));
      candidates = std::move(both);
    }
    return absl::OkStatus();
  }

  absl::Status ReadWords(std::span<const std::string> centres,
                         std::map<std::string, std::set<std::string>>& words) {
    return QueryIn(tx_, "SELECT centre, word FROM centre_words WHERE tenant = $1 AND centre IN ",
                   {reach_.tenant}, centres, "", [&](const SqlRow& row) {
                     words[std::string(row.Text(0))].emplace(row.Text(1));
                     return absl::OkStatus();
                   });
  }

  // kNear: not as typed.
  Tier TierOf(const std::set<std::string>& words) const {
    if (words.contains(query_.name)) return Tier::kWholeName;
    Tier tier = Tier::kWholeWords;
    for (const Term& term : terms_) {
      if (words.contains(term.word)) continue;
      tier = Tier::kBeginnings;
      if (!HasBeginning(words, term.word)) return Tier::kNear;
    }
    return tier;
  }

  static bool HasBeginning(const std::set<std::string>& words, const std::string& beginning) {
    const auto at = words.lower_bound(beginning);
    return at != words.end() && at->starts_with(beginning);
  }

  // The known words that a term may stand for.
  absl::Status FindNearWords(Term& term) {
    std::map<std::string, int> near;
    for (std::string& form : Mutations(term.word)) near.emplace(std::move(form), 1);
    const int forgiven = ErrorsForgiven(term.word);
    if (forgiven > 0) {
      RETURN_IF_ERROR(
          QueryIn(tx_, "SELECT DISTINCT word FROM search_forms WHERE tenant = $1 AND form IN ",
                  {reach_.tenant}, Deletions(term.word), "", [&](const SqlRow& row) {
                    const std::string word(row.Text(0));
                    const int distance = Distance(term.word, word, forgiven);
                    if (distance > forgiven || distance == 0) return absl::OkStatus();
                    const auto [it, added] = near.emplace(word, distance);
                    if (!added) it->second = std::min(it->second, distance);
                    return absl::OkStatus();
                  }));
    }
    term.near.assign(near.begin(), near.end());
    std::stable_sort(term.near.begin(), term.near.end(),
                     [](const auto& a, const auto& b) { return a.second < b.second; });
    if (term.near.size() > kNearWordsMax) term.near.resize(kNearWordsMax);
    return absl::OkStatus();
  }

  // Calls `visit` with the centres of the words that a term may stand for, those as typed and the
  // nearest first, until it has had `limit` of them.
  absl::Status ForEachNear(const Term& term, std::int64_t limit,
                           absl::FunctionRef<void(std::string_view)> visit) {
    std::int64_t left = limit;
    const auto row = [&](const SqlRow& row) {
      visit(row.Text(0));
      --left;
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(
        tx_.Query("SELECT centre FROM centre_words WHERE tenant = $1 AND word >= $2 "
                  "AND word < $3 LIMIT $4",
                  {reach_.tenant, term.word, term.end, left}, row));
    for (const auto& [word, distance] : term.near) {
      if (left <= 0) break;
      RETURN_IF_ERROR(
          tx_.Query("SELECT centre FROM centre_words WHERE tenant = $1 AND word = $2 LIMIT $3",
                    {reach_.tenant, word, left}, row));
    }
    return absl::OkStatus();
  }

  // How far the words of a centre are from a term; above all distances if it has none.
  static int CostOf(const Term& term, const std::set<std::string>& words) {
    if (HasBeginning(words, term.word)) return 0;
    for (const auto& [word, distance] : term.near) {
      if (words.contains(word)) return distance;
    }
    return kTooFar;
  }

  absl::Status FindNear(const Place& place, int limit, SearchPage& page) {
    for (Term& term : terms_) {
      RETURN_IF_ERROR(FindNearWords(term));
      term.rows = 0;
      RETURN_IF_ERROR(
          ForEachNear(term, kApproximateMax + 1, [&](std::string_view) { ++term.rows; }));
    }
    std::set<std::string> centres;
    RETURN_IF_ERROR(ForEachNear(Rarest(&Term::rows), kApproximateMax, [&](std::string_view centre) {
      if (reach_.within.empty() || centre == reach_.within) centres.emplace(centre);
    }));
    std::map<std::string, std::set<std::string>> words;
    RETURN_IF_ERROR(ReadWords(std::vector<std::string>(centres.begin(), centres.end()), words));
    std::vector<std::pair<int, std::string>> found;
    for (const auto& [centre, has] : words) {
      int cost = 0;
      for (const Term& term : terms_) cost = std::min(cost + CostOf(term, has), kTooFar);
      if (cost > 0 && cost < kTooFar) found.emplace_back(cost, centre);
    }
    std::sort(found.begin(), found.end());
    auto at = found.begin();
    if (place.tier == Tier::kNear) {
      at = std::upper_bound(found.begin(), found.end(), std::pair(place.cost, place.centre));
    }
    for (; at != found.end(); ++at) {
      if (static_cast<int>(page.centres.size()) == limit) {
        page.next = at == found.begin() ? Place::AfterNear(0, "")
                                        : Place::AfterNear((at - 1)->first, (at - 1)->second);
        return absl::OkStatus();
      }
      page.centres.push_back(at->second);
    }
    return absl::OkStatus();
  }

  static constexpr int kTooFar = 1000;

  Transaction& tx_;
  const Reach& reach_;
  const CentreQuery& query_;
  std::vector<Term> terms_;
  std::map<Tier, std::optional<std::vector<std::string>>> candidates_;  // Sorted.
};

}  // namespace

absl::Status CentreSearch::Learn(Transaction& tx, std::string_view tenant,
                                 std::span<const std::string> words) {
  std::set<std::string> unknown;
  for (const std::string& word : words) {
    if (ErrorsForgiven(word) > 0 && !word.starts_with('=')) unknown.insert(word);
  }
  const std::vector<std::string> asked(unknown.begin(), unknown.end());
  RETURN_IF_ERROR(QueryIn(tx, "SELECT word FROM search_words WHERE tenant = $1 AND word IN ",
                          {tenant}, asked, "", [&](const SqlRow& row) {
                            unknown.erase(std::string(row.Text(0)));
                            return absl::OkStatus();
                          }));
  std::vector<std::pair<std::string, std::string>> forms;
  for (const std::string& word : unknown) {
    for (std::string& form : Deletions(word)) forms.emplace_back(std::move(form), word);
  }
  if (unknown.size() <= kFewWords) {
    for (const std::string& word : unknown) {
      RETURN_IF_ERROR(tx.Execute("INSERT INTO search_words (tenant, word) VALUES ($1, $2) "
                                 "ON CONFLICT DO NOTHING",
                                 {tenant, word})
                          .status());
    }
    for (const auto& [form, word] : forms) {
      RETURN_IF_ERROR(tx.Execute("INSERT INTO search_forms (tenant, form, word) VALUES "
                                 "($1, $2, $3) ON CONFLICT DO NOTHING",
                                 {tenant, form, word})
                          .status());
    }
    return absl::OkStatus();
  }
  const std::vector<std::string> learned(unknown.begin(), unknown.end());
  RETURN_IF_ERROR(tx.BulkInsertKept("search_words", kWordColumns,
                                    static_cast<std::int64_t>(learned.size()),
                                    [&](std::int64_t i, std::span<SqlValue> out) {
                                      out[0] = tenant;
                                      out[1] = learned[i];
                                    }));
  // In the order of the index, which is half the work of filling it.
  std::sort(forms.begin(), forms.end());
  return tx.BulkInsertKept("search_forms", kFormColumns, static_cast<std::int64_t>(forms.size()),
                           [&](std::int64_t i, std::span<SqlValue> out) {
                             out[0] = tenant;
                             out[1] = forms[i].first;
                             out[2] = forms[i].second;
                           });
}

absl::StatusOr<SearchPage> CentreSearch::Search(Transaction& tx, const Reach& reach,
                                                const CentreQuery& query, std::string_view after,
                                                int limit) {
  return Searching(tx, reach, query).Run(after, limit);
}

}  // namespace assay::approval
