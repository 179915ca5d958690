#include "services/approval/stores/deadlines.h"

#include <functional>

#include "services/approval/oversight/staff.h"
#include "services/approval/stores/rows.h"

namespace assay::approval {
namespace {

using platform::SqlRow;
using platform::SqlValue;
using platform::View;

// One place in which something due is kept. Its columns: tenant, centre, kind, item, text, party,
// due_day. `where` can be added to.
struct Source {
  std::string columns_from_where;
  std::string tenant;  // Columns to put conditions on.
  std::string centre;
  std::string due;
  std::string item;
  std::string centres_turn;   // Condition under which the centre is to act; "": always.
  std::string last_day = "";  // After this day it is due no more; "" for no such column.
};

std::string PlannerItem(const char* alias, const char* id) {
  return absl::StrCat("'centres/' || ", alias, ".centre || '/planners/' || ", alias, ".", id);
}

// Of a planner only what its last ruling asks for is still due (EI-11, EI-14).
std::vector<Source> Sources() {
  const std::string action = "'centres/' || a.centre || '/actions/' || a.id";
  const std::string task = PlannerItem("a", "planner") +
                           " || '/actions/' || CAST(a.ruling AS TEXT) || '-' || "
                           "CAST(a.position AS TEXT)";
  const std::string deadline = PlannerItem("r", "planner");
  const std::string declaration = PlannerItem("p", "id");
  const std::string competence =
      "'centres/' || c.centre || '/staff/' || c.staff || '/competences/' || c.id";
  std::string kind_name = "CASE c.kind";
  for (int kind = 0; kind < kCompetenceKinds; ++kind) {
    absl::StrAppend(&kind_name, " WHEN ", kind, " THEN '",
                    View(NameOf(static_cast<CompetenceKind>(kind))), "'");
  }
  kind_name += " ELSE '' END";
  return {
      {absl::StrCat("SELECT a.tenant, a.centre, 1 AS kind, ", action,
                    " AS item, a.text, CASE a.state WHEN 1 THEN 'quality' ELSE 'centre' END AS "
                    "party, a.due_day FROM centre_actions a WHERE a.state < 3"),
       "a.tenant", "a.centre", "a.due_day", action, "a.state <> 1"},
      {absl::StrCat("SELECT a.tenant, a.centre, 2 AS kind, ", task,
                    " AS item, a.text, 'centre' AS party, a.due_day FROM planner_actions a JOIN "
                    "planners p ON p.tenant = a.tenant AND p.centre = a.centre AND p.id = "
                    "a.planner AND p.rulings = a.ruling WHERE p.state IN (3, 4, 6)"),
       "a.tenant", "a.centre", "a.due_day", task, ""},
      {absl::StrCat("SELECT r.tenant, r.centre, 3 AS kind, ", deadline,
                    " AS item, 'hand the planner in again' AS text, 'centre' AS party, r.deadline "
                    "AS due_day FROM planner_rulings r JOIN planners p ON p.tenant = r.tenant AND "
                    "p.centre = r.centre AND p.id = r.planner AND p.rulings = r.number WHERE "
                    "r.deadline IS NOT NULL AND p.state IN (3, 4)"),
       "r.tenant", "r.centre", "r.deadline", deadline, ""},
      {absl::StrCat("SELECT p.tenant, p.centre, 4 AS kind, ", declaration,
                    " AS item, 'declare the involvement of the cohort' AS text, 'centre' AS party, "
                    "p.declaration_deadline AS due_day FROM planners p WHERE p.state IN (2, 6)"),
       "p.tenant", "p.centre", "p.declaration_deadline", declaration, ""},
      // What was renewed by later evidence, or belongs to somebody who has left, is not due.
      {absl::StrCat("SELECT c.tenant, c.centre, 5 AS kind, ", competence, " AS item, 'renew: ' || ",
                    kind_name,
                    " || ' for ' || c.qualification AS text, 'centre' AS party, c.valid_until AS "
                    "due_day FROM staff_competences c JOIN staff s ON s.tenant = c.tenant AND "
                    "s.centre = c.centre AND s.id = c.staff WHERE c.state = 1 AND c.valid_until IS "
                    "NOT NULL AND NOT EXISTS (SELECT 1 FROM staff_competences n WHERE n.tenant = "
                    "c.tenant AND n.centre = c.centre AND n.staff = c.staff AND n.qualification = "
                    "c.qualification AND n.kind = c.kind AND n.level >= c.level AND n.state = 1 "
                    "AND (n.valid_until IS NULL OR n.valid_until > c.valid_until))"),
       "c.tenant", "c.centre", "c.valid_until", competence, "", "s.last_day"},
  };
}

// All sources as one, each cut to the first `limit` so that none is read to its end. What one
// centre has is little and found by its key, so its days are made an expression there: else SQLite
// walks the index of days through all centres because it is in order already.
Statement Union(const std::string& today, bool one_centre, int limit,
                const std::function<void(const Source&, Statement&)>& add_conditions) {
  Statement sql("SELECT d.tenant, d.centre, d.kind, d.item, d.text, d.party, d.due_day FROM (");
  bool first = true;
  static const std::vector<Source> kSources = Sources();
  for (std::size_t i = 0; i < kSources.size(); ++i) {
    Source source = kSources[i];
    if (one_centre) source.due += " || ''";
    sql.Add(first ? "SELECT * FROM (" : " UNION ALL SELECT * FROM (");
    first = false;
    sql.Add(source.columns_from_where);
    sql.Add(absl::StrCat(" AND EXISTS (SELECT 1 FROM centres k WHERE k.tenant = ", source.tenant,
                         " AND k.id = ", source.centre,
                         " AND k.state NOT IN ('withdrawn', 'closed'))"));
    if (!source.last_day.empty()) {
      sql.Add(absl::StrCat(" AND (", source.last_day, " IS NULL OR ", source.last_day, " >= "));
      sql.Bind(today).Add(")");
    }
    add_conditions(source, sql);
    sql.Add(
        absl::StrCat(" ORDER BY ", source.due, ", ", source.centre, ", ", source.item, " LIMIT "));
    sql.Bind(limit).Add(absl::StrCat(") AS u", i));
  }
  sql.Add(") AS d ORDER BY d.due_day, d.centre, d.item LIMIT ").Bind(limit);
  return sql;
}

absl::StatusOr<DueItem> ItemOf(const SqlRow& row) {
  DueItem item;
  item.tenant = row.Text(0);
  item.centre = row.Text(1);
  ASSIGN_OR_RETURN(item.kind, EnumAt<DueKind>(row, 2, kDueKinds));
  item.item = row.Text(3);
  item.text = row.Text(4);
  item.party = row.Text(5);
  ASSIGN_OR_RETURN(item.due, DayAt(row, 6));
  return item;
}

}  // namespace

std::string_view RuleOf(DueKind kind) {
  switch (kind) {
    case DueKind::kAction:
      return "";
    case DueKind::kPlannerAction:
    case DueKind::kPlannerDeadline:
      return "EI-11";
    case DueKind::kDeclaration:
      return "EI-13";
    case DueKind::kCompetence:
      return "QUAL-6";
  }
  return "";
}

std::string DueItem::Position() const { return absl::StrCat(TextOf(due), "/", centre, "/", item); }

absl::StatusOr<std::vector<DueItem>> DeadlineStore::List(Tx& tx, const Reach& reach,
                                                         std::string_view centre,
                                                         std::optional<absl::CivilDay> until,
                                                         absl::CivilDay today,
                                                         std::string_view after, int limit) {
  const std::string today_text = TextOf(today);
  const std::optional<std::string> until_text = TextOf(until);
  const auto [after_day, rest] = SplitPosition(after);
  const auto [after_centre, after_item] = SplitPosition(rest);
  const auto conditions = [&, after_day = after_day, after_centre = after_centre,
                           after_item = after_item](const Source& s, Statement& sql) {
    sql.Add(absl::StrCat(" AND ", s.tenant, " = ")).Bind(reach.tenant);
    if (!centre.empty()) sql.Add(absl::StrCat(" AND ", s.centre, " = ")).Bind(centre);
    if (!reach.within.empty()) sql.Add(absl::StrCat(" AND ", s.centre, " = ")).Bind(reach.within);
    if (until_text.has_value()) sql.Add(absl::StrCat(" AND ", s.due, " <= ")).Bind(*until_text);
    if (!after_day.empty()) {
      sql.Add(absl::StrCat(" AND ", s.due, " >= ")).Bind(after_day);
      sql.Add(absl::StrCat(" AND (", s.due, ", ", s.centre, ", ", s.item, ") > ("));
      sql.Bind(after_day).Add(", ").Bind(after_centre);
      sql.Add(", ").Bind(after_item).Add(")");
    }
  };
  const bool one_centre = !centre.empty() || !reach.within.empty();
  const Statement sql = Union(today_text, one_centre, limit, conditions);
  return Collect<DueItem>(tx, sql.sql(), sql.values(), ItemOf);
}

absl::StatusOr<std::string> DeadlineStore::NextTenant(Tx& tx, std::string_view after) {
  std::string next;
  RETURN_IF_ERROR(tx.Query("SELECT MIN(tenant) FROM centres WHERE tenant > $1", {after},
                           [&](const SqlRow& row) {
                             if (!row.IsNull(0)) next = row.Text(0);
                             return absl::OkStatus();
                           }));
  return next;
}

absl::StatusOr<std::vector<DueItem>> DeadlineStore::ListUntold(Tx& tx, std::string_view tenant,
                                                               const ReminderWindow& window,
                                                               absl::CivilDay today, int limit) {
  const std::string today_text = TextOf(today);
  const std::string first = TextOf(window.first), last = TextOf(window.last);
  const auto conditions = [&](const Source& s, Statement& sql) {
    sql.Add(absl::StrCat(" AND ", s.tenant, " = ")).Bind(tenant);
    sql.Add(absl::StrCat(" AND ", s.due, " >= ")).Bind(first);
    sql.Add(absl::StrCat(" AND ", s.due, " <= ")).Bind(last);
    if (!s.centres_turn.empty()) sql.Add(absl::StrCat(" AND ", s.centres_turn));
    sql.Add(absl::StrCat(" AND NOT EXISTS (SELECT 1 FROM due_notices n WHERE n.tenant = ", s.tenant,
                         " AND n.centre = ", s.centre, " AND n.item = ", s.item,
                         " AND n.due_day = ", s.due, " AND n.days_left = "));
    sql.Bind(window.days_left).Add(")");
  };
  const Statement sql = Union(today_text, /*one_centre=*/false, limit, conditions);
  return Collect<DueItem>(tx, sql.sql(), sql.values(), ItemOf);
}

absl::StatusOr<bool> DeadlineStore::AddNotice(Tx& tx, const DueItem& item, int days_left,
                                              absl::Time now) {
  const std::string due = TextOf(item.due);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("INSERT INTO due_notices (tenant, centre, item, due_day, days_left, "
                 "time_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                 {item.tenant, item.centre, item.item, due, days_left, absl::ToUnixMicros(now)}));
  return rows > 0;
}

absl::StatusOr<std::vector<DueNotice>> DeadlineStore::ListNotices(Tx& tx, std::string_view tenant,
                                                                  std::string_view centre,
                                                                  std::string_view item,
                                                                  int limit) {
  const SqlValue values[] = {tenant, centre, item, limit};
  return Collect<DueNotice>(tx,
                            "SELECT due_day, days_left, time_us FROM due_notices WHERE tenant = $1 "
                            "AND centre = $2 AND item = $3 ORDER BY time_us, due_day, days_left "
                            "DESC LIMIT $4",
                            values, [](const SqlRow& row) -> absl::StatusOr<DueNotice> {
                              DueNotice notice;
                              ASSIGN_OR_RETURN(notice.due, DayAt(row, 0));
                              notice.days_left = static_cast<int>(row.Int(1));
                              notice.time = absl::FromUnixMicros(row.Int(2));
                              return notice;
                            });
}

}  // namespace assay::approval
