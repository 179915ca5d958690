#include "services/moderation/store.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/moderation/errors.h"
#include "services/moderation/stores/sql.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/database.h"

namespace assay::moderation {
namespace {

using platform::Blob;
using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;

std::vector<std::string> Lines(std::string_view text) {
  if (text.empty()) return {};
  return absl::StrSplit(View(text), '\n');
}

// Runs an INSERT … ON CONFLICT DO NOTHING; `taken` if it did nothing.
absl::Status InsertNew(Transaction& tx, std::string_view sql,
                       std::initializer_list<SqlValue> values, const Error& taken) {
  ASSIGN_OR_RETURN(const std::int64_t rows, tx.Execute(sql, values));
  if (rows == 0) return taken;
  return absl::OkStatus();
}

constexpr std::string_view kSeriesColumns =
    "id, title, marks_due_at, created_at, version, samples_due_at, moderation_due_at, "
    "results_due_at, release_at, checkpoint_policy";

Series SeriesFrom(const SqlRow& row) {
  return {.id = std::string(row.Text(0)),
          .title = std::string(row.Text(1)),
          .marks_due = OptionalTime(row, 2),
          .samples_due = OptionalTime(row, 5),
          .moderation_due = OptionalTime(row, 6),
          .results_due = OptionalTime(row, 7),
          .release = OptionalTime(row, 8),
          .checkpoint_policy = std::string(row.Text(9)),
          .create_time = TimeAt(row, 3),
          .version = row.Int(4)};
}

constexpr std::string_view kComponentColumns =
    "series, id, title, qualification, mark_max, mark_step, sampling_policy, tolerance_policy, "
    "adjustment_policy, blind, created_at, version, subject";

Component ComponentFrom(const SqlRow& row) {
  return {.series = std::string(row.Text(0)),
          .id = std::string(row.Text(1)),
          .title = std::string(row.Text(2)),
          .qualification = std::string(row.Text(3)),
          .scale = {.maximum = row.Int(4), .step = row.Int(5)},
          .sampling_policy = std::string(row.Text(6)),
          .tolerance_policy = std::string(row.Text(7)),
          .adjustment_policy = std::string(row.Text(8)),
          .blind = row.Int(9) != 0,
          .create_time = TimeAt(row, 10),
          .version = row.Int(11),
          .subject = std::string(row.Text(12))};
}

constexpr std::string_view kSubmissionColumns =
    "number, series, component, id, centre, centre_title, state, stage, candidate_count, "
    "marked_count, missing_count, excluded_count, cohort_changed, secret, secret_revealed, sample, "
    "moderator, moderator_subject, submitted_at, created_at, updated_at, version, feedback_tasks, "
    "feedback_accuracy, feedback_administration, consortium";

Submission SubmissionFrom(const SqlRow& row) {
  Submission s;
  s.number = row.Int(0);
  s.name = {std::string(row.Text(1)), std::string(row.Text(2)), std::string(row.Text(3))};
  s.centre = row.Text(4);
  s.centre_title = row.Text(5);
  s.state = static_cast<State>(row.Int(6));
  s.stage = static_cast<Stage>(row.Int(7));
  s.counts = {.candidates = row.Int(8),
              .marked = row.Int(9),
              .missing = row.Int(10),
              .excluded = row.Int(11)};
  s.cohort_changed = row.Int(12) != 0;
  s.secret = row.Bytes(13);
  s.secret_revealed = row.Int(14) != 0;
  s.sample = row.Text(15);
  s.moderator = row.Text(16);
  s.moderator_subject = row.Text(17);
  s.submit_time = OptionalTime(row, 18);
  s.create_time = TimeAt(row, 19);
  s.update_time = TimeAt(row, 20);
  s.version = row.Int(21);
  s.feedback = {std::string(row.Text(22)), std::string(row.Text(23)), std::string(row.Text(24))};
  s.consortium = row.Text(25);
  return s;
}

static_assert((kAbsent | kWithdrawn) == 3);
constexpr std::string_view kCandidateColumns =
    "candidate, mark, assessor, teaching_group, site, flags, grade, uln";

Candidate CandidateFrom(const SqlRow& row) {
  return {.number = std::string(row.Text(0)),
          .mark = OptionalInt(row, 1),
          .assessor = std::string(row.Text(2)),
          .group = std::string(row.Text(3)),
          .site = std::string(row.Text(4)),
          .flags = static_cast<std::uint32_t>(row.Int(5)),
          .grade = std::string(row.Text(6)),
          .uln = std::string(row.Text(7))};
}

Pick PickFrom(const SqlRow& row) {
  Pick pick{.candidate = std::string(row.Text(0)),
            .reasons = {},
            .stage = static_cast<Stage>(row.Int(2)),
            .mark = OptionalInt(row, 3),
            .marked_by = std::string(row.Text(4))};
  if (!row.Text(1).empty()) pick.reasons = absl::StrSplit(View(row.Text(1)), ',');
  return pick;
}

constexpr std::string_view kSampleColumns =
    "id, void, sampling_policy, tolerance_policy, adjustment_policy, algorithm, list_hash, "
    "commitment, secret, seed, pool_count, ladder_size, gaps, created_at";

Sample SampleFrom(const SqlRow& row) {
  Sample s;
  s.id = row.Text(0);
  s.is_void = row.Int(1) != 0;
  s.sampling_policy = row.Text(2);
  s.tolerance_policy = row.Text(3);
  s.adjustment_policy = row.Text(4);
  s.algorithm = row.Text(5);
  s.list_hash = row.Text(6);
  s.commitment = row.Text(7);
  s.secret = row.Bytes(8);
  s.seed = row.Bytes(9);
  s.pool_count = row.Int(10);
  s.ladder_size = row.Int(11);
  s.gaps = Lines(row.Text(12));
  s.create_time = TimeAt(row, 13);
  return s;
}

absl::Status LoadPicks(Transaction& tx, std::string_view tenant, std::int64_t submission,
                       Sample& sample) {
  ASSIGN_OR_RETURN(sample.picks,
                   Collect<Pick>(tx,
                                 "SELECT candidate, reasons, stage, mark, marked_by "
                                 "FROM sample_candidates WHERE tenant = $1 AND submission = $2 "
                                 "AND sample = $3 ORDER BY candidate",
                                 {tenant, submission, sample.id}, PickFrom));
  return absl::OkStatus();
}

std::string ComponentName(std::string_view series, std::string_view id) {
  return absl::StrCat("series/", View(series), "/components/", View(id));
}

}  // namespace

absl::Status Store::InsertSeries(Tx& tx, std::string_view tenant, const Series& series) {
  return InsertNew(
      tx,
      "INSERT INTO series (tenant, id, title, marks_due_at, samples_due_at, "
      "moderation_due_at, results_due_at, release_at, checkpoint_policy, "
      "next_checkpoint_at, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, "
      "$8, $9, 0, $10, $11) ON CONFLICT DO NOTHING",
      {tenant, series.id, series.title, Micros(series.marks_due), Micros(series.samples_due),
       Micros(series.moderation_due), Micros(series.results_due), Micros(series.release),
       series.checkpoint_policy, Micros(series.create_time), series.version},
      Error(absl::StatusCode::kAlreadyExists, kSeriesExists,
            "there is a series with this id; choose another")
          .With("series", "series/" + series.id));
}

absl::StatusOr<Series> Store::GetSeries(Tx& tx, std::string_view tenant, std::string_view id) {
  ASSIGN_OR_RETURN(auto found,
                   Collect<Series>(tx,
                                   absl::StrCat("SELECT ", View(kSeriesColumns),
                                                " FROM series WHERE tenant = $1 AND id = $2"),
                                   {tenant, id}, SeriesFrom));
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kSeriesNotFound, "there is no such series")
      .With("series", absl::StrCat("series/", View(id)));
}

absl::Status Store::UpdateSeries(Tx& tx, std::string_view tenant, Series& series) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE series SET title = $1, marks_due_at = $2, samples_due_at = $3, "
                 "moderation_due_at = $4, results_due_at = $5, release_at = $6, "
                 "checkpoint_policy = $7, next_checkpoint_at = 0, version = version + 1 "
                 "WHERE tenant = $8 AND id = $9 AND version = $10",
                 {series.title, Micros(series.marks_due), Micros(series.samples_due),
                  Micros(series.moderation_due), Micros(series.results_due), Micros(series.release),
                  series.checkpoint_policy, tenant, series.id, series.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 "the series has changed; get it and try again")
        .With("name", "series/" + series.id);
  }
  ++series.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Series>> Store::ListSeries(Tx& tx, std::string_view tenant,
                                                      std::string_view after, int limit) {
  return Collect<Series>(tx,
                         absl::StrCat("SELECT ", View(kSeriesColumns),
                                      " FROM series WHERE tenant = $1 AND id > $2 ORDER BY id "
                                      "LIMIT $3"),
                         {tenant, after, limit}, SeriesFrom);
}

absl::Status Store::InsertComponent(Tx& tx, std::string_view tenant, const Component& c) {
  return InsertNew(
      tx,
      "INSERT INTO components (tenant, series, id, title, qualification, mark_max, mark_step, "
      "sampling_policy, tolerance_policy, adjustment_policy, blind, created_at, version, subject) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING",
      {tenant, c.series, c.id, c.title, c.qualification, c.scale.maximum, c.scale.step,
       c.sampling_policy, c.tolerance_policy, c.adjustment_policy, c.blind ? 1 : 0,
       Micros(c.create_time), c.version, c.subject},
      Error(absl::StatusCode::kAlreadyExists, kComponentExists,
            "the series has a component with this id; choose another")
          .With("component", ComponentName(c.series, c.id)));
}

absl::StatusOr<Component> Store::GetComponent(Tx& tx, std::string_view tenant,
                                              std::string_view series, std::string_view id) {
  ASSIGN_OR_RETURN(
      auto found,
      Collect<Component>(tx,
                         absl::StrCat("SELECT ", View(kComponentColumns),
                                      " FROM components WHERE tenant = $1 AND series = $2 AND "
                                      "id = $3"),
                         {tenant, series, id}, ComponentFrom));
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kComponentNotFound, "there is no such component")
      .With("component", ComponentName(series, id));
}

absl::StatusOr<std::vector<Component>> Store::ListComponents(Tx& tx, std::string_view tenant,
                                                             std::string_view series,
                                                             std::string_view after, int limit) {
  return Collect<Component>(tx,
                            absl::StrCat("SELECT ", View(kComponentColumns),
                                         " FROM components WHERE tenant = $1 AND series = $2 AND "
                                         "id > $3 ORDER BY id LIMIT $4"),
                            {tenant, series, after, limit}, ComponentFrom);
}

absl::Status Store::InsertSubmission(Tx& tx, std::string_view tenant, Submission& s) {
  s.number = 0;
  RETURN_IF_ERROR(tx.Query(
      "INSERT INTO submissions (tenant, series, component, id, centre, centre_title, state, stage, "
      "candidate_count, marked_count, missing_count, excluded_count, cohort_changed, secret, "
      "secret_revealed, sample, moderator, moderator_subject, submitted_at, created_at, "
      "updated_at, version, feedback_tasks, feedback_accuracy, feedback_administration) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, 0, 0, $9, 0, '', '', '', NULL, $10, $11, $12, "
      "'', '', '') ON CONFLICT DO NOTHING RETURNING number",
      {tenant, s.name.series, s.name.component, s.name.id, s.centre, s.centre_title,
       static_cast<int>(s.state), static_cast<int>(s.stage), Blob{s.secret}, Micros(s.create_time),
       Micros(s.update_time), s.version},
      [&](const SqlRow& row) {
        s.number = row.Int(0);
        return absl::OkStatus();
      }));
  if (s.number != 0) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, kSubmissionExists,
               "the centre has a submission for this component; record its marks there")
      .With("submission", s.name.Text());
}

absl::StatusOr<Submission> Store::GetSubmission(Tx& tx, const Caller& caller,
                                                const SubmissionName& name) {
  Statement sql("SELECT ");
  sql.Add(kSubmissionColumns).Add(" FROM submissions WHERE tenant = ").Bind(caller.tenant);
  sql.Add(" AND series = ").Bind(name.series).Add(" AND component = ").Bind(name.component);
  sql.Add(" AND id = ").Bind(name.id);
  Limit(sql, caller.reach);
  ASSIGN_OR_RETURN(auto found, Collect<Submission>(tx, sql.sql(), sql.values(), SubmissionFrom));
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kSubmissionNotFound, "there is no such submission")
      .With("submission", name.Text());
}

absl::Status Store::UpdateSubmission(Tx& tx, const Caller& caller, Submission& s) {
  s.update_time = caller.now;
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute(
          "UPDATE submissions SET state = $1, stage = $2, candidate_count = $3, "
          "marked_count = $4, missing_count = $5, excluded_count = $6, cohort_changed = $7, "
          "secret = $8, secret_revealed = $9, sample = $10, moderator = $11, "
          "moderator_subject = $12, submitted_at = $13, updated_at = $14, feedback_tasks = $15, "
          "feedback_accuracy = $16, feedback_administration = $17, version = version + 1 "
          "WHERE number = $18 AND tenant = $19 AND version = $20",
          {static_cast<int>(s.state),
           static_cast<int>(s.stage),
           s.counts.candidates,
           s.counts.marked,
           s.counts.missing,
           s.counts.excluded,
           s.cohort_changed ? 1 : 0,
           Blob{s.secret},
           s.secret_revealed ? 1 : 0,
           s.sample,
           s.moderator,
           s.moderator_subject,
           Micros(s.submit_time),
           Micros(s.update_time),
           s.feedback.tasks,
           s.feedback.accuracy,
           s.feedback.administration,
           s.number,
           caller.tenant,
           s.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 "the submission has changed meanwhile; get it and try again")
        .With("name", s.name.Text());
  }
  ++s.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Submission>> Store::ListSubmissions(Tx& tx, const Caller& caller,
                                                               const SubmissionFilter& filter,
                                                               const SubmissionName* after,
                                                               int limit) {
  Statement sql("SELECT ");
  sql.Add(kSubmissionColumns).Add(" FROM submissions WHERE tenant = ").Bind(caller.tenant);
  std::optional<int> state;
  if (filter.state.has_value()) {
    state = static_cast<int>(*filter.state);
    sql.Add(" AND state = ").Bind(*state);
  }
  if (!filter.series.empty()) sql.Add(" AND series = ").Bind(filter.series);
  if (!filter.component.empty()) sql.Add(" AND component = ").Bind(filter.component);
  if (!filter.consortium.empty()) {
    // The words of the index submissions_of_consortium.
    sql.Add(" AND consortium <> '' AND consortium = ").Bind(filter.consortium);
  }
  Limit(sql, caller.reach);
  // Told in what is not fixed already, the index goes straight to the place.
  if (after != nullptr && !filter.series.empty() && !filter.component.empty()) {
    sql.Add(" AND id > ").Bind(after->id);
  } else if (after != nullptr && !filter.series.empty()) {
    sql.Add(" AND (component, id) > (").Bind(after->component).Add(", ").Bind(after->id).Add(")");
  } else if (after != nullptr) {
    sql.Add(" AND (series, component, id) > (").Bind(after->series).Add(", ");
    sql.Bind(after->component).Add(", ").Bind(after->id).Add(")");
  }
  sql.Add(" ORDER BY series, component, id LIMIT ").Bind(limit);
  return Collect<Submission>(tx, sql.sql(), sql.values(), SubmissionFrom);
}

absl::StatusOr<std::vector<Candidate>> Store::LoadCandidates(Tx& tx, std::string_view tenant,
                                                             std::int64_t submission) {
  return ListCandidates(tx, tenant, submission, "", std::numeric_limits<std::int32_t>::max(),
                        false);
}

absl::StatusOr<Candidate> Store::GetCandidate(Tx& tx, std::string_view tenant,
                                              std::int64_t submission, std::string_view number) {
  ASSIGN_OR_RETURN(auto found,
                   Collect<Candidate>(tx,
                                      absl::StrCat("SELECT ", View(kCandidateColumns),
                                                   " FROM candidates WHERE tenant = $1 AND "
                                                   "submission = $2 AND candidate = $3"),
                                      {tenant, submission, number}, CandidateFrom));
  if (found.empty()) return absl::NotFoundError("no such candidate");
  return std::move(found[0]);
}

absl::StatusOr<std::vector<Candidate>> Store::ListCandidates(Tx& tx, std::string_view tenant,
                                                             std::int64_t submission,
                                                             std::string_view after, int limit,
                                                             bool missing_only) {
  Statement sql("SELECT ");
  sql.Add(kCandidateColumns).Add(" FROM candidates WHERE tenant = ").Bind(tenant);
  sql.Add(" AND submission = ").Bind(submission).Add(" AND candidate > ").Bind(after);
  // The words of the index candidates_missing.
  if (missing_only) sql.Add(" AND mark IS NULL AND (flags & 3) = 0");
  sql.Add(" ORDER BY candidate LIMIT ").Bind(limit);
  return Collect<Candidate>(tx, sql.sql(), sql.values(), CandidateFrom);
}

absl::Status Store::InsertCandidates(Tx& tx, std::string_view tenant, std::int64_t submission,
                                     std::span<const Candidate> candidates) {
  static constexpr std::string_view kColumns[] = {
      "tenant",         "submission", "candidate", "mark",  "assessor",
      "teaching_group", "site",       "flags",     "grade", "uln"};
  return tx.BulkInsertKept("candidates", kColumns, static_cast<std::int64_t>(candidates.size()),
                           [&](std::int64_t i, std::span<SqlValue> out) {
                             const Candidate& c = candidates[i];
                             out[0] = tenant;
                             out[1] = submission;
                             out[2] = c.number;
                             out[3] = c.mark;
                             out[4] = c.assessor;
                             out[5] = c.group;
                             out[6] = c.site;
                             out[7] = c.flags;
                             out[8] = c.grade;
                             out[9] = c.uln;
                           });
}

absl::Status Store::PutCandidate(Tx& tx, std::string_view tenant, std::int64_t submission,
                                 const Candidate& c) {
  return tx
      .Execute(
          "INSERT INTO candidates (tenant, submission, candidate, mark, assessor, teaching_group, "
          "site, flags, grade, uln) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT "
          "(tenant, submission, candidate) DO UPDATE SET mark = excluded.mark, "
          "assessor = excluded.assessor, teaching_group = excluded.teaching_group, "
          "site = excluded.site, flags = excluded.flags, grade = excluded.grade, "
          "uln = excluded.uln",
          {tenant, submission, c.number, c.mark, c.assessor, c.group, c.site, c.flags, c.grade,
           c.uln})
      .status();
}

absl::Status Store::DeleteCandidates(Tx& tx, std::string_view tenant, std::int64_t submission) {
  return tx
      .Execute("DELETE FROM candidates WHERE tenant = $1 AND submission = $2", {tenant, submission})
      .status();
}

absl::Status Store::InsertCorrection(Tx& tx, const Caller& caller, const Submission& submission,
                                     const Correction& correction) {
  return tx
      .Execute(
          "INSERT INTO corrections (tenant, submission, version, candidate, mark_before, "
          "mark_after, reason, corrected_by, corrected_at) VALUES "
          "($1, $2, $3, $4, $5, $6, $7, $8, $9)",
          {caller.tenant, submission.number, submission.version, correction.candidate,
           correction.before, correction.after, correction.reason, caller.subject,
           Micros(caller.now)})
      .status();
}

absl::Status Store::InsertSample(Tx& tx, std::string_view tenant, std::int64_t submission,
                                 const Sample& s) {
  const std::string gaps = absl::StrJoin(s.gaps, "\n");
  RETURN_IF_ERROR(tx.Execute("INSERT INTO samples (tenant, submission, id, void, sampling_policy, "
                             "tolerance_policy, adjustment_policy, algorithm, list_hash, "
                             "commitment, secret, seed, pool_count, ladder_size, gaps, created_at) "
                             "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                             "$15, $16)",
                             {tenant, submission, s.id, s.is_void ? 1 : 0, s.sampling_policy,
                              s.tolerance_policy, s.adjustment_policy, s.algorithm, s.list_hash,
                              s.commitment, Blob{s.secret}, Blob{s.seed}, s.pool_count,
                              s.ladder_size, gaps, Micros(s.create_time)})
                      .status());
  return InsertPicks(tx, tenant, submission, s.id, s.picks);
}

absl::Status Store::InsertPicks(Tx& tx, std::string_view tenant, std::int64_t submission,
                                std::string_view sample, std::span<const Pick> picks) {
  static constexpr std::string_view kColumns[] = {"tenant",  "submission", "sample", "candidate",
                                                  "reasons", "stage",      "mark",   "marked_by"};
  std::vector<std::string> reasons;
  for (const Pick& pick : picks) reasons.push_back(absl::StrJoin(pick.reasons, ","));
  return tx.BulkInsertKept("sample_candidates", kColumns, static_cast<std::int64_t>(picks.size()),
                           [&](std::int64_t i, std::span<SqlValue> out) {
                             out[0] = tenant;
                             out[1] = submission;
                             out[2] = sample;
                             out[3] = picks[i].candidate;
                             out[4] = reasons[i];
                             out[5] = static_cast<int>(picks[i].stage);
                             out[6] = picks[i].mark;
                             out[7] = picks[i].marked_by;
                           });
}

absl::StatusOr<Sample> Store::GetSample(Tx& tx, std::string_view tenant, std::int64_t submission,
                                        std::string_view id) {
  ASSIGN_OR_RETURN(auto found, Collect<Sample>(tx,
                                               absl::StrCat("SELECT ", View(kSampleColumns),
                                                            " FROM samples WHERE tenant = $1 AND "
                                                            "submission = $2 AND id = $3"),
                                               {tenant, submission, id}, SampleFrom));
  if (found.empty()) return absl::NotFoundError("no such sample");
  RETURN_IF_ERROR(LoadPicks(tx, tenant, submission, found[0]));
  return std::move(found[0]);
}

absl::StatusOr<std::vector<Sample>> Store::ListSamples(Tx& tx, std::string_view tenant,
                                                       std::int64_t submission,
                                                       std::string_view after, int limit) {
  ASSIGN_OR_RETURN(auto samples,
                   Collect<Sample>(tx,
                                   absl::StrCat("SELECT ", View(kSampleColumns),
                                                " FROM samples WHERE tenant = $1 AND submission "
                                                "= $2 AND id > $3 ORDER BY id LIMIT $4"),
                                   {tenant, submission, after, limit}, SampleFrom));
  for (Sample& sample : samples) RETURN_IF_ERROR(LoadPicks(tx, tenant, submission, sample));
  return samples;
}

absl::Status Store::VoidSample(Tx& tx, std::string_view tenant, std::int64_t submission,
                               std::string_view id) {
  RETURN_IF_ERROR(
      tx.Execute("UPDATE samples SET void = 1 WHERE tenant = $1 AND submission = $2 AND id = $3",
                 {tenant, submission, id})
          .status());
  return tx
      .Execute("DELETE FROM results WHERE tenant = $1 AND submission = $2", {tenant, submission})
      .status();
}

absl::StatusOr<std::vector<Marked>> Store::ListMarked(Tx& tx, std::string_view tenant,
                                                      const Submission& submission, Stage stage,
                                                      std::string_view after, int limit) {
  return Collect<Marked>(
      tx,
      "SELECT p.candidate, p.reasons, p.stage, p.mark, p.marked_by, c.mark "
      "FROM sample_candidates p JOIN candidates c ON c.tenant = p.tenant AND "
      "c.submission = p.submission AND c.candidate = p.candidate WHERE p.tenant = $1 AND "
      "p.submission = $2 AND p.sample = $3 AND p.stage <= $4 AND p.candidate > $5 "
      "ORDER BY p.candidate LIMIT $6",
      {tenant, submission.number, submission.sample, static_cast<int>(stage), after, limit},
      [](const SqlRow& row) { return Marked{.pick = PickFrom(row), .centre_mark = row.Int(5)}; });
}

absl::StatusOr<bool> Store::RecordMark(Tx& tx, const Caller& caller, const Submission& submission,
                                       std::string_view candidate, Mark mark) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE sample_candidates SET mark = $1, marked_by = $2, marked_at = $3 WHERE "
                 "tenant = $4 AND submission = $5 AND sample = $6 AND candidate = $7 AND "
                 "stage <= $8 AND mark IS NULL",
                 {mark, caller.subject, Micros(caller.now), caller.tenant, submission.number,
                  submission.sample, candidate, static_cast<int>(submission.stage)}));
  return rows > 0;
}

absl::StatusOr<std::int64_t> Store::CountOutstanding(Tx& tx, std::string_view tenant,
                                                     const Submission& submission, Stage stage) {
  std::int64_t count = 0;
  RETURN_IF_ERROR(
      tx.Query("SELECT COUNT(*) FROM sample_candidates WHERE tenant = $1 AND "
               "submission = $2 AND sample = $3 AND stage <= $4 AND mark IS NULL",
               {tenant, submission.number, submission.sample, static_cast<int>(stage)},
               [&](const SqlRow& row) {
                 count = row.Int(0);
                 return absl::OkStatus();
               }));
  return count;
}

absl::Status Store::InsertJudgement(Tx& tx, std::string_view tenant, std::int64_t submission,
                                    RecordedJudgement& j) {
  RETURN_IF_ERROR(
      tx.Query("SELECT COALESCE(MAX(number), 0) + 1 FROM judgements WHERE tenant = $1 "
               "AND submission = $2 AND sample = $3",
               {tenant, submission, j.sample}, [&](const SqlRow& row) {
                 j.number = row.Int(0);
                 return absl::OkStatus();
               }));
  return tx
      .Execute(
          "INSERT INTO judgements (tenant, submission, sample, number, verdict, stage, "
          "finding, tolerance, judged_count, inside_count, outstanding_count, "
          "difference_sum, rank_correlation, method, line, intercept, slope, residual_spread, "
          "before_marks, after_marks, judged_by, judged_at) VALUES ($1, $2, $3, $4, $5, $6, "
          "$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
          {tenant,
           submission,
           j.sample,
           j.number,
           static_cast<int>(j.verdict),
           static_cast<int>(j.stage),
           j.finding,
           j.tolerance,
           j.judged,
           j.inside,
           j.outstanding,
           j.difference_sum,
           j.rank_correlation,
           j.method,
           j.line,
           j.intercept,
           j.slope,
           j.residual_spread,
           j.before,
           j.after,
           j.judged_by,
           Micros(j.judge_time)})
      .status();
}

absl::StatusOr<std::optional<RecordedJudgement>> Store::LatestJudgement(
    Tx& tx, std::string_view tenant, const Submission& submission) {
  std::optional<RecordedJudgement> latest;
  RETURN_IF_ERROR(tx.Query(
      "SELECT number, verdict, stage, finding, tolerance, judged_count, inside_count, "
      "outstanding_count, difference_sum, rank_correlation, line, intercept, slope, "
      "residual_spread, before_marks, after_marks, judged_by, judged_at, method FROM judgements "
      "WHERE tenant = $1 AND submission = $2 AND sample = $3 ORDER BY number DESC LIMIT 1",
      {tenant, submission.number, submission.sample}, [&](const SqlRow& row) {
        RecordedJudgement& j = latest.emplace();
        j.sample = submission.sample;
        j.number = row.Int(0);
        j.verdict = static_cast<RecordedJudgement::Verdict>(row.Int(1));
        j.stage = static_cast<Stage>(row.Int(2));
        j.finding = row.Text(3);
        j.tolerance = row.Int(4);
        j.judged = row.Int(5);
        j.inside = row.Int(6);
        j.outstanding = row.Int(7);
        j.difference_sum = row.Int(8);
        if (!row.IsNull(9)) j.rank_correlation = row.Double(9);
        j.line = row.Text(10);
        j.intercept = row.Double(11);
        j.slope = row.Double(12);
        j.residual_spread = row.Double(13);
        j.before = row.Text(14);
        j.after = row.Text(15);
        j.judged_by = row.Text(16);
        j.judge_time = TimeAt(row, 17);
        j.method = row.Text(18);
        return absl::OkStatus();
      }));
  return latest;
}

absl::Status Store::InsertResults(Tx& tx, std::string_view tenant, std::int64_t submission,
                                  std::span<const Result> results) {
  static constexpr std::string_view kColumns[] = {"tenant",      "submission", "candidate",
                                                  "centre_mark", "final_mark", "basis"};
  return tx.BulkInsertKept("results", kColumns, static_cast<std::int64_t>(results.size()),
                           [&](std::int64_t i, std::span<SqlValue> out) {
                             out[0] = tenant;
                             out[1] = submission;
                             out[2] = results[i].candidate;
                             out[3] = results[i].centre_mark;
                             out[4] = results[i].final_mark;
                             out[5] = static_cast<int>(results[i].basis);
                           });
}

absl::StatusOr<std::vector<Result>> Store::ListResults(Tx& tx, std::string_view tenant,
                                                       std::int64_t submission,
                                                       std::string_view after, int limit) {
  return Collect<Result>(tx,
                         "SELECT candidate, centre_mark, final_mark, basis FROM results WHERE "
                         "tenant = $1 AND submission = $2 AND candidate > $3 ORDER BY candidate "
                         "LIMIT $4",
                         {tenant, submission, after, limit}, [](const SqlRow& row) {
                           return Result{.candidate = std::string(row.Text(0)),
                                         .centre_mark = OptionalInt(row, 1),
                                         .final_mark = OptionalInt(row, 2),
                                         .basis = static_cast<Basis>(row.Int(3))};
                         });
}

}  // namespace assay::moderation
