#include "services/moderation/stores/agreement.h"

#include "services/moderation/stores/sql.h"

namespace assay::moderation {
namespace {

using platform::SqlRow;
using platform::SqlValue;

// The columns that a key is of; the second is a constant where there is only one.
struct KeyColumns {
  std::string_view first;
  std::string_view second;  // Empty: none.
};
KeyColumns ColumnsOf(AgreementBy by) {
  switch (by) {
    case AgreementBy::kComponent:
      return {"s.component", ""};
    case AgreementBy::kCentre:
      return {"s.centre", ""};
    case AgreementBy::kModerator:
      return {"p.marked_by", ""};
    case AgreementBy::kAssessor:
      return {"s.centre", "c.assessor"};
    case AgreementBy::kSeries:
      break;
  }
  return {"", ""};
}

// Every pair that the filter lets through and the caller may know.
void AddPairs(Statement& sql, const Caller& caller, const AgreementFilter& filter) {
  sql.Add(
      " FROM submissions s JOIN sample_candidates p ON p.tenant = s.tenant AND "
      "p.submission = s.number AND p.sample = s.sample JOIN candidates c ON c.tenant = p.tenant "
      "AND c.submission = p.submission AND c.candidate = p.candidate JOIN samples x ON "
      "x.tenant = s.tenant AND x.submission = s.number AND x.id = s.sample "
      "WHERE p.mark IS NOT NULL AND c.mark IS NOT NULL AND s.tenant = ");
  sql.Bind(caller.tenant).Add(" AND s.series = ").Bind(filter.series);
  if (!filter.component.empty()) sql.Add(" AND s.component = ").Bind(filter.component);
  if (!filter.centre.empty()) sql.Add(" AND s.centre = ").Bind(filter.centre);
  if (!filter.moderator.empty()) sql.Add(" AND p.marked_by = ").Bind(filter.moderator);
  // MOD-9: of work that is still the caller's to moderate, only what the caller has marked.
  sql.Add(" AND NOT (s.state = 3 AND s.moderator_subject = ").Bind(caller.subject);
  sql.Add(" AND p.marked_by <> ").Bind(caller.subject).Add(")");
  const Reach& reach = caller.reach;
  if (reach.all) return;
  sql.Add(" AND (1 = 0");
  if (!reach.centre.empty()) {
    sql.Add(" OR (s.state = 5 AND s.centre = ").Bind(reach.centre).Add(")");
  }
  if (!reach.moderator.empty()) sql.Add(" OR p.marked_by = ").Bind(reach.moderator);
  sql.Add(")");
}
static_assert(static_cast<int>(State::kAllocated) == 3);
static_assert(static_cast<int>(State::kReleased) == 5);

void AddBound(Statement& sql, const KeyColumns& columns, std::string_view than,
              const AgreementKey& key) {
  sql.Add(" AND (").Add(columns.first);
  if (!columns.second.empty()) sql.Add(", ").Add(columns.second);
  sql.Add(") ").Add(than).Add(" (").Bind(key.first);
  if (!columns.second.empty()) sql.Add(", ").Bind(key.second);
  sql.Add(")");
}

void AddKey(Statement& sql, const KeyColumns& columns) {
  sql.Add(columns.first.empty() ? "''" : columns.first).Add(", ");
  sql.Add(columns.second.empty() ? "''" : columns.second);
}

}  // namespace

absl::StatusOr<std::vector<AgreementKey>> AgreementStore::ListKeys(Tx& tx, const Caller& caller,
                                                                   const AgreementFilter& filter,
                                                                   const AgreementKey* after,
                                                                   int limit) {
  const KeyColumns columns = ColumnsOf(filter.by);
  if (columns.first.empty() && after != nullptr) return std::vector<AgreementKey>();
  Statement sql("SELECT DISTINCT ");
  AddKey(sql, columns);
  AddPairs(sql, caller, filter);
  if (after != nullptr) AddBound(sql, columns, ">", *after);
  sql.Add(" ORDER BY 1, 2 LIMIT ").Bind(limit);
  return Collect<AgreementKey>(tx, sql.sql(), sql.values(), [](const SqlRow& row) {
    return AgreementKey{std::string(row.Text(0)), std::string(row.Text(1))};
  });
}

absl::StatusOr<std::vector<AgreementCell>> AgreementStore::CountCells(Tx& tx, const Caller& caller,
                                                                      const AgreementFilter& filter,
                                                                      const AgreementKey& first,
                                                                      const AgreementKey& last) {
  const KeyColumns columns = ColumnsOf(filter.by);
  Statement sql("SELECT ");
  AddKey(sql, columns);
  sql.Add(", s.component, x.tolerance_policy, c.mark, p.mark, COUNT(*)");
  AddPairs(sql, caller, filter);
  if (!columns.first.empty()) {
    AddBound(sql, columns, ">=", first);
    AddBound(sql, columns, "<=", last);
  }
  sql.Add(" GROUP BY ");
  if (!columns.first.empty()) sql.Add(columns.first).Add(", ");
  if (!columns.second.empty()) sql.Add(columns.second).Add(", ");
  if (filter.by != AgreementBy::kComponent) sql.Add("s.component, ");
  sql.Add("x.tolerance_policy, c.mark, p.mark ORDER BY 1, 2, 3, 4, 5, 6");
  return Collect<AgreementCell>(tx, sql.sql(), sql.values(), [](const SqlRow& row) {
    return AgreementCell{.key = {std::string(row.Text(0)), std::string(row.Text(1))},
                         .component = std::string(row.Text(2)),
                         .tolerance_policy = std::string(row.Text(3)),
                         .centre = row.Int(4),
                         .moderator = row.Int(5),
                         .count = row.Int(6)};
  });
}

absl::Status AgreementStore::InsertResiduals(Tx& tx, std::string_view tenant,
                                             std::int64_t submission, std::string_view sample,
                                             std::int64_t judgement,
                                             const std::vector<Residual>& residuals) {
  static constexpr std::string_view kColumns[] = {"tenant",         "submission",  "sample",
                                                  "judgement",      "candidate",   "centre_mark",
                                                  "moderator_mark", "result_mark", "unexplained"};
  return tx.BulkInsert("residuals", kColumns, static_cast<std::int64_t>(residuals.size()),
                       [&](std::int64_t i, std::span<SqlValue> out) {
                         const Residual& residual = residuals[i];
                         out[0] = tenant;
                         out[1] = submission;
                         out[2] = sample;
                         out[3] = judgement;
                         out[4] = residual.number;
                         out[5] = residual.centre;
                         out[6] = residual.moderator;
                         out[7] = residual.result;
                         out[8] = residual.unexplained;
                       });
}

absl::StatusOr<std::vector<Residual>> AgreementStore::ListResiduals(
    Tx& tx, std::string_view tenant, std::int64_t submission, std::string_view sample,
    std::int64_t judgement, std::string_view after, int limit) {
  return Collect<Residual>(
      tx,
      "SELECT candidate, centre_mark, moderator_mark, result_mark, unexplained FROM residuals "
      "WHERE tenant = $1 AND submission = $2 AND sample = $3 AND judgement = $4 AND "
      "candidate > $5 ORDER BY candidate LIMIT $6",
      {tenant, submission, sample, judgement, after, limit}, [](const SqlRow& row) {
        return Residual{.number = std::string(row.Text(0)),
                        .centre = row.Int(1),
                        .moderator = row.Int(2),
                        .result = row.Int(3),
                        .unexplained = row.Double(4)};
      });
}

}  // namespace assay::moderation
