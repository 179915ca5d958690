#include "services/approval/stores/duplicates.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/approval/errors.h"
#include "services/approval/stores/in_list.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/database.h"

namespace assay::approval {
namespace {

using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;

constexpr std::string_view kColumns =
    "first, second, score, reasons, state, officer, decision_reason, decide_us";

absl::StatusOr<Duplicate> DuplicateOf(const SqlRow& row) {
  Duplicate pair;
  pair.first = row.Text(0);
  pair.second = row.Text(1);
  pair.score = static_cast<int>(row.Int(2));
  pair.reasons = absl::StrSplit(View(row.Text(3)), ',', absl::SkipEmpty());
  const std::int64_t state = row.Int(4);
  if (state < 0 || state >= kDuplicateStates) {
    return absl::DataLossError(absl::StrCat("no such state: ", state));
  }
  pair.state = static_cast<DuplicateState>(state);
  pair.officer = row.Text(5);
  pair.decision_reason = row.Text(6);
  if (!row.IsNull(7)) pair.decide_time = absl::FromUnixMicros(row.Int(7));
  return pair;
}

absl::Status ReadInto(const SqlRow& row, std::vector<Duplicate>& pairs) {
  ASSIGN_OR_RETURN(Duplicate pair, DuplicateOf(row));
  pairs.push_back(std::move(pair));
  return absl::OkStatus();
}

std::string Select() {
  return absl::StrCat("SELECT ", View(kColumns), " FROM centre_duplicates WHERE tenant = $1 AND ");
}

}  // namespace

std::string Duplicate::Name() const {
  return absl::StrCat("duplicateCentres/", first, ".", second);
}

absl::StatusOr<Duplicate> DuplicateStore::Get(Transaction& tx, std::string_view tenant,
                                              std::string_view first, std::string_view second) {
  std::vector<Duplicate> found;
  RETURN_IF_ERROR(tx.Query(Select() + "first = $2 AND second = $3", {tenant, first, second},
                           [&](const SqlRow& row) { return ReadInto(row, found); }));
  if (!found.empty()) return std::move(found[0]);
  const std::string name = absl::StrCat("duplicateCentres/", View(first), ".", View(second));
  return platform::Error(absl::StatusCode::kNotFound, kDuplicateNotFound,
                         absl::StrCat("there is no ", name, " that you may see"))
      .With("duplicate", name);
}

absl::StatusOr<std::vector<Duplicate>> DuplicateStore::List(
    Transaction& tx, std::string_view tenant, DuplicateState state, std::string_view centre,
    const std::optional<Duplicate>& after, int limit) {
  std::vector<SqlValue> values = {tenant, static_cast<int>(state)};
  std::string sql = Select() + "state = $2";
  if (!centre.empty()) {
    values.emplace_back(centre);
    sql += " AND (first = $3 OR second = $3)";
  }
  if (after.has_value()) {
    for (const SqlValue& value :
         {SqlValue(-after->score), SqlValue(after->first), SqlValue(after->second)}) {
      values.push_back(value);
    }
    const std::size_t n = values.size();
    absl::StrAppend(&sql, " AND (rank, first, second) > ($", n - 2, ", $", n - 1, ", $", n, ")");
  }
  values.emplace_back(limit);
  absl::StrAppend(&sql, " ORDER BY rank, first, second LIMIT $", values.size());
  std::vector<Duplicate> found;
  RETURN_IF_ERROR(tx.Query(sql, values, [&](const SqlRow& row) { return ReadInto(row, found); }));
  return found;
}

absl::StatusOr<std::vector<Duplicate>> DuplicateStore::PairsOf(
    Transaction& tx, std::string_view tenant, std::span<const std::string> centres) {
  std::vector<Duplicate> found;
  const std::string sql = Select();
  for (const char* side : {"first IN ", "second IN "}) {
    RETURN_IF_ERROR(QueryIn(tx, sql + side, {tenant}, centres, "",
                            [&](const SqlRow& row) { return ReadInto(row, found); }));
  }
  // A pair of two of `centres` was found from both sides.
  std::set<std::pair<std::string, std::string>> seen;
  std::erase_if(
      found, [&](const Duplicate& pair) { return !seen.emplace(pair.first, pair.second).second; });
  return found;
}

absl::Status DuplicateStore::Put(Transaction& tx, std::string_view tenant, const Duplicate& pair) {
  const std::string reasons = absl::StrJoin(pair.reasons, ",");
  std::optional<std::int64_t> decide_us;
  if (pair.decide_time.has_value()) decide_us = absl::ToUnixMicros(*pair.decide_time);
  return tx
      .Execute(
          "INSERT INTO centre_duplicates (tenant, first, second, score, rank, reasons, state, "
          "officer, decision_reason, decide_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
          "ON CONFLICT (tenant, first, second) DO UPDATE SET score = excluded.score, "
          "rank = excluded.rank, reasons = excluded.reasons, state = excluded.state, "
          "officer = excluded.officer, decision_reason = excluded.decision_reason, "
          "decide_us = excluded.decide_us",
          {tenant, pair.first, pair.second, pair.score, -pair.score, reasons,
           static_cast<int>(pair.state), pair.officer, pair.decision_reason, decide_us})
      .status();
}

absl::Status DuplicateStore::Remove(Transaction& tx, std::string_view tenant,
                                    std::string_view first, std::string_view second) {
  return tx
      .Execute("DELETE FROM centre_duplicates WHERE tenant = $1 AND first = $2 AND second = $3",
               {tenant, first, second})
      .status();
}

}  // namespace assay::approval
