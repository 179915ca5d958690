#include "services/approval/stores/common_pairs.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/store.h"
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

// Words of one centre in so many are counted: a word is noticed soon after it has become common.
constexpr int kCountedOneIn = 16;
constexpr std::size_t kLettersOfBlock = 2;
constexpr int kCommonWordsMax = 5000;
constexpr std::size_t kRowsPerInsert = 64;

using Row = std::tuple<std::string, std::string, std::string>;  // First, second, block.

std::string BlockOf(const std::string& centre) {
  return centre.substr(0, centre.size() - std::min(centre.size(), kLettersOfBlock));
}

bool IsCounted(const std::string& centre) {
  unsigned sum = 0;
  for (const char c : centre) sum = sum * 31 + static_cast<unsigned char>(c);
  return sum % kCountedOneIn == 0;
}

// One statement for many rows, the last part filled up with its own first row.
absl::Status Insert(Transaction& tx, std::string_view tenant, const std::set<Row>& rows) {
  const std::vector<Row> list(rows.begin(), rows.end());
  for (std::size_t at = 0; at < list.size(); at += kRowsPerInsert) {
    const auto part = std::span(list).subspan(at, std::min(kRowsPerInsert, list.size() - at));
    std::string sql = "INSERT INTO search_pairs (tenant, first_word, second_word, block) VALUES ";
    std::vector<SqlValue> values = {tenant};
    const std::size_t size = part.size() > 1 ? kRowsPerInsert : 1;
    for (std::size_t i = 0; i < size; ++i) {
      const auto& [first, second, block] = part[i < part.size() ? i : 0];
      const std::size_t n = values.size();
      absl::StrAppend(&sql, i == 0 ? "" : ", ", "($1, $", n + 1, ", $", n + 2, ", $", n + 3, ")");
      values.insert(values.end(), {first, second, block});
    }
    sql += " ON CONFLICT DO NOTHING";
    RETURN_IF_ERROR(tx.Execute(sql, values).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> IsCommon(Transaction& tx, std::string_view tenant, const std::string& word) {
  std::int64_t rows = 0;
  RETURN_IF_ERROR(
      tx.Query("SELECT COUNT(*) FROM (SELECT 1 FROM centre_words WHERE tenant = $1 AND word = $2 "
               "LIMIT $3) AS counted",
               {tenant, word, kRareMax + 1}, [&](const SqlRow& row) {
                 rows = row.Int(0);
                 return absl::OkStatus();
               }));
  return rows > kRareMax;
}

// All pairs of `words` with each other, in the block of a centre.
void AddPairs(const std::string& centre, const std::set<std::string>& words, std::set<Row>& rows) {
  for (auto first = words.begin(); first != words.end(); ++first) {
    for (auto second = std::next(first); second != words.end(); ++second) {
      rows.emplace(*first, *second, BlockOf(centre));
    }
  }
}

// The pairs of every centre that has a word that has become common.
absl::Status LearnWord(Transaction& tx, std::string_view tenant, const std::string& word,
                       const std::set<std::string>& common) {
  RETURN_IF_ERROR(tx.Execute("INSERT INTO search_common_words (tenant, word) VALUES ($1, $2) "
                             "ON CONFLICT DO NOTHING",
                             {tenant, word})
                      .status());
  std::vector<std::string> centres;
  RETURN_IF_ERROR(tx.Query("SELECT centre FROM centre_words WHERE tenant = $1 AND word = $2",
                           {tenant, word}, [&](const SqlRow& row) {
                             centres.emplace_back(row.Text(0));
                             return absl::OkStatus();
                           }));
  std::map<std::string, std::set<std::string>> words;
  RETURN_IF_ERROR(QueryIn(tx,
                          "SELECT centre, word FROM centre_words WHERE tenant = $1 AND centre "
                          "IN ",
                          {tenant}, centres, "", [&](const SqlRow& row) {
                            std::string of(row.Text(1));
                            if (common.contains(of)) {
                              words[std::string(row.Text(0))].insert(std::move(of));
                            }
                            return absl::OkStatus();
                          }));
  std::set<Row> rows;
  for (const auto& [centre, has] : words) AddPairs(centre, has, rows);
  return Insert(tx, tenant, rows);
}

std::string OfPair(const WordPair& pair, Parameters& parameters, const std::string& of) {
  const std::string first = parameters.Bind(pair.first);
  const std::string second = parameters.Bind(pair.second);
  return absl::StrCat(of, "first_word = ", first, " AND ", of, "second_word = ", second);
}

}  // namespace

absl::Status CommonPairs::Learn(Transaction& tx, std::string_view tenant,
                                std::span<const IndexedCentre> centres) {
  const std::string end = AfterAllThatBegin("");
  ASSIGN_OR_RETURN(const auto known, WordsFrom(tx, tenant, "", end, kCommonWordsMax));
  std::set<std::string> common(known.begin(), known.end());
  std::set<std::string> counted;
  for (const IndexedCentre& centre : centres) {
    if (!IsCounted(centre.centre.id)) continue;
    for (const std::string& word : centre.words) {
      // A whole name is no word that is typed.
      if (!word.starts_with('=') && !common.contains(word)) counted.insert(word);
    }
  }
  for (const std::string& word : counted) {
    ASSIGN_OR_RETURN(const bool is, IsCommon(tx, tenant, word));
    if (!is || common.size() >= static_cast<std::size_t>(kCommonWordsMax)) continue;
    common.insert(word);
    RETURN_IF_ERROR(LearnWord(tx, tenant, word, common));
  }
  std::set<Row> rows;
  for (const IndexedCentre& centre : centres) {
    std::set<std::string> words;
    for (const std::string& word : centre.words) {
      if (common.contains(word)) words.insert(word);
    }
    AddPairs(centre.centre.id, words, rows);
  }
  return Insert(tx, tenant, rows);
}

absl::StatusOr<std::vector<std::string>> CommonPairs::WordsFrom(Transaction& tx,
                                                                std::string_view tenant,
                                                                std::string_view from,
                                                                std::string_view to, int limit) {
  std::vector<std::string> words;
  RETURN_IF_ERROR(tx.Query(
      "SELECT word FROM search_common_words WHERE tenant = $1 AND word >= $2 AND word <= $3 "
      "ORDER BY word LIMIT $4",
      {tenant, from, to, limit}, [&](const SqlRow& row) {
        words.emplace_back(row.Text(0));
        return absl::OkStatus();
      }));
  return words;
}

absl::StatusOr<CommonPairs::Blocks> CommonPairs::BlocksOfAny(Transaction& tx,
                                                             std::string_view tenant,
                                                             std::span<const WordPair> pairs,
                                                             std::string_view after, int limit) {
  std::set<std::string> blocks;
  std::string last;  // Further on, some pair may have blocks that are not here.
  for (const WordPair& pair : pairs) {
    ASSIGN_OR_RETURN(const Blocks of_pair, BlocksOfEach(tx, tenant, {&pair, 1}, after, limit));
    blocks.insert(of_pair.blocks.begin(), of_pair.blocks.end());
    if (of_pair.all) continue;
    if (last.empty() || of_pair.blocks.back() < last) last = of_pair.blocks.back();
  }
  if (!last.empty()) blocks.erase(blocks.upper_bound(last), blocks.end());
  return Blocks{.blocks = {blocks.begin(), blocks.end()}, .all = last.empty()};
}

absl::StatusOr<CommonPairs::Blocks> CommonPairs::BlocksOfEach(Transaction& tx,
                                                              std::string_view tenant,
                                                              std::span<const WordPair> pairs,
                                                              std::string_view after, int limit) {
  Parameters parameters;
  const std::string of_tenant = parameters.Bind(tenant);
  std::string sql = absl::StrCat("SELECT p.block FROM search_pairs p WHERE p.tenant = ", of_tenant,
                                 " AND ", OfPair(pairs[0], parameters, "p."));
  for (const WordPair& pair : pairs.subspan(1)) {
    absl::StrAppend(&sql, " AND EXISTS (SELECT 1 FROM search_pairs q WHERE q.tenant = ", of_tenant,
                    " AND q.block = p.block AND ", OfPair(pair, parameters, "q."), ")");
  }
  sql += " AND p.block || '~' > " + parameters.Bind(after);
  sql += " ORDER BY p.block LIMIT " + parameters.Bind(limit);
  Blocks found;
  RETURN_IF_ERROR(tx.Query(sql, parameters.values(), [&](const SqlRow& row) {
    found.blocks.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  found.all = static_cast<int>(found.blocks.size()) < limit;
  return found;
}

}  // namespace assay::approval
