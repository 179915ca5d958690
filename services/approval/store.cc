#include "services/approval/store.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/approval/errors.h"
#include "services/approval/stores/common_pairs.h"
#include "services/approval/stores/in_list.h"
#include "services/approval/stores/rows.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/database.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::Parameters;
using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;

constexpr int kCentreColumnCount = 29;
constexpr std::array<std::string_view, kCentreColumnCount> kCentreColumns = {
    "tenant",        "id",        "title",     "state",     "state_reason", "urn",
    "ukprn",         "laestab",   "town",      "postcode",  "kind",         "address_lines",
    "age_low",       "age_high",  "open_day",  "close_day", "closed",       "predecessor_urn",
    "successor_urn", "create_us", "update_us", "version",   "title_cy",     "other_names",
    "region",        "authority", "website",   "reference", "merged_into"};
constexpr std::string_view kWordColumns[] = {"tenant", "centre", "word"};
constexpr std::string_view kApprovalColumns =
    "centre, id, qualification, state, effective_day, end_day, state_reason, create_us, "
    "update_us, version, fast_track_from, answer_due_day, expire_day, first_use_due_day, "
    "first_use_day, applied_policy, applied_policy_version, applied_catalogue_version, "
    "decided_policy, decided_policy_version, decided_catalogue_version";

std::string SelectCentres() {
  static const std::string kSql = [] {
    std::string columns;
    for (const std::string_view column : kCentreColumns) {
      absl::StrAppend(&columns, columns.empty() ? "c." : ", c.", View(column));
    }
    return absl::StrCat("SELECT ", columns, " FROM centres c ");
  }();
  return kSql;
}

// The days of an approval, alive while they are bound.
struct ApprovalDays {
  explicit ApprovalDays(const QualificationApproval& a)
      : effective(TextOf(a.effective_date)),
        end(TextOf(a.end_date)),
        answer_due(TextOf(a.answer_due_date)),
        expire(TextOf(a.expire_date)),
        first_use_due(TextOf(a.first_use_due_date)),
        first_use(TextOf(a.first_use_date)) {}
  std::optional<std::string> effective, end, answer_due, expire, first_use_due, first_use;
};

// "" is no policy: nothing was recorded.
RulesUsed Kept(const std::optional<RulesUsed>& rules) { return rules.value_or(RulesUsed()); }

std::optional<RulesUsed> RulesAt(const SqlRow& row, int column) {
  if (row.Text(column).empty()) return std::nullopt;
  return RulesUsed{std::string(row.Text(column)), static_cast<int>(row.Int(column + 1)),
                   static_cast<int>(row.Int(column + 2))};
}

absl::StatusOr<Centre> CentreFrom(const SqlRow& row) {
  Centre centre;
  Establishment& facts = centre.facts;
  centre.id = row.Text(1);
  facts.title = row.Text(2);
  const std::optional<CentreState> state = CentreStateOf(row.Text(3));
  if (!state.has_value()) {
    return absl::DataLossError(absl::StrCat("no state: ", View(row.Text(3))));
  }
  centre.state = *state;
  centre.state_reason = row.Text(4);
  facts.urn = row.Text(5);
  facts.ukprn = row.Text(6);
  facts.laestab = row.Text(7);
  facts.town = row.Text(8);
  facts.postcode = row.Text(9);
  facts.kind = row.Text(10);
  const std::string lines(row.Text(11));
  if (!lines.empty()) facts.address_lines = absl::StrSplit(lines, '\n');
  facts.age_low = static_cast<int>(row.Int(12));
  facts.age_high = static_cast<int>(row.Int(13));
  ASSIGN_OR_RETURN(facts.open_date, OptionalDayAt(row, 14));
  ASSIGN_OR_RETURN(facts.close_date, OptionalDayAt(row, 15));
  facts.closed = row.Int(16) != 0;
  facts.predecessor_urn = row.Text(17);
  facts.successor_urn = row.Text(18);
  centre.create_time = absl::FromUnixMicros(row.Int(19));
  centre.update_time = absl::FromUnixMicros(row.Int(20));
  centre.version = row.Int(21);
  facts.title_cy = row.Text(22);
  const std::string names(row.Text(23));
  if (!names.empty()) facts.other_names = absl::StrSplit(names, '\n');
  facts.region = row.Text(24);
  facts.authority = row.Text(25);
  facts.website = row.Text(26);
  facts.reference = row.Text(27);
  centre.merged_into = row.Text(28);
  return centre;
}

// What a centre's row is made of, alive while it is bound.
struct CentreValues {
  explicit CentreValues(const Centre& centre)
      : lines(absl::StrJoin(centre.facts.address_lines, "\n")),
        names(absl::StrJoin(centre.facts.other_names, "\n")),
        open_day(TextOf(centre.facts.open_date)),
        close_day(TextOf(centre.facts.close_date)) {}

  // In the order of kCentreColumns.
  void Fill(std::string_view tenant, const Centre& c, std::span<SqlValue> out) const {
    const Establishment& f = c.facts;
    std::size_t i = 0;
    for (const SqlValue& value : std::initializer_list<SqlValue>{tenant,
                                                                 c.id,
                                                                 f.title,
                                                                 NameOf(c.state),
                                                                 c.state_reason,
                                                                 f.urn,
                                                                 f.ukprn,
                                                                 f.laestab,
                                                                 f.town,
                                                                 f.postcode,
                                                                 f.kind,
                                                                 lines,
                                                                 f.age_low,
                                                                 f.age_high,
                                                                 open_day,
                                                                 close_day,
                                                                 f.closed ? 1 : 0,
                                                                 f.predecessor_urn,
                                                                 f.successor_urn,
                                                                 absl::ToUnixMicros(c.create_time),
                                                                 absl::ToUnixMicros(c.update_time),
                                                                 c.version,
                                                                 f.title_cy,
                                                                 names,
                                                                 f.region,
                                                                 f.authority,
                                                                 f.website,
                                                                 f.reference,
                                                                 c.merged_into}) {
      out[i++] = value;
    }
  }

  std::string lines;
  std::string names;
  std::optional<std::string> open_day;
  std::optional<std::string> close_day;
};

absl::StatusOr<CentrePage> ReadPage(Transaction& tx, const std::string& sql,
                                    const Parameters& parameters, int limit) {
  CentrePage page;
  RETURN_IF_ERROR(tx.Query(sql, parameters.values(), [&](const SqlRow& row) -> absl::Status {
    ASSIGN_OR_RETURN(Centre centre, CentreFrom(row));
    page.centres.push_back(std::move(centre));
    return absl::OkStatus();
  }));
  if (static_cast<int>(page.centres.size()) > limit) {
    page.centres.resize(limit);
    page.next = page.centres.back().id;
  }
  return page;
}

absl::Status Changed(std::string_view name) {
  return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
               absl::StrCat(View(name), " has changed meanwhile; read it and try again"))
      .With("name", name);
}

absl::Status InsertWords(Transaction& tx, std::string_view tenant,
                         std::span<const IndexedCentre> centres) {
  std::vector<std::pair<const std::string*, const std::string*>> rows;
  for (const IndexedCentre& centre : centres) {
    for (const std::string& word : centre.words) rows.emplace_back(&centre.centre.id, &word);
  }
  if (rows.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(tx.BulkInsert("centre_words", kWordColumns,
                                static_cast<std::int64_t>(rows.size()),
                                [&](std::int64_t i, std::span<SqlValue> out) {
                                  out[0] = tenant;
                                  out[1] = *rows[i].first;
                                  out[2] = *rows[i].second;
                                }));
  return CommonPairs().Learn(tx, tenant, centres);
}

absl::StatusOr<QualificationApproval> ApprovalFrom(const SqlRow& row) {
  QualificationApproval approval;
  approval.centre = row.Text(0);
  approval.id = row.Text(1);
  approval.qualification = row.Text(2);
  const std::optional<ApprovalState> state = ApprovalStateOf(row.Text(3));
  if (!state.has_value()) {
    return absl::DataLossError(absl::StrCat("no state: ", View(row.Text(3))));
  }
  approval.state = *state;
  ASSIGN_OR_RETURN(approval.effective_date, OptionalDayAt(row, 4));
  ASSIGN_OR_RETURN(approval.end_date, OptionalDayAt(row, 5));
  approval.state_reason = row.Text(6);
  approval.create_time = absl::FromUnixMicros(row.Int(7));
  approval.update_time = absl::FromUnixMicros(row.Int(8));
  approval.version = row.Int(9);
  approval.fast_track_from = row.Text(10);
  ASSIGN_OR_RETURN(approval.answer_due_date, OptionalDayAt(row, 11));
  ASSIGN_OR_RETURN(approval.expire_date, OptionalDayAt(row, 12));
  ASSIGN_OR_RETURN(approval.first_use_due_date, OptionalDayAt(row, 13));
  ASSIGN_OR_RETURN(approval.first_use_date, OptionalDayAt(row, 14));
  approval.applied_under = RulesAt(row, 15);
  approval.decided_under = RulesAt(row, 18);
  return approval;
}

absl::StatusOr<std::vector<QualificationApproval>> ReadApprovals(Transaction& tx,
                                                                 const std::string& sql,
                                                                 std::span<const SqlValue> values) {
  std::vector<QualificationApproval> approvals;
  RETURN_IF_ERROR(tx.Query(sql, values, [&](const SqlRow& row) -> absl::Status {
    ASSIGN_OR_RETURN(QualificationApproval approval, ApprovalFrom(row));
    approvals.push_back(std::move(approval));
    return absl::OkStatus();
  }));
  return approvals;
}

}  // namespace

absl::StatusOr<Centre> Store::GetCentre(Transaction& tx, const Reach& reach, std::string_view id) {
  std::optional<Centre> found;
  static const std::string kSql =
      SelectCentres() + "WHERE c.tenant = $1 AND c.id = $2 AND ($3 = '' OR c.id = $3)";
  RETURN_IF_ERROR(
      tx.Query(kSql, {reach.tenant, id, reach.within}, [&](const SqlRow& row) -> absl::Status {
        ASSIGN_OR_RETURN(found, CentreFrom(row));
        return absl::OkStatus();
      }));
  if (found.has_value()) return *std::move(found);
  const std::string name = absl::StrCat("centres/", View(id));
  return Error(absl::StatusCode::kNotFound, kCentreNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("centre", name);
}

absl::StatusOr<std::map<std::string, Centre>> Store::FindCentres(Transaction& tx,
                                                                 std::string_view tenant,
                                                                 std::span<const std::string> ids) {
  std::map<std::string, Centre> found;
  RETURN_IF_ERROR(QueryIn(tx, SelectCentres() + "WHERE c.tenant = $1 AND c.id IN ", {tenant}, ids,
                          "", [&](const SqlRow& row) -> absl::Status {
                            ASSIGN_OR_RETURN(Centre centre, CentreFrom(row));
                            std::string id = centre.id;
                            found.emplace(std::move(id), std::move(centre));
                            return absl::OkStatus();
                          }));
  return found;
}

absl::StatusOr<CentrePage> Store::ListCentres(Transaction& tx, const Reach& reach,
                                              std::optional<CentreState> state,
                                              std::string_view after, int limit) {
  Parameters parameters;
  std::string sql = SelectCentres() + "WHERE c.tenant = " + parameters.Bind(reach.tenant);
  sql += " AND c.id > " + parameters.Bind(after);
  if (!reach.within.empty()) sql += " AND c.id = " + parameters.Bind(reach.within);
  if (state.has_value()) sql += " AND c.state = " + parameters.Bind(NameOf(*state));
  sql += " ORDER BY c.id LIMIT " + parameters.Bind(limit + 1);
  return ReadPage(tx, sql, parameters, limit);
}

absl::Status Store::InsertCentres(Transaction& tx, std::string_view tenant,
                                  std::span<const IndexedCentre> centres) {
  if (centres.empty()) return absl::OkStatus();
  std::optional<CentreValues> values;
  RETURN_IF_ERROR(tx.BulkInsert("centres", kCentreColumns,
                                static_cast<std::int64_t>(centres.size()),
                                [&](std::int64_t i, std::span<SqlValue> out) {
                                  values.emplace(centres[i].centre);
                                  values->Fill(tenant, centres[i].centre, out);
                                }));
  return InsertWords(tx, tenant, centres);
}

absl::Status Store::UpdateCentre(Transaction& tx, std::string_view tenant,
                                 const IndexedCentre& indexed) {
  const Centre& centre = indexed.centre;
  const CentreValues made(centre);
  std::vector<SqlValue> values(kCentreColumnCount, nullptr);
  made.Fill(tenant, centre, values);
  static const std::string kSql = [] {
    std::string sets;
    for (int i = 2; i < kCentreColumnCount; ++i) {
      absl::StrAppend(&sets, sets.empty() ? "" : ", ", View(kCentreColumns[i]), " = $", i + 1);
    }
    return absl::StrCat("UPDATE centres SET ", sets,
                        " WHERE tenant = $1 AND id = $2 AND version = $", kCentreColumnCount + 1);
  }();
  values.push_back(centre.version - 1);
  ASSIGN_OR_RETURN(const std::int64_t rows, tx.Execute(kSql, values));
  if (rows == 0) return Changed("centres/" + centre.id);
  RETURN_IF_ERROR(
      tx.Execute("DELETE FROM centre_words WHERE tenant = $1 AND centre = $2", {tenant, centre.id})
          .status());
  return InsertWords(tx, tenant, {&indexed, 1});
}

absl::Status Store::UpdateCentreState(Transaction& tx, std::string_view tenant,
                                      const Centre& centre, std::string_view actor) {
  const std::int64_t time_us = absl::ToUnixMicros(centre.update_time);
  ASSIGN_OR_RETURN(const std::int64_t rows,
                   tx.Execute("UPDATE centres SET state = $3, state_reason = $4, update_us = $5, "
                              "version = $6 WHERE tenant = $1 AND id = $2 AND version = $7",
                              {tenant, centre.id, NameOf(centre.state), centre.state_reason,
                               time_us, centre.version, centre.version - 1}));
  if (rows == 0) return Changed("centres/" + centre.id);
  return tx
      .Execute(
          "INSERT INTO centre_states (tenant, centre, version, state, reason, actor, time_us) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7)",
          {tenant, centre.id, centre.version, NameOf(centre.state), centre.state_reason, actor,
           time_us})
      .status();
}

absl::Status Store::UpdateMerged(Transaction& tx, std::string_view tenant, const Centre& centre,
                                 std::string_view actor) {
  RETURN_IF_ERROR(UpdateCentreState(tx, tenant, centre, actor));
  RETURN_IF_ERROR(tx.Execute("UPDATE centres SET merged_into = $3 WHERE tenant = $1 AND id = $2",
                             {tenant, centre.id, centre.merged_into})
                      .status());
  return tx
      .Execute("DELETE FROM centre_words WHERE tenant = $1 AND centre = $2", {tenant, centre.id})
      .status();
}

absl::StatusOr<std::optional<CentreState>> Store::LastStateBefore(Transaction& tx,
                                                                  std::string_view tenant,
                                                                  std::string_view centre,
                                                                  absl::Time before) {
  std::optional<CentreState> state;
  RETURN_IF_ERROR(
      tx.Query("SELECT state FROM centre_states WHERE tenant = $1 AND centre = $2 AND time_us < $3 "
               "ORDER BY version DESC LIMIT 1",
               {tenant, centre, absl::ToUnixMicros(before)}, [&](const SqlRow& row) {
                 state = CentreStateOf(row.Text(0));
                 return absl::OkStatus();
               }));
  return state;
}

absl::StatusOr<std::optional<CentreState>> Store::StateBeforeClosing(Transaction& tx,
                                                                     std::string_view tenant,
                                                                     std::string_view centre) {
  std::optional<CentreState> state;
  RETURN_IF_ERROR(
      tx.Query("SELECT state FROM centre_states WHERE tenant = $1 AND centre = $2 AND state <> $3 "
               "ORDER BY version DESC LIMIT 1",
               {tenant, centre, NameOf(CentreState::kClosed)}, [&](const SqlRow& row) {
                 state = CentreStateOf(row.Text(0));
                 return absl::OkStatus();
               }));
  return state;
}

absl::Status Store::InsertApproval(Transaction& tx, std::string_view tenant,
                                   const QualificationApproval& a) {
  const ApprovalDays days(a);
  const RulesUsed applied = Kept(a.applied_under), decided = Kept(a.decided_under);
  const absl::Status status =
      tx.Execute(
            absl::StrCat("INSERT INTO qualification_approvals (tenant, ", View(kApprovalColumns),
                         ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                         "$15, $16, $17, $18, $19, $20, $21, $22)"),
            {tenant,
             a.centre,
             a.id,
             a.qualification,
             NameOf(a.state),
             days.effective,
             days.end,
             a.state_reason,
             absl::ToUnixMicros(a.create_time),
             absl::ToUnixMicros(a.update_time),
             a.version,
             a.fast_track_from,
             days.answer_due,
             days.expire,
             days.first_use_due,
             days.first_use,
             applied.policy,
             applied.policy_version,
             applied.catalogue_version,
             decided.policy,
             decided.policy_version,
             decided.catalogue_version})
          .status();
  if (!absl::IsAlreadyExists(status)) return status;
  const std::string centre = "centres/" + a.centre;
  const std::string qualification = "qualifications/" + a.qualification;
  return Error(absl::StatusCode::kAlreadyExists, kApprovalExists,
               absl::StrCat(centre, " has applied for ", qualification,
                            " already, or is approved for it"))
      .With("centre", centre)
      .With("qualification", qualification);
}

absl::StatusOr<QualificationApproval> Store::GetApproval(Transaction& tx, const Reach& reach,
                                                         std::string_view centre,
                                                         std::string_view id) {
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kApprovalColumns),
                   " FROM qualification_approvals WHERE tenant = $1 AND centre = $2 AND id = $3 "
                   "AND ($4 = '' OR centre = $4)");
  const SqlValue values[] = {reach.tenant, centre, id, reach.within};
  ASSIGN_OR_RETURN(std::vector<QualificationApproval> found, ReadApprovals(tx, kSql, values));
  if (!found.empty()) return std::move(found[0]);
  const std::string name =
      absl::StrCat("centres/", View(centre), "/qualificationApprovals/", View(id));
  return Error(absl::StatusCode::kNotFound, kApprovalNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("approval", name);
}

absl::StatusOr<ApprovalPage> Store::ListApprovals(Transaction& tx, const Reach& reach,
                                                  const ApprovalFilter& filter,
                                                  std::string_view after, int limit) {
  Parameters parameters;
  std::string sql =
      absl::StrCat("SELECT ", View(kApprovalColumns),
                   " FROM qualification_approvals WHERE tenant = ", parameters.Bind(reach.tenant));
  const std::optional<std::string> due = TextOf(filter.answer_due_before);
  if (!filter.centre.empty()) sql += " AND centre = " + parameters.Bind(filter.centre);
  if (!filter.qualification.empty()) {
    sql += " AND qualification = " + parameters.Bind(filter.qualification);
  }
  if (filter.state.has_value()) sql += " AND state = " + parameters.Bind(NameOf(*filter.state));
  if (due.has_value()) {
    sql += " AND state = 'applied' AND answer_due_day < " + parameters.Bind(*due);
  }
  const std::optional<std::string> condition_due = TextOf(filter.condition_due_before);
  if (condition_due.has_value()) {
    sql +=
        " AND (centre, id) IN (SELECT centre, approval FROM approval_conditions "
        "WHERE tenant = " +
        parameters.Bind(reach.tenant);
    sql += " AND state = 1 AND due_day < " + parameters.Bind(*condition_due) + ")";
  }
  if (!reach.within.empty()) sql += " AND centre = " + parameters.Bind(reach.within);
  const std::size_t slash = after.find('/');
  if (slash != after.npos) {
    sql += " AND (centre, id) > (" + parameters.Bind(after.substr(0, slash));
    sql += ", " + parameters.Bind(after.substr(slash + 1)) + ")";
  }
  sql += " ORDER BY centre, id LIMIT " + parameters.Bind(limit + 1);
  ApprovalPage page;
  ASSIGN_OR_RETURN(page.approvals, ReadApprovals(tx, sql, parameters.values()));
  if (static_cast<int>(page.approvals.size()) > limit) {
    page.approvals.resize(limit);
    page.next = absl::StrCat(page.approvals.back().centre, "/", page.approvals.back().id);
  }
  return page;
}

absl::StatusOr<std::vector<QualificationApproval>> Store::ApprovalsOf(
    Transaction& tx, std::string_view tenant, std::string_view centre,
    std::string_view qualification) {
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kApprovalColumns),
                   " FROM qualification_approvals WHERE tenant = $1 AND centre = $2 "
                   "AND ($3 = '' OR qualification = $3) ORDER BY id");
  const SqlValue values[] = {tenant, centre, qualification};
  return ReadApprovals(tx, kSql, values);
}

absl::StatusOr<std::vector<QualificationApproval>> Store::CurrentApprovals(Transaction& tx,
                                                                           const Reach& reach,
                                                                           std::string_view centre,
                                                                           int limit) {
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kApprovalColumns),
                   " FROM qualification_approvals WHERE tenant = $1 AND centre = $2 "
                   "AND ($3 = '' OR centre = $3) ORDER BY CASE state WHEN 'approved' THEN 0 "
                   "WHEN 'suspended' THEN 1 WHEN 'applied' THEN 2 ELSE 3 END, update_us DESC, id "
                   "LIMIT $4");
  const SqlValue values[] = {reach.tenant, centre, reach.within, limit};
  return ReadApprovals(tx, kSql, values);
}

absl::StatusOr<std::int64_t> Store::CountApprovals(Transaction& tx, const Reach& reach,
                                                   std::string_view centre) {
  std::int64_t count = 0;
  RETURN_IF_ERROR(
      tx.Query("SELECT COUNT(*) FROM qualification_approvals WHERE tenant = $1 AND centre = $2 "
               "AND ($3 = '' OR centre = $3)",
               {reach.tenant, centre, reach.within}, [&](const SqlRow& row) {
                 count = row.Int(0);
                 return absl::OkStatus();
               }));
  return count;
}

absl::StatusOr<std::map<std::string, std::vector<QualificationApproval>>> Store::ApprovalsOfCentres(
    Transaction& tx, std::string_view tenant, std::span<const std::string> centres) {
  std::map<std::string, std::vector<QualificationApproval>> found;
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kApprovalColumns),
                   " FROM qualification_approvals WHERE tenant = $1 AND centre IN ");
  RETURN_IF_ERROR(QueryIn(tx, kSql, {tenant}, centres, " ORDER BY centre, id",
                          [&](const SqlRow& row) -> absl::Status {
                            ASSIGN_OR_RETURN(QualificationApproval approval, ApprovalFrom(row));
                            found[approval.centre].push_back(std::move(approval));
                            return absl::OkStatus();
                          }));
  return found;
}

absl::StatusOr<std::map<std::string, std::vector<std::pair<absl::Time, CentreState>>>>
Store::StatesOfCentres(Transaction& tx, std::string_view tenant,
                       std::span<const std::string> centres) {
  std::map<std::string, std::vector<std::pair<absl::Time, CentreState>>> found;
  RETURN_IF_ERROR(QueryIn(
      tx, "SELECT centre, time_us, state FROM centre_states WHERE tenant = $1 AND centre IN ",
      {tenant}, centres, " ORDER BY centre, version", [&](const SqlRow& row) -> absl::Status {
        const std::optional<CentreState> state = CentreStateOf(row.Text(2));
        if (!state.has_value()) return absl::DataLossError("no state of a centre");
        found[std::string(row.Text(0))].emplace_back(TimeAt(row, 1), *state);
        return absl::OkStatus();
      }));
  return found;
}

absl::Status Store::UpdateApproval(Transaction& tx, std::string_view tenant,
                                   const QualificationApproval& a) {
  const ApprovalDays days(a);
  const RulesUsed decided = Kept(a.decided_under);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE qualification_approvals SET state = $4, effective_day = $5, end_day = $6, "
                 "state_reason = $7, update_us = $8, version = $9, expire_day = $11, "
                 "first_use_due_day = $12, first_use_day = $13, decided_policy = $14, "
                 "decided_policy_version = $15, decided_catalogue_version = $16 "
                 "WHERE tenant = $1 AND centre = $2 AND id = $3 AND version = $10",
                 {tenant, a.centre, a.id, NameOf(a.state), days.effective, days.end, a.state_reason,
                  absl::ToUnixMicros(a.update_time), a.version, a.version - 1, days.expire,
                  days.first_use_due, days.first_use, decided.policy, decided.policy_version,
                  decided.catalogue_version}));
  if (rows == 0) {
    return Changed(absl::StrCat("centres/", a.centre, "/qualificationApprovals/", a.id));
  }
  return absl::OkStatus();
}

}  // namespace assay::approval
