#include "services/moderation/stores/allocations.h"

#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/moderation/errors.h"
#include "services/moderation/stores/moderators.h"
#include "services/moderation/stores/sql.h"
#include "services/moderation/stores/standardisation.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::View;

constexpr int kHistoryMax = 10;

// " FROM submissions s … WHERE …": the submissions of a filter. It outlives the statement.
void From(Statement& sql, std::string_view joins, std::string_view tenant,
          const GiveableFilter& filter) {
  sql.Add(" FROM submissions s ").Add(joins).Add(" WHERE s.tenant = ").Bind(tenant);
  sql.Add(" AND s.state = ").Bind(static_cast<int>(filter.state));
  if (!filter.series.empty()) sql.Add(" AND s.series = ").Bind(filter.series);
  if (!filter.component.empty()) sql.Add(" AND s.component = ").Bind(filter.component);
  if (!filter.moderator.empty()) sql.Add(" AND s.moderator = ").Bind(filter.moderator);
  if (filter.number != 0) sql.Add(" AND s.number = ").Bind(filter.number);
}

absl::Status AddScripts(AllocationStore::Tx& tx, std::string_view tenant,
                        const GiveableFilter& filter, std::vector<Giveable>& found) {
  absl::flat_hash_map<std::int64_t, std::int64_t> scripts;
  Statement sql("SELECT s.number, COUNT(*)");
  From(sql,
       "JOIN sample_candidates c ON c.tenant = s.tenant AND c.submission = s.number AND "
       "c.sample = s.sample AND c.mark IS NULL",
       tenant, filter);
  sql.Add(" GROUP BY s.number");
  RETURN_IF_ERROR(tx.Query(sql.sql(), sql.values(), [&](const SqlRow& row) {
    scripts[row.Int(0)] = row.Int(1);
    return absl::OkStatus();
  }));
  for (Giveable& giveable : found) giveable.task.scripts = scripts[giveable.number];
  return absl::OkStatus();
}

// Only the assessors who are moderators as well: the others are in nobody's way.
absl::Status AddAssessors(AllocationStore::Tx& tx, std::string_view tenant,
                          const GiveableFilter& filter, std::vector<Giveable>& found) {
  absl::flat_hash_map<std::int64_t, std::vector<std::string>> assessors;
  Statement sql("SELECT DISTINCT s.number, c.assessor");
  From(sql, "JOIN candidates c ON c.tenant = s.tenant AND c.submission = s.number", tenant, filter);
  sql.Add(" AND (c.assessor IN (SELECT subject FROM moderators WHERE tenant = ").Bind(tenant);
  sql.Add(") OR 'users/' || c.assessor IN (SELECT subject FROM moderators WHERE tenant = ");
  sql.Bind(tenant).Add(")) ORDER BY s.number, c.assessor");
  RETURN_IF_ERROR(tx.Query(sql.sql(), sql.values(), [&](const SqlRow& row) {
    assessors[row.Int(0)].emplace_back(row.Text(1));
    return absl::OkStatus();
  }));
  for (Giveable& giveable : found) {
    const auto it = assessors.find(giveable.number);
    if (it != assessors.end()) giveable.task.assessors = it->second;
  }
  return absl::OkStatus();
}

// The series before this one, the latest first.
absl::StatusOr<std::vector<std::string>> SeriesBefore(AllocationStore::Tx& tx,
                                                      std::string_view tenant,
                                                      const std::string& series) {
  return Collect<std::string>(
      tx,
      "SELECT b.id FROM series b, series s WHERE s.tenant = $1 AND s.id = $2 AND b.tenant = $1 AND "
      "(COALESCE(b.marks_due_at, b.created_at) < COALESCE(s.marks_due_at, s.created_at) OR "
      "(COALESCE(b.marks_due_at, b.created_at) = COALESCE(s.marks_due_at, s.created_at) AND "
      "b.id < s.id)) ORDER BY COALESCE(b.marks_due_at, b.created_at) DESC, b.id DESC LIMIT $3",
      {tenant, series, kHistoryMax}, [](const SqlRow& row) { return std::string(row.Text(0)); });
}

// A series in which the centre had no such submission is passed over.
absl::Status AddHistory(AllocationStore::Tx& tx, std::string_view tenant, const std::string& series,
                        std::span<Giveable*> found) {
  using Key = std::pair<std::string, std::string>;
  std::map<Key, std::vector<Giveable*>> by_key;
  for (Giveable* giveable : found) {
    by_key[{giveable->name.component, giveable->task.centre}].push_back(giveable);
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> before, SeriesBefore(tx, tenant, series));
  for (const std::string& earlier : before) {
    Statement sql("SELECT component, centre, moderator FROM submissions WHERE tenant = ");
    sql.Bind(tenant).Add(" AND series = ").Bind(earlier).Add(" AND moderator <> ''");
    if (by_key.size() == 1) {
      sql.Add(" AND component = ").Bind(by_key.begin()->first.first);
      sql.Add(" AND centre = ").Bind(by_key.begin()->first.second);
    }
    RETURN_IF_ERROR(tx.Query(sql.sql(), sql.values(), [&](const SqlRow& row) {
      const auto it = by_key.find(Key(row.Text(0), row.Text(1)));
      if (it == by_key.end()) return absl::OkStatus();
      for (Giveable* giveable : it->second) giveable->task.history.emplace_back(row.Text(2));
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

Person PersonFrom(const Moderator& moderator) {
  return {.id = moderator.id,
          .subject = moderator.subject,
          .capacity = moderator.capacity,
          .script_capacity = moderator.script_capacity,
          .submissions = moderator.allocated,
          .scripts = moderator.scripts,
          .seniority = moderator.seniority,
          .available = !moderator.unavailable,
          .competences = moderator.competences,
          .conflicts = moderator.conflicts};
}

constexpr std::string_view kRunColumns =
    "series, id, state, considered, planned, allocated, skipped, moderators, policies, creator, "
    "request, created_at";

AllocationRun RunFrom(const SqlRow& row) {
  AllocationRun run{.series = std::string(row.Text(0)),
                    .id = std::string(row.Text(1)),
                    .state = static_cast<AllocationRun::State>(row.Int(2)),
                    .considered = row.Int(3),
                    .planned = row.Int(4),
                    .allocated = row.Int(5),
                    .skipped = row.Int(6),
                    .moderators = row.Int(7),
                    .creator = std::string(row.Text(9)),
                    .request = std::string(row.Text(10)),
                    .create_time = TimeAt(row, 11)};
  if (!row.Text(8).empty()) run.policies = absl::StrSplit(View(row.Text(8)), ' ');
  return run;
}

constexpr std::string_view kPlannedColumns =
    "number, component, submission, centre, moderator, scripts, reason, explanation, policy, "
    "outcome, skipped_because";

PlannedAllocation PlannedFrom(const SqlRow& row, const std::string& series) {
  return {.number = row.Int(0),
          .name = {series, std::string(row.Text(1)), std::string(row.Text(2))},
          .centre = std::string(row.Text(3)),
          .moderator = std::string(row.Text(4)),
          .scripts = row.Int(5),
          .reason = static_cast<int>(row.Int(6)),
          .explanation = std::string(row.Text(7)),
          .policy = std::string(row.Text(8)),
          .outcome = static_cast<PlannedAllocation::Outcome>(row.Int(9)),
          .skipped_because = std::string(row.Text(10))};
}

}  // namespace

absl::StatusOr<std::vector<Person>> AllocationStore::LoadPeople(Tx& tx, std::string_view tenant) {
  ASSIGN_OR_RETURN(const std::vector<Moderator> moderators, LoadModerators(tx, tenant));
  std::vector<Person> people;
  people.reserve(moderators.size());
  ASSIGN_OR_RETURN(const auto qualified, StandardisationStore().QualifiedAnywhere(tx, tenant, ""));
  for (const Moderator& moderator : moderators) {
    people.push_back(PersonFrom(moderator));
    const auto own = qualified.find(moderator.subject);
    if (own != qualified.end()) people.back().standardised = own->second;
  }
  return people;
}

absl::StatusOr<Person> AllocationStore::GetPerson(Tx& tx, std::string_view tenant,
                                                  std::string_view id) {
  ASSIGN_OR_RETURN(const Moderator moderator, LoadModerator(tx, tenant, id));
  Person person = PersonFrom(moderator);
  ASSIGN_OR_RETURN(const auto qualified,
                   StandardisationStore().QualifiedAnywhere(tx, tenant, moderator.subject));
  for (const auto& [subject, components] : qualified) person.standardised = components;
  return person;
}

absl::StatusOr<std::vector<Giveable>> AllocationStore::LoadGiveable(Tx& tx, std::string_view tenant,
                                                                    const GiveableFilter& filter) {
  Statement sql(
      "SELECT s.number, s.series, s.component, s.id, s.centre, s.candidate_count, "
      "p.qualification, p.subject, s.consortium");
  From(sql,
       "JOIN components p ON p.tenant = s.tenant AND p.series = s.series AND p.id = s.component",
       tenant, filter);
  sql.Add(" ORDER BY s.series, s.component, s.id");
  ASSIGN_OR_RETURN(
      std::vector<Giveable> found,
      Collect<Giveable>(tx, sql.sql(), sql.values(), [](const SqlRow& row) {
        Giveable giveable{
            .number = row.Int(0),
            .name = {std::string(row.Text(1)), std::string(row.Text(2)), std::string(row.Text(3))},
            .consortium = std::string(row.Text(8))};
        giveable.task = {.name = giveable.name.Text(),
                         .component = absl::StrCat("series/", giveable.name.series, "/components/",
                                                   giveable.name.component),
                         .qualification = std::string(row.Text(6)),
                         .subject = std::string(row.Text(7)),
                         .centre = std::string(row.Text(4)),
                         .candidates = row.Int(5)};
        return giveable;
      }));
  RETURN_IF_ERROR(AddScripts(tx, tenant, filter, found));
  RETURN_IF_ERROR(AddAssessors(tx, tenant, filter, found));
  std::map<std::string, std::vector<Giveable*>> by_series;
  for (Giveable& giveable : found) by_series[giveable.name.series].push_back(&giveable);
  for (auto& [series, of_series] : by_series) {
    RETURN_IF_ERROR(AddHistory(tx, tenant, series, of_series));
  }
  return found;
}

absl::Status AllocationStore::SetScripts(Tx& tx, std::string_view tenant, std::int64_t submission,
                                         std::int64_t scripts) {
  return tx
      .Execute("UPDATE submissions SET script_count = $1 WHERE number = $2 AND tenant = $3",
               {scripts, submission, tenant})
      .status();
}

absl::Status AllocationStore::InsertAllocation(Tx& tx, std::string_view tenant,
                                               std::int64_t submission, Allocation& a) {
  RETURN_IF_ERROR(tx.Query(
      "SELECT COALESCE(MAX(number), 0) + 1 FROM allocations WHERE tenant = $1 AND submission = $2",
      {tenant, submission}, [&](const SqlRow& row) {
        a.number = row.Int(0);
        return absl::OkStatus();
      }));
  return tx
      .Execute(
          "INSERT INTO allocations (tenant, submission, number, moderator, previous, reason, "
          "explanation, policy, scripts, allocated_by, allocated_at) VALUES ($1, $2, $3, $4, $5, "
          "$6, $7, $8, $9, $10, $11)",
          {tenant, submission, a.number, a.moderator, a.previous, a.reason, a.explanation, a.policy,
           a.scripts, a.allocator, Micros(a.time)})
      .status();
}

absl::StatusOr<std::vector<Allocation>> AllocationStore::ListAllocations(
    Tx& tx, std::string_view tenant, std::int64_t submission, std::int64_t after, int limit) {
  return Collect<Allocation>(
      tx,
      "SELECT number, moderator, previous, reason, explanation, policy, scripts, allocated_by, "
      "allocated_at FROM allocations WHERE tenant = $1 AND submission = $2 AND number > $3 ORDER "
      "BY number LIMIT $4",
      {tenant, submission, after, limit}, [](const SqlRow& row) {
        return Allocation{.number = row.Int(0),
                          .moderator = std::string(row.Text(1)),
                          .previous = std::string(row.Text(2)),
                          .reason = static_cast<int>(row.Int(3)),
                          .explanation = std::string(row.Text(4)),
                          .policy = std::string(row.Text(5)),
                          .scripts = row.Int(6),
                          .allocator = std::string(row.Text(7)),
                          .time = TimeAt(row, 8)};
      });
}

absl::Status AllocationStore::InsertRun(Tx& tx, std::string_view tenant, const AllocationRun& run,
                                        std::span<const PlannedAllocation> planned) {
  const std::string policies = absl::StrJoin(run.policies, " ");
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO allocation_runs (tenant, series, id, state, considered, planned, "
                 "allocated, skipped, moderators, policies, creator, request, created_at) VALUES "
                 "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                 {tenant, run.series, run.id, static_cast<int>(run.state), run.considered,
                  run.planned, run.allocated, run.skipped, run.moderators, policies, run.creator,
                  run.request, Micros(run.create_time)})
          .status());
  static constexpr std::string_view kColumns[] = {
      "tenant",  "run",    "number",      "component", "submission", "centre",         "moderator",
      "scripts", "reason", "explanation", "policy",    "outcome",    "skipped_because"};
  return tx.BulkInsert("planned_allocations", kColumns, static_cast<std::int64_t>(planned.size()),
                       [&](std::int64_t i, std::span<SqlValue> out) {
                         const PlannedAllocation& p = planned[i];
                         out[0] = tenant;
                         out[1] = run.id;
                         out[2] = p.number;
                         out[3] = p.name.component;
                         out[4] = p.name.id;
                         out[5] = p.centre;
                         out[6] = p.moderator;
                         out[7] = p.scripts;
                         out[8] = p.reason;
                         out[9] = p.explanation;
                         out[10] = p.policy;
                         out[11] = static_cast<int>(p.outcome);
                         out[12] = p.skipped_because;
                       });
}

absl::StatusOr<AllocationRun> AllocationStore::GetRun(Tx& tx, std::string_view tenant,
                                                      std::string_view series,
                                                      std::string_view id) {
  ASSIGN_OR_RETURN(auto found,
                   Collect<AllocationRun>(
                       tx,
                       absl::StrCat("SELECT ", View(kRunColumns),
                                    " FROM allocation_runs WHERE tenant = $1 AND series = $2 AND "
                                    "id = $3"),
                       {tenant, series, id}, RunFrom));
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kAllocationRunNotFound,
               "there is no such run of allocations")
      .With("allocation_run", absl::StrCat("series/", View(series), "/allocationRuns/", View(id)));
}

absl::StatusOr<std::optional<AllocationRun>> AllocationStore::FindRun(Tx& tx,
                                                                      std::string_view tenant,
                                                                      std::string_view series,
                                                                      std::string_view creator,
                                                                      std::string_view request) {
  std::optional<AllocationRun> found;
  if (request.empty()) return found;
  RETURN_IF_ERROR(tx.Query(absl::StrCat("SELECT ", View(kRunColumns),
                                        " FROM allocation_runs WHERE tenant = $1 AND series = $2 "
                                        "AND creator = $3 AND request = $4"),
                           {tenant, series, creator, request}, [&](const SqlRow& row) {
                             found = RunFrom(row);
                             return absl::OkStatus();
                           }));
  return found;
}

absl::StatusOr<std::vector<AllocationRun>> AllocationStore::ListRuns(
    Tx& tx, std::string_view tenant, std::string_view series, std::string_view after, int limit) {
  return Collect<AllocationRun>(tx,
                                absl::StrCat("SELECT ", View(kRunColumns),
                                             " FROM allocation_runs WHERE tenant = $1 AND series = "
                                             "$2 AND id > $3 ORDER BY id LIMIT $4"),
                                {tenant, series, after, limit}, RunFrom);
}

absl::Status AllocationStore::UpdateRun(Tx& tx, std::string_view tenant, const AllocationRun& run) {
  return tx
      .Execute(
          "UPDATE allocation_runs SET state = $1, allocated = $2, skipped = $3 WHERE tenant = "
          "$4 AND series = $5 AND id = $6",
          {static_cast<int>(run.state), run.allocated, run.skipped, tenant, run.series, run.id})
      .status();
}

absl::StatusOr<std::vector<PlannedAllocation>> AllocationStore::ListPlanned(
    Tx& tx, std::string_view tenant, const AllocationRun& run, std::int64_t after, int limit,
    bool failures_only) {
  Statement sql("SELECT ");
  sql.Add(kPlannedColumns).Add(" FROM planned_allocations WHERE tenant = ").Bind(tenant);
  sql.Add(" AND run = ").Bind(run.id).Add(" AND number > ").Bind(after);
  const int skipped = static_cast<int>(PlannedAllocation::Outcome::kSkipped);
  if (failures_only) sql.Add(" AND (moderator = '' OR outcome = ").Bind(skipped).Add(")");
  sql.Add(" ORDER BY number LIMIT ").Bind(limit);
  return Collect<PlannedAllocation>(
      tx, sql.sql(), sql.values(), [&](const SqlRow& row) { return PlannedFrom(row, run.series); });
}

absl::StatusOr<std::vector<PlannedAllocation>> AllocationStore::NextPlanned(
    Tx& tx, std::string_view tenant, const AllocationRun& run, int limit) {
  // Those that are done come first, so the numbers begin after them.
  return Collect<PlannedAllocation>(
      tx,
      absl::StrCat("SELECT ", View(kPlannedColumns),
                   " FROM planned_allocations WHERE tenant = $1 AND run = $2 AND number > $3 AND "
                   "outcome = 0 AND moderator <> '' ORDER BY number LIMIT $4"),
      {tenant, run.id, run.allocated + run.skipped, limit},
      [&](const SqlRow& row) { return PlannedFrom(row, run.series); });
}

absl::Status AllocationStore::SetOutcome(Tx& tx, std::string_view tenant, const AllocationRun& run,
                                         const PlannedAllocation& planned) {
  return tx
      .Execute(
          "UPDATE planned_allocations SET outcome = $1, skipped_because = $2 WHERE tenant = "
          "$3 AND run = $4 AND number = $5",
          {static_cast<int>(planned.outcome), planned.skipped_because, tenant, run.id,
           planned.number})
      .status();
}

}  // namespace assay::moderation
