#include "services/approval/stores/deadlines.h"

#include <functional>
#include <utility>

#include "services/approval/involvement/stages.h"
#include "services/approval/oversight/staff.h"
#include "services/approval/stores/approvals.h"
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

// Conditions and ends of approvals, and applications that wait (QUAL-7, EI-9).
std::vector<Source> ApprovalSources() {
  const std::string approval = "'centres/' || a.centre || '/qualificationApprovals/' || a.id";
  const std::string condition = approval + " || '/conditions/' || CAST(c.number AS TEXT)";
  const std::string given = "a.state IN ('approved', 'suspended')";
  // The centre has done its part of a planner condition once a planner meets requirements: an
  // officer is to close it.
  const std::string done = absl::StrCat(
      "(c.kind = ", static_cast<int>(ConditionKind::kPlanner),
      " AND EXISTS (SELECT 1 FROM planners p WHERE p.tenant = c.tenant AND p.centre = c.centre AND "
      "p.approval = c.approval AND p.state IN (",
      static_cast<int>(PlannerState::kMeets), ", ", static_cast<int>(PlannerState::kDeclared), ", ",
      static_cast<int>(PlannerState::kReturned), ", ", static_cast<int>(PlannerState::kAccepted),
      ")))");
  return {
      {absl::StrCat("SELECT c.tenant, c.centre, CASE c.kind WHEN ",
                    static_cast<int>(ConditionKind::kPlanner), " THEN ",
                    static_cast<int>(DueKind::kPlannerCondition), " ELSE ",
                    static_cast<int>(DueKind::kCondition), " END AS kind, ", condition,
                    " AS item, 'condition of ' || a.qualification || ': ' || c.text AS text, CASE "
                    "WHEN ",
                    done,
                    " THEN 'quality' ELSE 'centre' END AS party, c.due_day FROM "
                    "approval_conditions c JOIN qualification_approvals a ON a.tenant = c.tenant "
                    "AND a.centre = c.centre AND a.id = c.approval WHERE c.state = 1 AND ",
                    given),
       "c.tenant", "c.centre", "c.due_day", condition, ""},
      {absl::StrCat("SELECT a.tenant, a.centre, ", static_cast<int>(DueKind::kApprovalExpiry),
                    " AS kind, ", approval,
                    " AS item, 'approval for ' || a.qualification || ' ends on this day unless it "
                    "is renewed' AS text, 'centre' AS party, a.expire_day AS due_day FROM "
                    "qualification_approvals a WHERE ",
                    given, " AND a.expire_day IS NOT NULL"),
       "a.tenant", "a.centre", "a.expire_day", approval, ""},
      // What expires before it would lapse is told of once.
      {absl::StrCat("SELECT a.tenant, a.centre, ", static_cast<int>(DueKind::kFirstUse),
                    " AS kind, ", approval,
                    " AS item, 'approval for ' || a.qualification || ' lapses on this day unless a "
                    "learner is registered' AS text, 'centre' AS party, a.first_use_due_day AS "
                    "due_day FROM qualification_approvals a WHERE ",
                    given,
                    " AND a.first_use_due_day IS NOT NULL AND a.first_use_day IS NULL AND "
                    "(a.expire_day IS NULL OR a.expire_day > a.first_use_due_day)"),
       "a.tenant", "a.centre", "a.first_use_due_day", approval, ""},
      {absl::StrCat("SELECT a.tenant, a.centre, ", static_cast<int>(DueKind::kAnswer), " AS kind, ",
                    approval,
                    " AS item, 'answer the application for ' || a.qualification AS text, 'quality' "
                    "AS party, a.answer_due_day AS due_day FROM qualification_approvals a WHERE "
                    "a.state = 'applied' AND a.answer_due_day IS NOT NULL"),
       "a.tenant", "a.centre", "a.answer_due_day", approval, ""},
  };
}

// What quality reviews ask for, and the next one (MOD-14).
std::vector<Source> ReviewSources() {
  const std::string action =
      "'centres/' || r.centre || '/qualityReviews/' || r.review || '/actions/' || "
      "CAST(r.number AS TEXT)";
  const std::string next = "'centres/' || w.centre || '/risk'";
  return {
      {absl::StrCat("SELECT r.tenant, r.centre, ", static_cast<int>(DueKind::kReviewAction),
                    " AS kind, ", action,
                    " AS item, r.text, 'centre' AS party, r.due_day FROM review_actions r JOIN "
                    "quality_reviews q ON q.tenant = r.tenant AND q.centre = r.centre AND q.id = "
                    "r.review WHERE r.close_us IS NULL AND q.void = 0"),
       "r.tenant", "r.centre", "r.due_day", action, ""},
      {absl::StrCat("SELECT w.tenant, w.centre, ", static_cast<int>(DueKind::kReview), " AS kind, ",
                    next,
                    " AS item, CASE w.interim WHEN 0 THEN 'review the centre' ELSE 'interim review "
                    "of the centre: its risk is high' END AS text, 'quality' AS party, w.due_day "
                    "FROM reviews_due w WHERE w.due_day IS NOT NULL"),
       "w.tenant", "w.centre", "w.due_day", next, ""},
  };
}

const std::vector<Source>& AllSources() {
  static const std::vector<Source> kSources = [] {
    std::vector<Source> all = Sources();
    for (Source& source : ApprovalSources()) all.push_back(std::move(source));
    for (Source& source : ReviewSources()) all.push_back(std::move(source));
    return all;
  }();
  return kSources;
}

using AddConditions = std::function<void(const Source&, Statement&)>;

// One source without what is due no more; the parenthesis is left open.
void AddSource(const Source& source, bool first, const std::string& today,
               const AddConditions& add_conditions, Statement& sql) {
  sql.Add(first ? "SELECT * FROM (" : " UNION ALL SELECT * FROM (");
  sql.Add(source.columns_from_where);
  sql.Add(absl::StrCat(" AND EXISTS (SELECT 1 FROM centres k WHERE k.tenant = ", source.tenant,
                       " AND k.id = ", source.centre,
                       " AND k.state NOT IN ('withdrawn', 'closed'))"));
  if (!source.last_day.empty()) {
    sql.Add(absl::StrCat(" AND (", source.last_day, " IS NULL OR ", source.last_day, " >= "));
    sql.Bind(today).Add(")");
  }
  add_conditions(source, sql);
}

// All sources as one, each cut to the first `limit` so that none is read to its end. What one
// centre has is little and found by its key, so its days are made an expression there: else SQLite
// walks the index of days through all centres because it is in order already.
Statement Union(const std::string& today, bool one_centre, int limit,
                const AddConditions& add_conditions) {
  Statement sql("SELECT d.tenant, d.centre, d.kind, d.item, d.text, d.party, d.due_day FROM (");
  for (std::size_t i = 0; i < AllSources().size(); ++i) {
    Source source = AllSources()[i];
    if (one_centre) source.due += " || ''";
    AddSource(source, i == 0, today, add_conditions, sql);
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
    case DueKind::kCondition:
    case DueKind::kApprovalExpiry:
    case DueKind::kFirstUse:
    case DueKind::kAnswer:
      return "QUAL-7";
    case DueKind::kPlannerCondition:
      return "EI-9";
    case DueKind::kReviewAction:
    case DueKind::kReview:
      return "MOD-14";
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

absl::StatusOr<DueCount> DeadlineStore::Count(Tx& tx, const Reach& reach, std::string_view centre,
                                              absl::CivilDay today) {
  const std::string today_text = TextOf(today);
  const auto conditions = [&](const Source& s, Statement& sql) {
    sql.Add(absl::StrCat(" AND ", s.tenant, " = ")).Bind(reach.tenant);
    sql.Add(absl::StrCat(" AND ", s.centre, " = ")).Bind(centre);
    if (!reach.within.empty()) sql.Add(absl::StrCat(" AND ", s.centre, " = ")).Bind(reach.within);
  };
  Statement sql("SELECT COUNT(*), COALESCE(SUM(CASE WHEN d.due_day < ");
  sql.Bind(today_text).Add(" THEN 1 ELSE 0 END), 0) FROM (");
  for (std::size_t i = 0; i < AllSources().size(); ++i) {
    AddSource(AllSources()[i], i == 0, today_text, conditions, sql);
    sql.Add(absl::StrCat(") AS u", i));
  }
  sql.Add(") AS d");
  DueCount count;
  RETURN_IF_ERROR(tx.Query(sql.sql(), sql.values(), [&](const SqlRow& row) {
    count = {row.Int(0), row.Int(1)};
    return absl::OkStatus();
  }));
  return count;
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
                                              int policy_version, absl::Time now) {
  const std::string due = TextOf(item.due);
  ASSIGN_OR_RETURN(const std::int64_t rows,
                   tx.Execute("INSERT INTO due_notices (tenant, centre, item, due_day, days_left, "
                              "time_us, policy_version) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                              "ON CONFLICT DO NOTHING",
                              {item.tenant, item.centre, item.item, due, days_left,
                               absl::ToUnixMicros(now), policy_version}));
  return rows > 0;
}

absl::StatusOr<std::vector<DueNotice>> DeadlineStore::ListNotices(Tx& tx, std::string_view tenant,
                                                                  std::string_view centre,
                                                                  std::string_view item,
                                                                  int limit) {
  const SqlValue values[] = {tenant, centre, item, limit};
  return Collect<DueNotice>(
      tx,
      "SELECT due_day, days_left, time_us, policy_version FROM due_notices WHERE tenant = $1 "
      "AND centre = $2 AND item = $3 ORDER BY time_us, due_day, days_left "
      "DESC LIMIT $4",
      values, [](const SqlRow& row) -> absl::StatusOr<DueNotice> {
        DueNotice notice;
        ASSIGN_OR_RETURN(notice.due, DayAt(row, 0));
        notice.days_left = static_cast<int>(row.Int(1));
        notice.time = absl::FromUnixMicros(row.Int(2));
        notice.policy_version = static_cast<int>(row.Int(3));
        return notice;
      });
}

}  // namespace assay::approval
