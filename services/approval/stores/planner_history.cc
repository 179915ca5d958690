#include "services/approval/stores/planner_history.h"

#include <cstdint>
#include <utility>

#include "absl/strings/numbers.h"
#include "services/approval/stores/rows.h"

namespace assay::approval {

using platform::SqlRow;
using platform::SqlValue;
using platform::View;

namespace {

// Waivers come after rulings of the same moment.
constexpr int kWaiverRank = 1;

struct Position {
  std::int64_t time_us = 0;
  int rank = 0;
  int number = 0;
};

Position PositionFrom(std::string_view text) {
  Position position;
  const auto [time, rest] = SplitPosition(text);
  const auto [rank, number] = SplitPosition(rest);
  if (!absl::SimpleAtoi(View(time), &position.time_us) ||
      !absl::SimpleAtoi(View(rank), &position.rank) ||
      !absl::SimpleAtoi(View(number), &position.number)) {
    return {};
  }
  return position;
}

absl::StatusOr<PlannerJudgementRow> JudgementOf(const SqlRow& row) {
  PlannerJudgementRow out;
  out.ruling.number = static_cast<int>(row.Int(1));
  out.ruling.outcome = row.Text(2);
  out.ruling.feedback = row.Text(3);
  ASSIGN_OR_RETURN(out.ruling.deadline, OptionalDayAt(row, 4));
  out.ruling.officer = row.Text(5);
  out.ruling.time = TimeAt(row, 6);
  out.position = absl::StrCat(row.Int(6), "/", row.Int(0), "/", row.Int(1));
  return out;
}

}  // namespace

absl::Status PlannerHistoryStore::InsertDeclaration(Tx& tx, std::string_view tenant,
                                                    const PlannerRecord& p,
                                                    const PlannerDeclaration& d) {
  return tx
      .Execute(
          "INSERT INTO planner_declarations (tenant, centre, planner, number, document_version, "
          "signed_by, position, declared_by, time_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
          {tenant, p.centre, p.id, d.number, d.document_version, d.signed_by, d.position,
           d.declared_by, absl::ToUnixMicros(d.time)})
      .status();
}

absl::StatusOr<std::vector<PlannerDeclaration>> PlannerHistoryStore::ListDeclarations(
    Tx& tx, std::string_view tenant, const PlannerRecord& p, int after, int limit) {
  const SqlValue values[] = {tenant, p.centre, p.id, after, limit};
  return Collect<PlannerDeclaration>(
      tx,
      "SELECT number, document_version, signed_by, position, declared_by, time_us "
      "FROM planner_declarations WHERE tenant = $1 AND centre = $2 AND planner = $3 "
      "AND number > $4 ORDER BY number LIMIT $5",
      values, [](const SqlRow& row) -> absl::StatusOr<PlannerDeclaration> {
        return PlannerDeclaration{.number = static_cast<int>(row.Int(0)),
                                  .document_version = static_cast<int>(row.Int(1)),
                                  .signed_by = std::string(row.Text(2)),
                                  .position = std::string(row.Text(3)),
                                  .declared_by = std::string(row.Text(4)),
                                  .time = TimeAt(row, 5)};
      });
}

absl::Status PlannerHistoryStore::InsertWaiver(Tx& tx, std::string_view tenant,
                                               const PlannerRecord& p, const PlannerWaiver& w) {
  const std::string previous = TextOf(w.previous), until = TextOf(w.until);
  return tx
      .Execute(
          "INSERT INTO planner_waivers (tenant, centre, planner, number, previous_day, until_day, "
          "reason, officer, time_us) SELECT $1, $2, $3, COALESCE(MAX(number), 0) + 1, $4, $5, $6, "
          "$7, $8 FROM planner_waivers WHERE tenant = $1 AND centre = $2 AND planner = $3",
          {tenant, p.centre, p.id, previous, until, w.reason, w.officer,
           absl::ToUnixMicros(w.time)})
      .status();
}

absl::StatusOr<std::vector<PlannerJudgementRow>> PlannerHistoryStore::ListJudgements(
    Tx& tx, std::string_view tenant, const PlannerRecord& p, std::string_view after, int limit) {
  const Position from = PositionFrom(after);
  const SqlValue values[] = {tenant,       p.centre,  p.id,        kWaiverRank, kWaived,
                             from.time_us, from.rank, from.number, limit};
  ASSIGN_OR_RETURN(
      std::vector<PlannerJudgementRow> found,
      Collect<PlannerJudgementRow>(
          tx,
          "SELECT h.place, h.number, h.outcome, h.feedback, h.deadline, h.officer, h.time_us FROM ("
          "SELECT CAST(0 AS BIGINT) AS place, number, outcome, feedback, deadline, officer, "
          "time_us FROM planner_rulings WHERE tenant = $1 AND centre = $2 AND planner = $3 "
          "UNION ALL SELECT CAST($4 AS BIGINT), number, CAST($5 AS TEXT), reason, until_day, "
          "officer, time_us FROM planner_waivers WHERE tenant = $1 AND centre = $2 "
          "AND planner = $3) AS h WHERE (h.time_us, h.place, h.number) > ($6, $7, $8) "
          "ORDER BY h.time_us, h.place, h.number LIMIT $9",
          values, JudgementOf));
  for (PlannerJudgementRow& row : found) {
    if (row.ruling.outcome == kWaived) continue;
    ASSIGN_OR_RETURN(row.ruling.actions,
                     PlannerStore().ActionsOf(tx, tenant, p, row.ruling.number));
  }
  return found;
}

absl::Status PlannerHistoryStore::InsertDecision(Tx& tx, std::string_view tenant,
                                                 const PlannerRecord& p, const LearnerDecision& d) {
  return tx
      .Execute(
          "INSERT INTO planner_decisions (tenant, centre, planner, number, enrolment, met, reason, "
          "officer, declaration, time_us) SELECT $1, $2, $3, COALESCE(MAX(number), 0) + 1, $4, $5, "
          "$6, $7, $8, $9 FROM planner_decisions WHERE tenant = $1 AND centre = $2 AND planner = "
          "$3",
          {tenant, p.centre, p.id, d.enrolment, d.met ? 1 : 0, d.reason, d.officer, d.declaration,
           absl::ToUnixMicros(d.time)})
      .status();
}

absl::StatusOr<std::vector<LearnerDecision>> PlannerHistoryStore::ListDecisions(
    Tx& tx, std::string_view tenant, const PlannerRecord& p, std::string_view enrolment,
    int limit) {
  const SqlValue values[] = {tenant, p.centre, p.id, enrolment, limit};
  return Collect<LearnerDecision>(
      tx,
      "SELECT enrolment, met, reason, officer, declaration, time_us FROM planner_decisions "
      "WHERE tenant = $1 AND centre = $2 AND planner = $3 AND enrolment = $4 "
      "ORDER BY number DESC LIMIT $5",
      values, [](const SqlRow& row) -> absl::StatusOr<LearnerDecision> {
        return LearnerDecision{.enrolment = std::string(row.Text(0)),
                               .met = row.Int(1) != 0,
                               .reason = std::string(row.Text(2)),
                               .officer = std::string(row.Text(3)),
                               .declaration = static_cast<int>(row.Int(4)),
                               .time = TimeAt(row, 5)};
      });
}

}  // namespace assay::approval
