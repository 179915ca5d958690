#include "services/approval/stores/registers.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/stores/in_list.h"
#include "services/approval/stores/rows.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/database.h"

namespace assay::approval {
namespace {

using platform::SqlRow;
using platform::SqlValue;
using platform::View;
using Tx = platform::Transaction;

constexpr std::string_view kColumns =
    "id, code, title, belongs_to, first_day, last_day, facts, create_us, update_us";
constexpr std::string_view kInsertColumns[] = {"tenant", "register",   "id",        "code",
                                               "title",  "belongs_to", "first_day", "last_day",
                                               "facts",  "create_us",  "update_us"};
constexpr std::string_view kWordColumns[] = {"tenant", "register", "entry", "word"};

absl::StatusOr<RegisterRecord> RecordOf(const SqlRow& row) {
  RegisterRecord record;
  record.entry.id = row.Text(0);
  record.entry.code = row.Text(1);
  record.entry.title = row.Text(2);
  record.entry.belongs_to = row.Text(3);
  ASSIGN_OR_RETURN(record.entry.first_day, OptionalDayAt(row, 4));
  ASSIGN_OR_RETURN(record.entry.last_day, OptionalDayAt(row, 5));
  record.entry.facts = ReadFacts(row.Text(6));
  record.create_time = absl::FromUnixMicros(row.Int(7));
  record.update_time = absl::FromUnixMicros(row.Int(8));
  return record;
}

// The text of a query and its values, which live in it.
struct Query : platform::Parameters {
  std::string sql;
};

absl::StatusOr<std::vector<RegisterRecord>> Read(Tx& tx, const Query& query) {
  return Collect<RegisterRecord>(tx, query.sql, query.values(), RecordOf);
}

Query Select(std::string_view tenant, std::string_view register_name) {
  Query query;
  const std::string of_tenant = query.Bind(tenant);
  const std::string of_register = query.Bind(register_name);
  query.sql = absl::StrCat("SELECT ", View(kColumns),
                           " FROM register_entries e WHERE e.tenant = ", of_tenant,
                           " AND e.register = ", of_register);
  return query;
}

absl::Status InsertWords(Tx& tx, std::string_view tenant, std::string_view register_name,
                         std::span<const RegisterRecord> records) {
  std::vector<std::pair<const std::string*, const std::string*>> words;
  for (const RegisterRecord& record : records) {
    for (const std::string& word : record.words) words.emplace_back(&record.entry.id, &word);
  }
  if (words.empty()) return absl::OkStatus();
  return tx.BulkInsert("register_words", kWordColumns, static_cast<std::int64_t>(words.size()),
                       [&](std::int64_t i, std::span<SqlValue> out) {
                         const auto& [id, word] = words[static_cast<std::size_t>(i)];
                         std::size_t column = 0;
                         for (const SqlValue& value :
                              std::initializer_list<SqlValue>{tenant, register_name, *id, *word}) {
                           out[column++] = value;
                         }
                       });
}

}  // namespace

absl::StatusOr<std::optional<RegisterRecord>> RegisterStore::Get(Tx& tx, std::string_view tenant,
                                                                 std::string_view register_name,
                                                                 std::string_view id) {
  Query query = Select(tenant, register_name);
  query.sql += " AND e.id = " + query.Bind(id);
  ASSIGN_OR_RETURN(std::vector<RegisterRecord> found, Read(tx, query));
  if (found.empty()) return std::nullopt;
  return std::move(found[0]);
}

absl::StatusOr<std::map<std::string, RegisterRecord>> RegisterStore::FindMany(
    Tx& tx, std::string_view tenant, std::string_view register_name,
    std::span<const std::string> ids) {
  std::map<std::string, RegisterRecord> found;
  for (std::size_t at = 0; at < ids.size(); at += kListedPerQuery) {
    Query query = Select(tenant, register_name);
    const auto part = ids.subspan(at, std::min(kListedPerQuery, ids.size() - at));
    query.sql += " AND e.id IN " + query.BindAll(part);
    ASSIGN_OR_RETURN(std::vector<RegisterRecord> records, Read(tx, query));
    for (RegisterRecord& record : records) {
      std::string id = record.entry.id;
      found.emplace(std::move(id), std::move(record));
    }
  }
  return found;
}

absl::StatusOr<std::vector<RegisterRecord>> RegisterStore::List(Tx& tx, std::string_view tenant,
                                                                std::string_view register_name,
                                                                const RegisterFilter& filter,
                                                                std::string_view after, int limit) {
  Query query = Select(tenant, register_name);
  const std::optional<std::string> day = TextOf(filter.day);
  std::vector<std::string> ends;
  ends.reserve(filter.words.size());
  query.sql += " AND e.id > " + query.Bind(after);
  if (!filter.belongs_to.empty())
    query.sql += " AND e.belongs_to = " + query.Bind(filter.belongs_to);
  if (day.has_value()) {
    query.sql += " AND (e.first_day IS NULL OR e.first_day <= " + query.Bind(*day);
    query.sql += ") AND (e.last_day IS NULL OR e.last_day >= " + query.Bind(*day) + ")";
  }
  for (const std::string& word : filter.words) {
    ends.push_back(AfterAllThatBegin(word));
    query.sql +=
        " AND EXISTS (SELECT 1 FROM register_words w WHERE w.tenant = e.tenant "
        "AND w.register = e.register AND w.entry = e.id AND w.word >= " +
        query.Bind(word);
    query.sql += " AND w.word < " + query.Bind(ends.back()) + ")";
  }
  query.sql += " ORDER BY e.id LIMIT " + query.Bind(limit);
  return Read(tx, query);
}

absl::StatusOr<std::int64_t> RegisterStore::Count(Tx& tx, std::string_view tenant,
                                                  std::string_view register_name) {
  std::int64_t count = 0;
  RETURN_IF_ERROR(
      tx.Query("SELECT COUNT(*) FROM register_entries WHERE tenant = $1 AND register = $2",
               {tenant, register_name}, [&](const SqlRow& row) {
                 count = row.Int(0);
                 return absl::OkStatus();
               }));
  return count;
}

absl::StatusOr<std::set<std::string>> RegisterStore::ValuesOf(Tx& tx, std::string_view tenant,
                                                              std::string_view register_name,
                                                              const std::string& fact) {
  std::set<std::string> values;
  RETURN_IF_ERROR(tx.Query("SELECT facts FROM register_entries WHERE tenant = $1 AND register = $2",
                           {tenant, register_name}, [&](const SqlRow& row) {
                             const auto facts = ReadFacts(row.Text(0));
                             const auto found = facts.find(fact);
                             if (found != facts.end()) values.insert(found->second);
                             return absl::OkStatus();
                           }));
  return values;
}

absl::Status RegisterStore::Insert(Tx& tx, std::string_view tenant, std::string_view register_name,
                                   std::span<const RegisterRecord> records) {
  if (records.empty()) return absl::OkStatus();
  std::optional<std::string> first, last;
  std::string facts;
  RETURN_IF_ERROR(tx.BulkInsert(
      "register_entries", kInsertColumns, static_cast<std::int64_t>(records.size()),
      [&](std::int64_t i, std::span<SqlValue> out) {
        const RegisterRecord& record = records[static_cast<std::size_t>(i)];
        const RegisterEntry& entry = record.entry;
        first = TextOf(entry.first_day);
        last = TextOf(entry.last_day);
        facts = WriteFacts(entry.facts);
        std::size_t column = 0;
        for (const SqlValue& value : std::initializer_list<SqlValue>{
                 tenant, register_name, entry.id, entry.code, entry.title, entry.belongs_to, first,
                 last, facts, absl::ToUnixMicros(record.create_time),
                 absl::ToUnixMicros(record.update_time)}) {
          out[column++] = value;
        }
      }));
  return InsertWords(tx, tenant, register_name, records);
}

absl::Status RegisterStore::Update(Tx& tx, std::string_view tenant, std::string_view register_name,
                                   const RegisterRecord& record) {
  const RegisterEntry& entry = record.entry;
  const std::optional<std::string> first = TextOf(entry.first_day), last = TextOf(entry.last_day);
  const std::string facts = WriteFacts(entry.facts);
  RETURN_IF_ERROR(
      tx.Execute("UPDATE register_entries SET code = $4, title = $5, belongs_to = $6, "
                 "first_day = $7, last_day = $8, facts = $9, update_us = $10 "
                 "WHERE tenant = $1 AND register = $2 AND id = $3",
                 {tenant, register_name, entry.id, entry.code, entry.title, entry.belongs_to, first,
                  last, facts, absl::ToUnixMicros(record.update_time)})
          .status());
  RETURN_IF_ERROR(
      tx.Execute("DELETE FROM register_words WHERE tenant = $1 AND register = $2 AND entry = $3",
                 {tenant, register_name, entry.id})
          .status());
  return InsertWords(tx, tenant, register_name, {&record, 1});
}

}  // namespace assay::approval
