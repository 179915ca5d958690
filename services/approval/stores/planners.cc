#include "services/approval/stores/planners.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/approval/errors.h"
#include "services/approval/stores/rows.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/database.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;

constexpr std::string_view kColumns =
    "centre, id, approval, qualification, first_day, last_day, declaration_deadline, state, "
    "document_version, submissions, declarations, adverse_judgements, returns, rulings, signed_by, "
    "position, sign_us, create_us, update_us, version, met_planner, met_ruling, met_us, "
    "declared_version, deadline_policy";
constexpr std::string_view kLearnerColumns[] = {"tenant", "centre",   "planner",        "enrolment",
                                                "name",   "outcome",  "prospect",       "rule",
                                                "repair", "decision", "decision_reason"};

absl::StatusOr<PlannerRecord> PlannerOf(const SqlRow& row) {
  PlannerRecord p;
  p.centre = row.Text(0);
  p.id = row.Text(1);
  p.approval = row.Text(2);
  p.qualification = row.Text(3);
  ASSIGN_OR_RETURN(p.first_day, DayAt(row, 4));
  ASSIGN_OR_RETURN(p.last_day, DayAt(row, 5));
  ASSIGN_OR_RETURN(p.declaration_deadline, DayAt(row, 6));
  ASSIGN_OR_RETURN(p.state, EnumAt<PlannerState>(row, 7, kPlannerStates));
  p.document_version = static_cast<int>(row.Int(8));
  p.submissions = static_cast<int>(row.Int(9));
  p.declarations = static_cast<int>(row.Int(10));
  p.adverse_judgements = static_cast<int>(row.Int(11));
  p.returns = static_cast<int>(row.Int(12));
  p.rulings = static_cast<int>(row.Int(13));
  p.signed_by = row.Text(14);
  p.position = row.Text(15);
  if (!row.IsNull(16)) p.sign_time = absl::FromUnixMicros(row.Int(16));
  p.create_time = absl::FromUnixMicros(row.Int(17));
  p.update_time = absl::FromUnixMicros(row.Int(18));
  p.version = row.Int(19);
  p.met_planner = row.Text(20);
  p.met_ruling = static_cast<int>(row.Int(21));
  p.met_time = OptionalTimeAt(row, 22);
  p.declared_version = static_cast<int>(row.Int(23));
  p.deadline_policy = static_cast<int>(row.Int(24));
  return p;
}

absl::StatusOr<std::vector<PlannerRecord>> ReadPlanners(Transaction& tx, const std::string& sql,
                                                        std::span<const SqlValue> values) {
  std::vector<PlannerRecord> found;
  RETURN_IF_ERROR(tx.Query(sql, values, [&](const SqlRow& row) -> absl::Status {
    ASSIGN_OR_RETURN(PlannerRecord planner, PlannerOf(row));
    found.push_back(std::move(planner));
    return absl::OkStatus();
  }));
  return found;
}

PlannerVersion VersionOf(const SqlRow& row) {
  PlannerVersion version;
  version.number = static_cast<int>(row.Int(0));
  version.change_note = row.Text(1);
  version.author = row.Text(2);
  const std::string changes(row.Text(3));
  if (!changes.empty()) version.changes = absl::StrSplit(changes, '\n');
  version.time = absl::FromUnixMicros(row.Int(4));
  return version;
}

Error NotFound(std::string_view name) {
  return Error(absl::StatusCode::kNotFound, kPlannerNotFound,
               absl::StrCat("there is no ", View(name), " that you may see"))
      .With("planner", name);
}

}  // namespace

absl::StatusOr<LearnerStanding> LearnerStandingAt(const SqlRow& row, int at) {
  LearnerStanding learner;
  learner.enrolment = row.Text(at);
  learner.name = row.Text(at + 1);
  ASSIGN_OR_RETURN(learner.outcome, EnumAt<Involvement>(row, at + 2, 3));
  ASSIGN_OR_RETURN(learner.prospect, EnumAt<Involvement>(row, at + 3, 3));
  learner.rule = row.Text(at + 4);
  learner.repair = row.Text(at + 5);
  if (!row.IsNull(at + 6)) learner.decision = row.Int(at + 6) != 0;
  learner.decision_reason = row.Text(at + 7);
  return learner;
}

std::string PlannerRecord::Name() const {
  return absl::StrCat("centres/", centre, "/planners/", id);
}

absl::Status PlannerStore::Insert(Tx& tx, std::string_view tenant, const PlannerRecord& p) {
  const std::string first = TextOf(p.first_day), last = TextOf(p.last_day);
  const std::string deadline = TextOf(p.declaration_deadline);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute(absl::StrCat("INSERT INTO planners (tenant, ", View(kColumns),
                              ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                              "$14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26) "
                              "ON CONFLICT DO NOTHING"),
                 {tenant,
                  p.centre,
                  p.id,
                  p.approval,
                  p.qualification,
                  first,
                  last,
                  deadline,
                  static_cast<int>(p.state),
                  p.document_version,
                  p.submissions,
                  p.declarations,
                  p.adverse_judgements,
                  p.returns,
                  p.rulings,
                  p.signed_by,
                  p.position,
                  nullptr,
                  absl::ToUnixMicros(p.create_time),
                  absl::ToUnixMicros(p.update_time),
                  p.version,
                  p.met_planner,
                  p.met_ruling,
                  MicrosOf(p.met_time),
                  p.declared_version,
                  p.deadline_policy}));
  if (rows > 0) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, kPlannerExists,
               absl::StrCat("the approval has a planner for the period from ", first, " already"))
      .With("approval", absl::StrCat("centres/", p.centre, "/qualificationApprovals/", p.approval))
      .With("first_day", first);
}

absl::StatusOr<PlannerRecord> PlannerStore::Get(Tx& tx, const Reach& reach, std::string_view centre,
                                                std::string_view id) {
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kColumns),
                   " FROM planners WHERE tenant = $1 AND centre = $2 AND id = $3 "
                   "AND ($4 = '' OR centre = $4)");
  const SqlValue values[] = {reach.tenant, centre, id, reach.within};
  ASSIGN_OR_RETURN(std::vector<PlannerRecord> found, ReadPlanners(tx, kSql, values));
  if (!found.empty()) return std::move(found[0]);
  return NotFound(absl::StrCat("centres/", View(centre), "/planners/", View(id)));
}

absl::Status PlannerStore::Update(Tx& tx, std::string_view tenant, PlannerRecord& p) {
  const std::string deadline = TextOf(p.declaration_deadline);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE planners SET declaration_deadline = $4, state = $5, "
                 "document_version = $6, submissions = $7, declarations = $8, "
                 "adverse_judgements = $9, returns = $10, rulings = $11, signed_by = $12, "
                 "position = $13, sign_us = $14, update_us = $15, met_planner = $17, "
                 "met_ruling = $18, met_us = $19, declared_version = $20, version = version + 1 "
                 "WHERE tenant = $1 AND centre = $2 AND id = $3 AND version = $16",
                 {tenant,
                  p.centre,
                  p.id,
                  deadline,
                  static_cast<int>(p.state),
                  p.document_version,
                  p.submissions,
                  p.declarations,
                  p.adverse_judgements,
                  p.returns,
                  p.rulings,
                  p.signed_by,
                  p.position,
                  MicrosOf(p.sign_time),
                  absl::ToUnixMicros(p.update_time),
                  p.version,
                  p.met_planner,
                  p.met_ruling,
                  MicrosOf(p.met_time),
                  p.declared_version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 absl::StrCat(p.Name(), " has changed meanwhile; read it again"))
        .With("resource", p.Name());
  }
  ++p.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PlannerRecord>> PlannerStore::List(Tx& tx, const Reach& reach,
                                                              std::string_view centre,
                                                              std::optional<PlannerState> state,
                                                              std::string_view after, int limit) {
  const std::size_t slash = after.find('/');
  const std::string_view after_centre = after.substr(0, slash);
  const std::string_view after_id = slash == after.npos ? "" : after.substr(slash + 1);
  const int wanted = state.has_value() ? static_cast<int>(*state) : -1;
  const SqlValue values[] = {reach.tenant, centre,   reach.within, wanted,
                             after_centre, after_id, limit};
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kColumns),
                   " FROM planners WHERE tenant = $1 AND ($2 = '' OR centre = $2) "
                   "AND ($3 = '' OR centre = $3) AND ($4 = -1 OR state = $4) "
                   "AND (centre, id) > ($5, $6) ORDER BY centre, id LIMIT $7");
  return ReadPlanners(tx, kSql, values);
}

absl::StatusOr<std::vector<PlannerRecord>> PlannerStore::OfApproval(Tx& tx, std::string_view tenant,
                                                                    std::string_view centre,
                                                                    std::string_view approval) {
  static const std::string kSql = absl::StrCat("SELECT ", View(kColumns),
                                               " FROM planners WHERE tenant = $1 AND centre = $2 "
                                               "AND approval = $3 ORDER BY first_day LIMIT 1000");
  const SqlValue values[] = {tenant, centre, approval};
  return ReadPlanners(tx, kSql, values);
}

absl::Status PlannerStore::InsertVersion(Tx& tx, std::string_view tenant, const PlannerRecord& p,
                                         const PlannerVersion& version) {
  const std::string changes = absl::StrJoin(version.changes, "\n");
  return tx
      .Execute(
          "INSERT INTO planner_versions (tenant, centre, planner, number, change_note, author, "
          "changes, document, time_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
          {tenant, p.centre, p.id, version.number, version.change_note, version.author, changes,
           platform::Blob{version.document}, absl::ToUnixMicros(version.time)})
      .status();
}

absl::StatusOr<PlannerVersion> PlannerStore::GetVersion(Tx& tx, std::string_view tenant,
                                                        const PlannerRecord& p, int number) {
  std::optional<PlannerVersion> found;
  RETURN_IF_ERROR(
      tx.Query("SELECT number, change_note, author, changes, time_us, document "
               "FROM planner_versions WHERE tenant = $1 AND centre = $2 "
               "AND planner = $3 AND number = $4",
               {tenant, p.centre, p.id, number}, [&](const SqlRow& row) {
                 found = VersionOf(row);
                 found->document = std::string(row.Bytes(5));
                 return absl::OkStatus();
               }));
  if (found.has_value()) return *std::move(found);
  return NotFound(absl::StrCat(p.Name(), "/versions/", number));
}

absl::StatusOr<std::vector<PlannerVersion>> PlannerStore::ListVersions(Tx& tx,
                                                                       std::string_view tenant,
                                                                       const PlannerRecord& p,
                                                                       int after, int limit) {
  std::vector<PlannerVersion> found;
  RETURN_IF_ERROR(
      tx.Query("SELECT number, change_note, author, changes, time_us "
               "FROM planner_versions WHERE tenant = $1 AND centre = $2 "
               "AND planner = $3 AND number > $4 ORDER BY number LIMIT $5",
               {tenant, p.centre, p.id, after, limit}, [&](const SqlRow& row) {
                 found.push_back(VersionOf(row));
                 return absl::OkStatus();
               }));
  return found;
}

absl::Status PlannerStore::ReplaceLearners(Tx& tx, std::string_view tenant, const PlannerRecord& p,
                                           std::span<const LearnerStanding> learners) {
  RETURN_IF_ERROR(
      tx.Execute("DELETE FROM planner_learners WHERE tenant = $1 AND centre = $2 AND planner = $3",
                 {tenant, p.centre, p.id})
          .status());
  if (learners.empty()) return absl::OkStatus();
  return tx.BulkInsert(
      "planner_learners", kLearnerColumns, static_cast<std::int64_t>(learners.size()),
      [&](std::int64_t i, std::span<SqlValue> out) {
        const LearnerStanding& l = learners[i];
        std::size_t column = 0;
        for (const SqlValue& value : std::initializer_list<SqlValue>{
                 tenant, p.centre, p.id, l.enrolment, l.name, static_cast<int>(l.outcome),
                 static_cast<int>(l.prospect), l.rule, l.repair, nullptr, ""}) {
          out[column++] = value;
        }
      });
}

absl::Status PlannerStore::Decide(Tx& tx, std::string_view tenant, const PlannerRecord& p,
                                  std::string_view enrolment, bool met, std::string_view reason) {
  return tx
      .Execute(
          "UPDATE planner_learners SET decision = $5, decision_reason = $6 "
          "WHERE tenant = $1 AND centre = $2 AND planner = $3 AND enrolment = $4",
          {tenant, p.centre, p.id, enrolment, met ? 1 : 0, reason})
      .status();
}

absl::StatusOr<LearnerStanding> PlannerStore::GetLearner(Tx& tx, std::string_view tenant,
                                                         const PlannerRecord& p,
                                                         std::string_view enrolment) {
  std::optional<LearnerStanding> found;
  RETURN_IF_ERROR(tx.Query(
      "SELECT enrolment, name, outcome, prospect, rule, repair, decision, decision_reason "
      "FROM planner_learners WHERE tenant = $1 AND centre = $2 AND planner = $3 AND enrolment = $4",
      {tenant, p.centre, p.id, enrolment}, [&](const SqlRow& row) -> absl::Status {
        ASSIGN_OR_RETURN(found, LearnerStandingAt(row, 0));
        return absl::OkStatus();
      }));
  if (found.has_value()) return *std::move(found);
  return Error(absl::StatusCode::kNotFound, kLearnerNotFound,
               absl::StrCat("no learner of ", p.Name(), " has the number ", View(enrolment)))
      .With("planner", p.Name())
      .With("enrolment", enrolment);
}

absl::StatusOr<std::vector<LearnerStanding>> PlannerStore::ListLearners(Tx& tx,
                                                                        std::string_view tenant,
                                                                        const PlannerRecord& p) {
  const SqlValue values[] = {tenant, p.centre, p.id};
  return Collect<LearnerStanding>(
      tx,
      "SELECT enrolment, name, outcome, prospect, rule, repair, decision, decision_reason "
      "FROM planner_learners WHERE tenant = $1 AND centre = $2 AND planner = $3 ORDER BY enrolment",
      values, [](const SqlRow& row) { return LearnerStandingAt(row, 0); });
}

absl::Status PlannerStore::ReopenDecisions(Tx& tx, std::string_view tenant,
                                           const PlannerRecord& p) {
  return tx
      .Execute(
          "UPDATE planner_learners SET decision = NULL, decision_reason = '' "
          "WHERE tenant = $1 AND centre = $2 AND planner = $3 AND decision IS NOT NULL",
          {tenant, p.centre, p.id})
      .status();
}

absl::Status PlannerStore::InsertRuling(Tx& tx, std::string_view tenant, const PlannerRecord& p,
                                        const PlannerRuling& ruling) {
  std::optional<std::string> deadline;
  if (ruling.deadline.has_value()) deadline = TextOf(*ruling.deadline);
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO planner_rulings (tenant, centre, planner, number, outcome, feedback, "
                 "deadline, officer, time_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                 {tenant, p.centre, p.id, p.rulings, ruling.outcome, ruling.feedback, deadline,
                  ruling.officer, absl::ToUnixMicros(ruling.time)})
          .status());
  for (std::size_t i = 0; i < ruling.actions.size(); ++i) {
    const std::string due = TextOf(ruling.actions[i].due);
    RETURN_IF_ERROR(tx.Execute("INSERT INTO planner_actions (tenant, centre, planner, ruling, "
                               "position, text, due_day) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                               {tenant, p.centre, p.id, p.rulings, static_cast<std::int64_t>(i),
                                ruling.actions[i].text, due})
                        .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<PlannerRuling>> PlannerStore::LastRuling(Tx& tx,
                                                                      std::string_view tenant,
                                                                      const PlannerRecord& p) {
  std::optional<PlannerRuling> found;
  if (p.rulings == 0) return found;
  RETURN_IF_ERROR(
      tx.Query("SELECT outcome, feedback, deadline, officer, time_us, number "
               "FROM planner_rulings WHERE tenant = $1 AND centre = $2 "
               "AND planner = $3 AND number = $4",
               {tenant, p.centre, p.id, p.rulings}, [&](const SqlRow& row) -> absl::Status {
                 found.emplace();
                 found->outcome = row.Text(0);
                 found->feedback = row.Text(1);
                 if (!row.IsNull(2)) {
                   ASSIGN_OR_RETURN(found->deadline, DayAt(row, 2));
                 }
                 found->officer = row.Text(3);
                 found->time = absl::FromUnixMicros(row.Int(4));
                 found->number = static_cast<int>(row.Int(5));
                 return absl::OkStatus();
               }));
  if (!found.has_value()) return absl::DataLossError("the last ruling is gone");
  ASSIGN_OR_RETURN(found->actions, ActionsOf(tx, tenant, p, p.rulings));
  return found;
}

absl::StatusOr<std::vector<PlannerAction>> PlannerStore::ActionsOf(Tx& tx, std::string_view tenant,
                                                                   const PlannerRecord& p,
                                                                   int ruling) {
  const SqlValue values[] = {tenant, p.centre, p.id, ruling};
  return Collect<PlannerAction>(
      tx,
      "SELECT text, due_day FROM planner_actions WHERE tenant = $1 AND centre = $2 "
      "AND planner = $3 AND ruling = $4 ORDER BY position",
      values, [](const SqlRow& row) -> absl::StatusOr<PlannerAction> {
        ASSIGN_OR_RETURN(const absl::CivilDay due, DayAt(row, 1));
        return PlannerAction{std::string(row.Text(0)), due};
      });
}

}  // namespace assay::approval
