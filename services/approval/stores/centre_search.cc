#include "services/approval/stores/centre_search.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/approval/spelling/spelling.h"
#include "services/approval/stores/in_list.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/database.h"

namespace assay::approval {
namespace {

using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;

// Above every character, so that word >= p AND word < p + this means "begins with p".
constexpr std::string_view kAfterEveryCharacter = "\xF4\x8F\xBF\xBF";
// A word of more centres than this is common: going through all centres meets it soon.
constexpr std::int64_t kRareMax = 5000;
// The most words that stand in for one that was typed, and the most centres that are weighed.
constexpr std::size_t kNearWordsMax = 64;
constexpr int kWeighedMax = 3000;
constexpr std::size_t kFewWords = 32;

constexpr std::string_view kWordColumns[] = {"tenant", "word"};
constexpr std::string_view kFormColumns[] = {"tenant", "form", "word"};

// How a centre agrees with what was typed, the best first; then come near spellings.
enum class Tier { kWholeName, kWholeWords, kBeginnings, kNear };

class Statement {
 public:
  std::string Bind(SqlValue value) {
    values_.push_back(value);
    return absl::StrCat("$", values_.size());
  }
  std::span<const SqlValue> values() const { return values_; }

 private:
  std::vector<SqlValue> values_;
};

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
  std::int64_t rows = 0;                          // How many centres, or kRareMax + 1.
};

// One search in one transaction.
class Searching {
 public:
  Searching(Transaction& tx, const Reach& reach, const CentreQuery& query)
      : tx_(tx), reach_(reach), query_(query) {
    for (const std::string& word : query.words) {
      terms_.push_back({word, word + std::string(kAfterEveryCharacter), {}, 0});
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
      RETURN_IF_ERROR(
          tx_.Query("SELECT COUNT(*) FROM (SELECT 1 FROM centre_words WHERE tenant = $1 AND "
                    "word >= $2 AND word < $3 LIMIT $4) AS counted",
                    {reach_.tenant, term.word, term.end, kRareMax + 1}, [&](const SqlRow& row) {
                      term.rows = row.Int(0);
                      return absl::OkStatus();
                    }));
    }
    return absl::OkStatus();
  }

  const Term& Rarest() const {
    return *std::min_element(terms_.begin(), terms_.end(), [](const Term& a, const Term& b) {
      // Of two alike, the longer word is the rarer one as a rule.
      return std::tuple(a.rows, b.word.size()) < std::tuple(b.rows, a.word.size());
    });
  }

  // " AND EXISTS (… a word of the centre that is this one)".
  static std::string HasWord(const std::string& tenant, const std::string& word) {
    return absl::StrCat("EXISTS (SELECT 1 FROM centre_words w WHERE w.tenant = ", tenant,
                        " AND w.centre = d.centre AND w.word = ", word, ")");
  }

  std::string HasAllWords(Statement& statement, const std::string& tenant, const Term* but) const {
    std::string all;
    for (const Term& term : terms_) {
      if (&term == but) continue;
      const std::string word = statement.Bind(term.word);
      absl::StrAppend(&all, all.empty() ? "" : " AND ", HasWord(tenant, word));
    }
    return all;
  }

  std::string HasAllBeginnings(Statement& statement, const std::string& tenant,
                               const Term* but) const {
    std::string all;
    for (const Term& term : terms_) {
      if (&term == but) continue;
      const std::string from = statement.Bind(term.word);
      const std::string to = statement.Bind(term.end);
      absl::StrAppend(&all, " AND EXISTS (SELECT 1 FROM centre_words w WHERE w.tenant = ", tenant,
                      " AND w.centre = d.centre AND w.word >= ", from, " AND w.word < ", to, ")");
    }
    return all;
  }

  absl::Status FindTyped(Tier tier, std::string_view after, int limit,
                         std::vector<std::string>& found) {
    const Term& rarest = Rarest();
    if (rarest.rows == 0) return absl::OkStatus();
    Statement statement;
    const std::string tenant = statement.Bind(reach_.tenant);
    const std::string name = statement.Bind(query_.name);
    std::string sql;
    if (tier == Tier::kBeginnings && rarest.rows > kRareMax) {
      sql = "SELECT d.centre FROM (SELECT tenant, id AS centre FROM centres) d WHERE d.tenant = " +
            tenant;
      sql += HasAllBeginnings(statement, tenant, nullptr);
    } else if (tier == Tier::kBeginnings) {
      sql = "SELECT DISTINCT d.centre FROM centre_words d WHERE d.tenant = " + tenant;
      sql += " AND d.word >= " + statement.Bind(rarest.word);
      sql += " AND d.word < " + statement.Bind(rarest.end);
      sql += HasAllBeginnings(statement, tenant, &rarest);
    } else {
      sql = "SELECT d.centre FROM centre_words d WHERE d.tenant = " + tenant + " AND d.word = ";
      sql += tier == Tier::kWholeName ? name : statement.Bind(rarest.word);
      const std::string others =
          tier == Tier::kWholeName ? "" : HasAllWords(statement, tenant, &rarest);
      if (!others.empty()) sql += " AND " + others;
    }
    if (tier != Tier::kWholeName) sql += " AND NOT " + HasWord(tenant, name);
    if (tier == Tier::kBeginnings) {
      sql += " AND NOT (" + HasAllWords(statement, tenant, nullptr) + ")";
    }
    sql += " AND d.centre > " + statement.Bind(after);
    if (!reach_.within.empty()) sql += " AND d.centre = " + statement.Bind(reach_.within);
    sql += " ORDER BY d.centre LIMIT " + statement.Bind(limit);
    return tx_.Query(sql, statement.values(), [&](const SqlRow& row) {
      found.emplace_back(row.Text(0));
      return absl::OkStatus();
    });
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

  std::string StandsFor(Statement& statement, const Term& term) const {
    const std::string from = statement.Bind(term.word);
    const std::string to = statement.Bind(term.end);
    std::string sql = absl::StrCat("((word >= ", from, " AND word < ", to, ")");
    for (std::size_t i = 0; i < term.near.size(); ++i) {
      sql += (i == 0 ? " OR word IN (" : ", ") + statement.Bind(term.near[i].first);
    }
    return sql + (term.near.empty() ? ")" : "))");
  }

  absl::Status CountNear(Term& term) {
    Statement statement;
    std::string sql = "SELECT COUNT(*) FROM (SELECT 1 FROM centre_words WHERE tenant = " +
                      statement.Bind(reach_.tenant);
    sql += " AND " + StandsFor(statement, term);
    sql += " LIMIT " + statement.Bind(kRareMax + 1) + ") AS counted";
    return tx_.Query(sql, statement.values(), [&](const SqlRow& row) {
      term.rows = row.Int(0);
      return absl::OkStatus();
    });
  }

  // How far the words of a centre are from a term; above all distances if it has none.
  static int CostOf(const Term& term, const std::set<std::string>& words) {
    const auto at = words.lower_bound(term.word);
    if (at != words.end() && at->starts_with(term.word)) return 0;
    for (const auto& [word, distance] : term.near) {
      if (words.contains(word)) return distance;
    }
    return kTooFar;
  }

  // The centres of the rarest term, and all their words.
  absl::Status Candidates(std::map<std::string, std::set<std::string>>& words) {
    const Term& rarest = Rarest();
    if (rarest.rows == 0) return absl::OkStatus();
    Statement statement;
    std::string sql =
        "SELECT DISTINCT centre FROM centre_words WHERE tenant = " + statement.Bind(reach_.tenant);
    sql += " AND " + StandsFor(statement, rarest);
    if (!reach_.within.empty()) sql += " AND centre = " + statement.Bind(reach_.within);
    sql += " ORDER BY centre LIMIT " + statement.Bind(kWeighedMax);
    std::vector<std::string> centres;
    RETURN_IF_ERROR(tx_.Query(sql, statement.values(), [&](const SqlRow& row) {
      centres.emplace_back(row.Text(0));
      return absl::OkStatus();
    }));
    return QueryIn(tx_, "SELECT centre, word FROM centre_words WHERE tenant = $1 AND centre IN ",
                   {reach_.tenant}, centres, "", [&](const SqlRow& row) {
                     words[std::string(row.Text(0))].emplace(row.Text(1));
                     return absl::OkStatus();
                   });
  }

  absl::Status FindNear(const Place& place, int limit, SearchPage& page) {
    for (Term& term : terms_) {
      RETURN_IF_ERROR(FindNearWords(term));
      RETURN_IF_ERROR(CountNear(term));
    }
    std::map<std::string, std::set<std::string>> words;
    RETURN_IF_ERROR(Candidates(words));
    std::vector<std::pair<int, std::string>> found;
    for (const auto& [centre, has] : words) {
      int cost = 0;
      for (const Term& term : terms_) cost = std::min(cost + CostOf(term, has), kTooFar);
      if (cost > 0 && cost < kTooFar) found.emplace_back(cost, centre);
    }
    std::sort(found.begin(), found.end());
    if (found.size() > kApproximateMax) found.resize(kApproximateMax);
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
