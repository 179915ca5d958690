#include "services/approval/stores/actions.h"

#include <utility>

#include "services/approval/errors.h"
#include "services/approval/stores/rows.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::View;

constexpr std::string_view kColumns =
    "centre, id, text, source, approval, state, due_day, answer, evidence, answered_by, answer_us, "
    "late, feedback, decided_by, decide_us, returns, officer, create_us, update_us, version";

absl::StatusOr<ActionRecord> RecordOf(const SqlRow& row) {
  ActionRecord a;
  a.centre = row.Text(0);
  a.id = row.Text(1);
  a.text = row.Text(2);
  a.source = row.Text(3);
  a.approval = row.Text(4);
  ASSIGN_OR_RETURN(a.state, EnumAt<ActionState>(row, 5, kActionStates));
  ASSIGN_OR_RETURN(a.due, DayAt(row, 6));
  a.answer = row.Text(7);
  a.evidence = LinesAt(row, 8);
  a.answered_by = row.Text(9);
  a.answer_time = OptionalTimeAt(row, 10);
  a.late = row.Int(11) != 0;
  a.feedback = row.Text(12);
  a.decided_by = row.Text(13);
  a.decide_time = OptionalTimeAt(row, 14);
  a.returns = static_cast<int>(row.Int(15));
  a.officer = row.Text(16);
  a.create_time = absl::FromUnixMicros(row.Int(17));
  a.update_time = absl::FromUnixMicros(row.Int(18));
  a.version = row.Int(19);
  return a;
}

std::string Select() { return absl::StrCat("SELECT ", View(kColumns), " FROM centre_actions "); }

}  // namespace

std::string ActionRecord::Name() const { return absl::StrCat("centres/", centre, "/actions/", id); }

absl::Status ActionStore::Insert(Tx& tx, std::string_view tenant, const ActionRecord& a) {
  const std::string due = TextOf(a.due), evidence = LinesOf(a.evidence);
  return tx
      .Execute(absl::StrCat("INSERT INTO centre_actions (tenant, ", View(kColumns),
                            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                            "$14, $15, $16, $17, $18, $19, $20, $21)"),
               {tenant,
                a.centre,
                a.id,
                a.text,
                a.source,
                a.approval,
                static_cast<int>(a.state),
                due,
                a.answer,
                evidence,
                a.answered_by,
                MicrosOf(a.answer_time),
                a.late ? 1 : 0,
                a.feedback,
                a.decided_by,
                MicrosOf(a.decide_time),
                a.returns,
                a.officer,
                absl::ToUnixMicros(a.create_time),
                absl::ToUnixMicros(a.update_time),
                a.version})
      .status();
}

absl::StatusOr<ActionRecord> ActionStore::Get(Tx& tx, const Reach& reach, std::string_view centre,
                                              std::string_view id) {
  static const std::string kSql =
      Select() + "WHERE tenant = $1 AND centre = $2 AND id = $3 AND ($4 = '' OR centre = $4)";
  const SqlValue values[] = {reach.tenant, centre, id, reach.within};
  ASSIGN_OR_RETURN(auto found, Collect<ActionRecord>(tx, kSql, values, RecordOf));
  if (!found.empty()) return std::move(found[0]);
  const std::string name = absl::StrCat("centres/", View(centre), "/actions/", View(id));
  return Error(absl::StatusCode::kNotFound, kActionNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("action", name);
}

absl::Status ActionStore::Update(Tx& tx, std::string_view tenant, ActionRecord& a) {
  const std::string due = TextOf(a.due), evidence = LinesOf(a.evidence);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute(
          "UPDATE centre_actions SET state = $4, due_day = $5, answer = $6, evidence = $7, "
          "answered_by = $8, answer_us = $9, late = $10, feedback = $11, decided_by = $12, "
          "decide_us = $13, returns = $14, update_us = $15, version = version + 1 "
          "WHERE tenant = $1 AND centre = $2 AND id = $3 AND version = $16",
          {tenant, a.centre, a.id, static_cast<int>(a.state), due, a.answer, evidence,
           a.answered_by, MicrosOf(a.answer_time), a.late ? 1 : 0, a.feedback, a.decided_by,
           MicrosOf(a.decide_time), a.returns, absl::ToUnixMicros(a.update_time), a.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 absl::StrCat(a.Name(), " has changed meanwhile; read it again"))
        .With("resource", a.Name());
  }
  ++a.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ActionRecord>> ActionStore::List(Tx& tx, const Reach& reach,
                                                            std::string_view centre,
                                                            std::optional<ActionState> state,
                                                            std::string_view after, int limit) {
  const auto [after_centre, after_id] = SplitPosition(after);
  Statement sql(Select() + "WHERE tenant = ");
  sql.Bind(reach.tenant);
  if (!centre.empty()) sql.Add(" AND centre = ").Bind(centre);
  if (!reach.within.empty()) sql.Add(" AND centre = ").Bind(reach.within);
  if (state.has_value()) sql.Add(" AND state = ").Bind(static_cast<int>(*state));
  sql.Add(" AND (centre, id) > (").Bind(after_centre).Add(", ").Bind(after_id);
  sql.Add(") ORDER BY centre, id LIMIT ").Bind(limit);
  return Collect<ActionRecord>(tx, sql.sql(), sql.values(), RecordOf);
}

}  // namespace assay::approval
