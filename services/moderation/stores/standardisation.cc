#include "services/moderation/stores/standardisation.h"

#include <limits>
#include <utility>

#include "services/moderation/errors.h"
#include "services/moderation/stores/sql.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::View;

constexpr std::string_view kScriptColumns =
    "c.series, c.component, c.id, c.kind, c.title, c.definitive_mark, c.centre_mark, "
    "c.commentary, c.created_by, c.created_at, c.version";
constexpr int kScriptColumnCount = 11;

Script ScriptFrom(const SqlRow& row) {
  return {.series = std::string(row.Text(0)),
          .component = std::string(row.Text(1)),
          .id = std::string(row.Text(2)),
          .kind = static_cast<ScriptKind>(row.Int(3)),
          .title = std::string(row.Text(4)),
          .definitive = row.Int(5),
          .centre_mark = OptionalInt(row, 6),
          .commentary = std::string(row.Text(7)),
          .created_by = std::string(row.Text(8)),
          .create_time = TimeAt(row, 9),
          .version = row.Int(10)};
}

constexpr std::string_view kStandingColumns =
    "subject, state, attempt, attempts_left, policy, marked_count, inside_count, difference_sum, "
    "reason, changed_at";

ModeratorStanding StandingFrom(const SqlRow& row) {
  return {.subject = std::string(row.Text(0)),
          .state = static_cast<StandingState>(row.Int(1)),
          .attempt = row.Int(2),
          .attempts_left = row.Int(3),
          .policy = std::string(row.Text(4)),
          .marked = row.Int(5),
          .inside = row.Int(6),
          .difference_sum = row.Int(7),
          .reason = std::string(row.Text(8)),
          .change_time = TimeAt(row, 9)};
}

// A seed with its script's marks.
constexpr std::string_view kSeedColumns =
    "SELECT e.candidate, e.script, e.subject, e.stage, e.mark, e.marked_by, c.definitive_mark, "
    "c.centre_mark FROM seeds e JOIN scripts c ON c.tenant = e.tenant AND c.series = e.series "
    "AND c.component = e.component AND c.id = e.script ";

SeedItem SeedFrom(const SqlRow& row) {
  return {.candidate = std::string(row.Text(0)),
          .script = std::string(row.Text(1)),
          .subject = std::string(row.Text(2)),
          .stage = static_cast<Stage>(row.Int(3)),
          .mark = OptionalInt(row, 4),
          .marked_by = std::string(row.Text(5)),
          .definitive = row.Int(6),
          .centre_mark = OptionalInt(row, 7).value_or(row.Int(6))};
}

absl::StatusOr<std::int64_t> Count(platform::Transaction& tx, std::string_view sql,
                                   std::initializer_list<SqlValue> values) {
  ASSIGN_OR_RETURN(auto found, Collect<std::int64_t>(tx, sql, values,
                                                     [](const SqlRow& row) { return row.Int(0); }));
  return found.empty() ? 0 : found[0];
}

}  // namespace

std::string_view NameOf(StandingState state) {
  switch (state) {
    case StandingState::kPractising:
      return "practising";
    case StandingState::kQualifying:
      return "qualifying";
    case StandingState::kQualified:
      return "qualified";
    case StandingState::kNotQualified:
      return "not qualified";
    case StandingState::kStopped:
      return "stopped";
  }
  return "";
}

absl::Status StandardisationStore::InsertScript(Tx& tx, std::string_view tenant, const Script& s) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute(
          "INSERT INTO scripts (tenant, series, component, id, kind, title, "
          "definitive_mark, centre_mark, commentary, created_by, created_at, version) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
          "ON CONFLICT DO NOTHING",
          {tenant, s.series, s.component, s.id, static_cast<int>(s.kind), s.title, s.definitive,
           s.centre_mark, s.commentary, s.created_by, Micros(s.create_time), s.version}));
  if (rows > 0) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, kScriptExists,
               "the component has a script with this id; choose another")
      .With("script",
            absl::StrCat("series/", s.series, "/components/", s.component, "/scripts/", s.id));
}

absl::StatusOr<Script> StandardisationStore::GetScript(Tx& tx, std::string_view tenant,
                                                       std::string_view series,
                                                       std::string_view component,
                                                       std::string_view id) {
  ASSIGN_OR_RETURN(auto found,
                   Collect<Script>(tx,
                                   absl::StrCat("SELECT ", View(kScriptColumns),
                                                " FROM scripts c WHERE c.tenant = $1 AND "
                                                "c.series = $2 AND c.component = $3 AND c.id = $4"),
                                   {tenant, series, component, id}, ScriptFrom));
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kScriptNotFound, "there is no such script")
      .With("script", absl::StrCat("series/", View(series), "/components/", View(component),
                                   "/scripts/", View(id)));
}

absl::StatusOr<std::vector<Script>> StandardisationStore::ListScripts(
    Tx& tx, std::string_view tenant, std::string_view series, std::string_view component,
    std::string_view after, int limit) {
  return Collect<Script>(tx,
                         absl::StrCat("SELECT ", View(kScriptColumns),
                                      " FROM scripts c WHERE c.tenant = $1 AND c.series = $2 AND "
                                      "c.component = $3 AND c.id > $4 ORDER BY c.id LIMIT $5"),
                         {tenant, series, component, after, limit}, ScriptFrom);
}

absl::StatusOr<std::vector<std::string>> StandardisationStore::UnseenScripts(
    Tx& tx, std::string_view tenant, std::string_view series, std::string_view component,
    std::string_view subject, ScriptKind kind) {
  return Collect<std::string>(
      tx,
      "SELECT c.id FROM scripts c WHERE c.tenant = $1 AND c.series = $2 AND c.component = $3 AND "
      "c.kind = $4 AND NOT EXISTS (SELECT 1 FROM script_marks m WHERE m.tenant = c.tenant AND "
      "m.series = c.series AND m.component = c.component AND m.subject = $5 AND m.script = c.id) "
      "AND NOT EXISTS (SELECT 1 FROM seeds e WHERE e.tenant = c.tenant AND e.series = c.series "
      "AND e.component = c.component AND e.subject = $5 AND e.script = c.id) ORDER BY c.id",
      {tenant, series, component, static_cast<int>(kind), subject},
      [](const SqlRow& row) { return std::string(row.Text(0)); });
}

absl::StatusOr<std::vector<GivenScript>> StandardisationStore::ListGiven(
    Tx& tx, std::string_view tenant, std::string_view series, std::string_view component,
    std::string_view subject, std::string_view after, int limit) {
  return Collect<GivenScript>(
      tx,
      absl::StrCat("SELECT ", View(kScriptColumns),
                   ", COALESCE(m.attempt, 0), m.mark FROM scripts c LEFT JOIN script_marks m ON "
                   "m.tenant = c.tenant AND m.series = c.series AND m.component = c.component "
                   "AND m.script = c.id AND m.subject = $4 WHERE c.tenant = $1 AND c.series = $2 "
                   "AND c.component = $3 AND c.id > $5 AND (c.kind = 1 OR m.attempt > 0) "
                   "ORDER BY c.id LIMIT $6"),
      {tenant, series, component, subject, after, limit}, [](const SqlRow& row) {
        return GivenScript{.script = ScriptFrom(row),
                           .attempt = row.Int(kScriptColumnCount),
                           .mark = OptionalInt(row, kScriptColumnCount + 1)};
      });
}
static_assert(static_cast<int>(ScriptKind::kPractice) == 1);

absl::Status StandardisationStore::GiveScripts(Tx& tx, std::string_view tenant,
                                               std::string_view series, std::string_view component,
                                               std::string_view subject, std::int64_t attempt,
                                               std::span<const std::string> scripts) {
  static constexpr std::string_view kColumns[] = {"tenant",  "series", "component",
                                                  "subject", "script", "attempt"};
  return tx.BulkInsert("script_marks", kColumns, static_cast<std::int64_t>(scripts.size()),
                       [&](std::int64_t i, std::span<SqlValue> out) {
                         out[0] = tenant;
                         out[1] = series;
                         out[2] = component;
                         out[3] = subject;
                         out[4] = scripts[i];
                         out[5] = attempt;
                       });
}

absl::StatusOr<bool> StandardisationStore::RecordScriptMark(Tx& tx, const Caller& caller,
                                                            std::string_view series,
                                                            std::string_view component,
                                                            const GivenScript& given, Mark mark) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("INSERT INTO script_marks (tenant, series, component, subject, script, attempt, "
                 "mark, marked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant, "
                 "series, component, subject, script) DO UPDATE SET mark = excluded.mark, "
                 "marked_at = excluded.marked_at WHERE script_marks.mark IS NULL",
                 {caller.tenant, series, component, caller.subject, given.script.id, given.attempt,
                  mark, Micros(caller.now)}));
  return rows > 0;
}

absl::StatusOr<std::optional<ModeratorStanding>> StandardisationStore::GetStanding(
    Tx& tx, std::string_view tenant, std::string_view series, std::string_view component,
    std::string_view subject) {
  ASSIGN_OR_RETURN(auto found,
                   Collect<ModeratorStanding>(
                       tx,
                       absl::StrCat("SELECT ", View(kStandingColumns),
                                    " FROM standings WHERE tenant = $1 AND series = $2 AND "
                                    "component = $3 AND subject = $4"),
                       {tenant, series, component, subject}, StandingFrom));
  if (found.empty()) return std::optional<ModeratorStanding>();
  return std::optional<ModeratorStanding>(std::move(found[0]));
}

absl::Status StandardisationStore::PutStanding(Tx& tx, std::string_view tenant,
                                               std::string_view series, std::string_view component,
                                               const ModeratorStanding& s) {
  return tx
      .Execute(
          "INSERT INTO standings (tenant, series, component, subject, state, attempt, "
          "attempts_left, policy, marked_count, inside_count, difference_sum, reason, changed_at) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (tenant, "
          "series, component, subject) DO UPDATE SET state = excluded.state, attempt = "
          "excluded.attempt, attempts_left = excluded.attempts_left, policy = excluded.policy, "
          "marked_count = excluded.marked_count, inside_count = excluded.inside_count, "
          "difference_sum = excluded.difference_sum, reason = excluded.reason, changed_at = "
          "excluded.changed_at",
          {tenant, series, component, s.subject, static_cast<int>(s.state), s.attempt,
           s.attempts_left, s.policy, s.marked, s.inside, s.difference_sum, s.reason,
           Micros(s.change_time)})
      .status();
}

absl::StatusOr<std::vector<ModeratorStanding>> StandardisationStore::ListStandings(
    Tx& tx, std::string_view tenant, std::string_view series, std::string_view component,
    std::string_view after, int limit) {
  return Collect<ModeratorStanding>(
      tx,
      absl::StrCat("SELECT ", View(kStandingColumns),
                   " FROM standings WHERE tenant = $1 AND series = $2 AND "
                   "component = $3 AND subject > $4 ORDER BY subject LIMIT "
                   "$5"),
      {tenant, series, component, after, limit}, StandingFrom);
}

absl::StatusOr<std::map<std::string, std::vector<std::string>>>
StandardisationStore::QualifiedAnywhere(Tx& tx, std::string_view tenant, std::string_view subject) {
  std::map<std::string, std::vector<std::string>> qualified;
  Statement sql("SELECT subject, series, component FROM standings WHERE tenant = ");
  sql.Bind(tenant).Add(" AND state = ").Bind(static_cast<int>(StandingState::kQualified));
  if (!subject.empty()) sql.Add(" AND subject = ").Bind(subject);
  sql.Add(" ORDER BY subject, series, component");
  RETURN_IF_ERROR(tx.Query(sql.sql(), sql.values(), [&](const SqlRow& row) {
    qualified[std::string(row.Text(0))].push_back(
        absl::StrCat("series/", View(row.Text(1)), "/components/", View(row.Text(2))));
    return absl::OkStatus();
  }));
  return qualified;
}

absl::Status StandardisationStore::InsertSeeds(Tx& tx, std::string_view tenant,
                                               const Submission& submission,
                                               std::span<const SeedItem> seeds) {
  static constexpr std::string_view kColumns[] = {"tenant", "submission", "sample", "candidate",
                                                  "series", "component",  "script", "subject",
                                                  "stage",  "marked_by"};
  return tx.BulkInsert("seeds", kColumns, static_cast<std::int64_t>(seeds.size()),
                       [&](std::int64_t i, std::span<SqlValue> out) {
                         out[0] = tenant;
                         out[1] = submission.number;
                         out[2] = submission.sample;
                         out[3] = seeds[i].candidate;
                         out[4] = submission.name.series;
                         out[5] = submission.name.component;
                         out[6] = seeds[i].script;
                         out[7] = seeds[i].subject;
                         out[8] = static_cast<int>(seeds[i].stage);
                         out[9] = std::string_view();
                       });
}

absl::Status StandardisationStore::DeleteUnmarkedSeeds(Tx& tx, std::string_view tenant,
                                                       const Submission& submission) {
  return tx
      .Execute(
          "DELETE FROM seeds WHERE tenant = $1 AND submission = $2 AND sample = $3 AND "
          "mark IS NULL",
          {tenant, submission.number, submission.sample})
      .status();
}

absl::StatusOr<std::vector<SeedItem>> StandardisationStore::ListSeeds(
    Tx& tx, std::string_view tenant, const Submission& submission, Stage stage,
    std::string_view after, int limit) {
  return Collect<SeedItem>(
      tx,
      absl::StrCat(View(kSeedColumns),
                   "WHERE e.tenant = $1 AND e.submission = $2 AND e.sample = $3 AND e.stage <= $4 "
                   "AND e.candidate > $5 ORDER BY e.candidate LIMIT $6"),
      {tenant, submission.number, submission.sample, static_cast<int>(stage), after, limit},
      SeedFrom);
}

absl::StatusOr<std::vector<Marked>> StandardisationStore::ListSeedsAsWork(
    Tx& tx, std::string_view tenant, const Submission& submission, Stage stage,
    std::string_view after, int limit) {
  ASSIGN_OR_RETURN(const std::vector<SeedItem> seeds,
                   ListSeeds(tx, tenant, submission, stage, after, limit));
  std::vector<Marked> work;
  for (const SeedItem& seed : seeds) {
    work.push_back({.pick = {.candidate = seed.candidate,
                             .reasons = {},
                             .stage = seed.stage,
                             .mark = seed.mark,
                             .marked_by = seed.marked_by},
                    .centre_mark = seed.centre_mark});
  }
  return work;
}

absl::StatusOr<bool> StandardisationStore::RecordSeedMark(Tx& tx, const Caller& caller,
                                                          const Submission& submission,
                                                          std::string_view candidate, Mark mark) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE seeds SET mark = $1, marked_by = $2, marked_at = $3, subject = $2 WHERE "
                 "tenant = $4 AND submission = $5 AND sample = $6 AND candidate = $7 AND "
                 "stage <= $8 AND mark IS NULL",
                 {mark, caller.subject, Micros(caller.now), caller.tenant, submission.number,
                  submission.sample, candidate, static_cast<int>(submission.stage)}));
  return rows > 0;
}

absl::StatusOr<std::int64_t> StandardisationStore::CountSeedsOutstanding(
    Tx& tx, std::string_view tenant, const Submission& submission, Stage stage) {
  return Count(tx,
               "SELECT COUNT(*) FROM seeds WHERE tenant = $1 AND submission = $2 AND sample = $3 "
               "AND stage <= $4 AND mark IS NULL",
               {tenant, submission.number, submission.sample, static_cast<int>(stage)});
}

absl::StatusOr<std::vector<SeedItem>> StandardisationStore::LatestSeeds(
    Tx& tx, std::string_view tenant, std::string_view series, std::string_view component,
    std::string_view subject, absl::Time since, int limit) {
  return Collect<SeedItem>(
      tx,
      absl::StrCat(View(kSeedColumns),
                   "WHERE e.tenant = $1 AND e.series = $2 AND e.component = $3 AND e.subject = $4 "
                   "AND e.marked_by = $4 AND e.marked_at >= $5 ORDER BY e.marked_at DESC, "
                   "e.submission, e.candidate LIMIT $6"),
      {tenant, series, component, subject, Micros(since), limit}, SeedFrom);
}

}  // namespace assay::moderation
