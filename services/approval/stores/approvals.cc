#include "services/approval/stores/approvals.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/stores/in_list.h"
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
using platform::View;
using Tx = platform::Transaction;

constexpr std::string_view kSuspended = "suspended";

absl::StatusOr<ApprovalChange> ChangeOf(const SqlRow& row, int first) {
  ApprovalChange change;
  change.number = static_cast<int>(row.Int(first));
  change.what = row.Text(first + 1);
  ASSIGN_OR_RETURN(change.day, DayAt(row, first + 2));
  change.reason = row.Text(first + 3);
  change.actor = row.Text(first + 4);
  change.time = absl::FromUnixMicros(row.Int(first + 5));
  return change;
}

// `table` is one of ours: its rows are numbered from 1 within an approval.
absl::StatusOr<int> NextNumber(Tx& tx, std::string_view table, std::string_view tenant,
                               const QualificationApproval& a) {
  int number = 1;
  RETURN_IF_ERROR(tx.Query(absl::StrCat("SELECT COALESCE(MAX(number), 0) + 1 FROM ", View(table),
                                        " WHERE tenant = $1 AND centre = $2 AND approval = $3"),
                           {tenant, a.centre, a.id}, [&](const SqlRow& row) {
                             number = static_cast<int>(row.Int(0));
                             return absl::OkStatus();
                           }));
  return number;
}

}  // namespace

std::string_view NameOf(ConditionState state) {
  switch (state) {
    case ConditionState::kOpen:
      return "open";
    case ConditionState::kMet:
      return "met";
    case ConditionState::kWaived:
      return "waived";
  }
  return "";
}

std::vector<Suspension> SuspensionsIn(std::span<const ApprovalChange> changes) {
  std::vector<Suspension> suspensions;
  bool open = false;
  for (const ApprovalChange& change : changes) {
    if (change.what == kSuspended) {
      suspensions.push_back({change.day, std::nullopt});
      open = true;
    } else if (open && change.what == "reinstated") {
      suspensions.back().end_day = change.day;
      open = false;
    }
  }
  return suspensions;
}

absl::Status ApprovalStore::AddChange(Tx& tx, std::string_view tenant,
                                      const QualificationApproval& a,
                                      const ApprovalChange& change) {
  ASSIGN_OR_RETURN(const int number, NextNumber(tx, "approval_changes", tenant, a));
  const std::string day = TextOf(change.day);
  return tx
      .Execute(
          "INSERT INTO approval_changes (tenant, centre, approval, number, what, day, reason, "
          "actor, time_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
          {tenant, a.centre, a.id, number, change.what, day, change.reason, change.actor,
           absl::ToUnixMicros(change.time)})
      .status();
}

absl::StatusOr<std::vector<ApprovalChange>> ApprovalStore::ListChanges(
    Tx& tx, std::string_view tenant, const QualificationApproval& a, int after, int limit) {
  std::vector<ApprovalChange> found;
  RETURN_IF_ERROR(tx.Query(
      "SELECT number, what, day, reason, actor, time_us FROM approval_changes WHERE tenant = $1 "
      "AND centre = $2 AND approval = $3 AND number > $4 ORDER BY number LIMIT $5",
      {tenant, a.centre, a.id, after, limit}, [&](const SqlRow& row) -> absl::Status {
        ASSIGN_OR_RETURN(ApprovalChange change, ChangeOf(row, 0));
        found.push_back(std::move(change));
        return absl::OkStatus();
      }));
  return found;
}

absl::Status ApprovalStore::LoadSuspensions(
    Tx& tx, std::string_view tenant,
    std::map<std::string, std::vector<QualificationApproval>>& approvals) {
  std::map<std::pair<std::string, std::string>, std::vector<ApprovalChange>> changes;
  std::vector<std::string> centres;
  for (const auto& [centre, unused] : approvals) centres.push_back(centre);
  RETURN_IF_ERROR(QueryIn(
      tx,
      "SELECT centre, approval, number, what, day, reason, actor, time_us FROM approval_changes "
      "WHERE tenant = $1 AND centre IN ",
      {tenant}, centres,
      " AND what IN ('suspended', 'reinstated') ORDER BY centre, approval, number",
      [&](const SqlRow& row) -> absl::Status {
        ASSIGN_OR_RETURN(ApprovalChange change, ChangeOf(row, 2));
        changes[{std::string(row.Text(0)), std::string(row.Text(1))}].push_back(std::move(change));
        return absl::OkStatus();
      }));
  for (auto& [centre, of_centre] : approvals) {
    for (QualificationApproval& approval : of_centre) {
      const auto found = changes.find({centre, approval.id});
      if (found != changes.end()) approval.suspensions = SuspensionsIn(found->second);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<int> ApprovalStore::AddCondition(Tx& tx, std::string_view tenant,
                                                const QualificationApproval& a,
                                                const ApprovalCondition& condition) {
  ASSIGN_OR_RETURN(const int number, NextNumber(tx, "approval_conditions", tenant, a));
  const std::string due = TextOf(condition.due_day);
  RETURN_IF_ERROR(
      tx.Execute(
            "INSERT INTO approval_conditions (tenant, centre, approval, number, kind, text, "
            "due_day, state, close_reason, closed_by) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            {tenant, a.centre, a.id, number, static_cast<int>(condition.kind), condition.text, due,
             static_cast<int>(condition.state), condition.close_reason, condition.closed_by})
          .status());
  return number;
}

absl::Status ApprovalStore::UpdateCondition(Tx& tx, std::string_view tenant,
                                            const QualificationApproval& a,
                                            const ApprovalCondition& condition) {
  return tx
      .Execute(
          "UPDATE approval_conditions SET state = $5, close_reason = $6, closed_by = $7 "
          "WHERE tenant = $1 AND centre = $2 AND approval = $3 AND number = $4",
          {tenant, a.centre, a.id, condition.number, static_cast<int>(condition.state),
           condition.close_reason, condition.closed_by})
      .status();
}

absl::StatusOr<std::vector<EndingApproval>> ApprovalStore::ListEnding(Tx& tx, absl::CivilDay day,
                                                                      int limit) {
  const std::string text = TextOf(day);
  std::vector<EndingApproval> found;
  RETURN_IF_ERROR(
      tx.Query("SELECT tenant, centre, id FROM qualification_approvals "
               "WHERE state IN ('approved', 'suspended') AND (expire_day <= $1 "
               "OR (first_use_day IS NULL AND first_use_due_day <= $1)) LIMIT $2",
               {text, limit}, [&](const SqlRow& row) {
                 found.push_back({std::string(row.Text(0)), std::string(row.Text(1)),
                                  std::string(row.Text(2))});
                 return absl::OkStatus();
               }));
  return found;
}

absl::StatusOr<std::vector<ApprovalCondition>> ApprovalStore::ListConditions(
    Tx& tx, std::string_view tenant, const QualificationApproval& a) {
  std::vector<ApprovalCondition> found;
  RETURN_IF_ERROR(
      tx.Query("SELECT number, kind, text, due_day, state, close_reason, closed_by "
               "FROM approval_conditions WHERE tenant = $1 AND centre = $2 AND approval = $3 "
               "ORDER BY number",
               {tenant, a.centre, a.id}, [&](const SqlRow& row) -> absl::Status {
                 ApprovalCondition& condition = found.emplace_back();
                 condition.number = static_cast<int>(row.Int(0));
                 condition.kind = static_cast<ConditionKind>(row.Int(1));
                 condition.text = row.Text(2);
                 ASSIGN_OR_RETURN(condition.due_day, DayAt(row, 3));
                 condition.state = static_cast<ConditionState>(row.Int(4));
                 condition.close_reason = row.Text(5);
                 condition.closed_by = row.Text(6);
                 return absl::OkStatus();
               }));
  return found;
}

absl::StatusOr<bool> ApprovalStore::PlannerMeets(Tx& tx, std::string_view tenant,
                                                 const QualificationApproval& a) {
  bool meets = false;
  RETURN_IF_ERROR(
      tx.Query("SELECT 1 FROM planners WHERE tenant = $1 AND centre = $2 AND approval = $3 "
               "AND met_us IS NOT NULL LIMIT 1",
               {tenant, a.centre, a.id}, [&](const SqlRow&) {
                 meets = true;
                 return absl::OkStatus();
               }));
  return meets;
}

namespace {

absl::StatusOr<std::optional<ApprovalPolicy>> FirstPolicy(Tx& tx, std::string_view rest,
                                                          std::span<const SqlValue> values) {
  std::optional<ApprovalPolicy> found;
  RETURN_IF_ERROR(tx.Query(
      absl::StrCat(
          "SELECT qualification, version, answer_days, fast_track_answer_days, "
          "valid_days, first_use_days, planner_as_condition, change_note, author, "
          "time_us, effective_day, backdate_days FROM approval_policies WHERE tenant = $1 AND "
          "qualification = $2 AND ",
          View(rest)),
      values, [&](const SqlRow& row) -> absl::Status {
        ApprovalPolicy& policy = found.emplace();
        policy.qualification = row.Text(0);
        policy.version = static_cast<int>(row.Int(1));
        policy.answer_days = static_cast<int>(row.Int(2));
        policy.fast_track_answer_days = static_cast<int>(row.Int(3));
        policy.valid_days = static_cast<int>(row.Int(4));
        policy.first_use_days = static_cast<int>(row.Int(5));
        policy.planner_as_condition = row.Int(6) != 0;
        policy.change_note = row.Text(7);
        policy.author = row.Text(8);
        policy.time = absl::FromUnixMicros(row.Int(9));
        ASSIGN_OR_RETURN(policy.effective_day, DayAt(row, 10));
        policy.backdate_days = static_cast<int>(row.Int(11));
        return absl::OkStatus();
      }));
  return found;
}

}  // namespace

absl::StatusOr<std::optional<ApprovalPolicy>> ApprovalStore::GetPolicy(
    Tx& tx, std::string_view tenant, std::string_view qualification, absl::CivilDay day) {
  const std::string text = TextOf(day);
  const SqlValue values[] = {tenant, qualification, text};
  return FirstPolicy(tx, "effective_day <= $3 ORDER BY version DESC LIMIT 1", values);
}

absl::StatusOr<std::optional<ApprovalPolicy>> ApprovalStore::GetPolicyVersion(
    Tx& tx, std::string_view tenant, std::string_view qualification, int version) {
  const SqlValue values[] = {tenant, qualification, version};
  return FirstPolicy(tx, "version = $3", values);
}

absl::StatusOr<int> ApprovalStore::LatestPolicyVersion(Tx& tx, std::string_view tenant,
                                                       std::string_view qualification) {
  int version = 0;
  RETURN_IF_ERROR(
      tx.Query("SELECT COALESCE(MAX(version), 0) FROM approval_policies WHERE tenant = $1 "
               "AND qualification = $2",
               {tenant, qualification}, [&](const SqlRow& row) {
                 version = static_cast<int>(row.Int(0));
                 return absl::OkStatus();
               }));
  return version;
}

absl::Status ApprovalStore::InsertPolicy(Tx& tx, std::string_view tenant, const ApprovalPolicy& p) {
  const std::string day = TextOf(p.effective_day);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute(
          "INSERT INTO approval_policies (tenant, qualification, version, answer_days, "
          "fast_track_answer_days, valid_days, first_use_days, planner_as_condition, "
          "change_note, author, time_us, effective_day, backdate_days) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
          {tenant, p.qualification, p.version, p.answer_days, p.fast_track_answer_days,
           p.valid_days, p.first_use_days, p.planner_as_condition ? 1 : 0, p.change_note, p.author,
           absl::ToUnixMicros(p.time), day, p.backdate_days}));
  if (rows > 0) return absl::OkStatus();
  const std::string name = "approvalPolicies/" + p.qualification;
  return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
               absl::StrCat(name, " has changed meanwhile; read it again"))
      .With("resource", name);
}

}  // namespace assay::approval
