#include "services/moderation/stores/reports.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/database.h"

namespace assay::moderation {
namespace {

using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;

// The submissions of a series within reach; the first five parameters of every query on it. An
// empty centre or moderator reaches nothing.
constexpr std::string_view kOfSeries =
    "FROM submissions s WHERE s.tenant = $1 AND s.series = $2 AND ($3 = 1 OR "
    "($4 <> '' AND s.centre = $4) OR ($5 <> '' AND s.moderator_subject = $5)) ";

std::string Sql(std::string_view select, std::string_view rest) {
  return absl::StrCat(platform::View(select), platform::View(kOfSeries), platform::View(rest));
}

}  // namespace

absl::StatusOr<std::vector<ComponentCounts>> CountStages(Transaction& tx, const Caller& caller,
                                                         std::string_view series,
                                                         const std::optional<absl::Time>& due) {
  const std::int64_t late =
      due.has_value() ? absl::ToUnixMicros(*due) : std::numeric_limits<std::int64_t>::max();
  std::vector<ComponentCounts> all;
  RETURN_IF_ERROR(
      tx.Query(Sql("SELECT s.component, s.state, COUNT(*), CAST(SUM(s.candidate_count) AS BIGINT), "
                   "CAST(SUM(s.marked_count) AS BIGINT), CAST(SUM(s.missing_count) AS BIGINT), "
                   "CAST(SUM(s.cohort_changed) AS BIGINT), "
                   "CAST(SUM(CASE WHEN s.submitted_at > $6 THEN 1 ELSE 0 END) AS BIGINT) ",
                   "GROUP BY s.component, s.state ORDER BY s.component, s.state"),
               {caller.tenant, series, caller.reach.all ? 1 : 0, caller.reach.centre,
                caller.reach.moderator, late},
               [&](const SqlRow& row) {
                 const std::int64_t state = row.Int(1);
                 if (state < 0 || state >= kStates)
                   return absl::InternalError("a state out of range");
                 if (all.empty() || all.back().component != row.Text(0)) {
                   all.push_back({.component = std::string(row.Text(0))});
                 }
                 StageCounts counts{.candidates = row.Int(3), .marked = row.Int(4)};
                 const auto stage = static_cast<State>(state);
                 if (stage != State::kRetracted && stage != State::kVoided) {
                   counts.missing = row.Int(5);
                   counts.submitted_late = row.Int(7);
                 }
                 // Once a new sample is drawn, the change is history.
                 if (stage == State::kOpen || stage == State::kSubmitted) {
                   counts.cohort_changed = row.Int(6);
                 }
                 counts.submissions[static_cast<std::size_t>(state)] = row.Int(2);
                 all.back().counts.Add(counts);
                 return absl::OkStatus();
               }));
  return all;
}

absl::StatusOr<std::vector<SeriesReport::Open>> ListOpen(Transaction& tx, const Caller& caller,
                                                         std::string_view series, int limit) {
  std::vector<SeriesReport::Open> open;
  RETURN_IF_ERROR(tx.Query(
      Sql("SELECT s.centre_title, s.component, s.candidate_count, s.missing_count ",
          "AND s.state = 0 ORDER BY s.missing_count DESC, s.candidate_count DESC, s.component, "
          "s.id LIMIT $6"),
      {caller.tenant, series, caller.reach.all ? 1 : 0, caller.reach.centre, caller.reach.moderator,
       limit},
      [&](const SqlRow& row) {
        open.push_back({.centre = std::string(row.Text(0)),
                        .component = std::string(row.Text(1)),
                        .candidates = row.Int(2),
                        .missing = row.Int(3)});
        return absl::OkStatus();
      }));
  return open;
}
static_assert(static_cast<int>(State::kOpen) == 0);
// ListWaiting takes the states between.
static_assert(State::kReleased < State::kRetracted && State::kReleased < State::kVoided);

absl::StatusOr<std::vector<SeriesReport::Waiting>> ListWaiting(Transaction& tx,
                                                               const Caller& caller,
                                                               std::string_view series, int limit) {
  std::vector<SeriesReport::Waiting> waiting;
  RETURN_IF_ERROR(tx.Query(Sql("SELECT s.centre_title, s.component, s.state, s.submitted_at ",
                               "AND s.state > 0 AND s.state < $6 AND s.submitted_at IS NOT NULL "
                               "ORDER BY s.submitted_at, s.component, s.id LIMIT $7"),
                           {caller.tenant, series, caller.reach.all ? 1 : 0, caller.reach.centre,
                            caller.reach.moderator, static_cast<int>(State::kReleased), limit},
                           [&](const SqlRow& row) {
                             waiting.push_back({.centre = std::string(row.Text(0)),
                                                .component = std::string(row.Text(1)),
                                                .state = static_cast<State>(row.Int(2)),
                                                .since = absl::FromUnixMicros(row.Int(3))});
                             return absl::OkStatus();
                           }));
  return waiting;
}

absl::StatusOr<std::vector<SeriesReport::ModeratorRow>> ListBusyModerators(Transaction& tx,
                                                                           std::string_view tenant,
                                                                           std::string_view series,
                                                                           int limit) {
  std::vector<SeriesReport::ModeratorRow> moderators;
  RETURN_IF_ERROR(tx.Query(
      "SELECT s.moderator, COALESCE(MAX(m.title), ''), COUNT(*), MIN(s.submitted_at) "
      "FROM submissions s LEFT JOIN moderators m ON m.tenant = s.tenant AND m.id = s.moderator "
      "WHERE s.tenant = $1 AND s.series = $2 AND s.state = $3 GROUP BY s.moderator "
      "ORDER BY COUNT(*) DESC, MIN(s.submitted_at), s.moderator LIMIT $4",
      {tenant, series, static_cast<int>(State::kAllocated), limit}, [&](const SqlRow& row) {
        const std::string_view title = row.Text(1).empty() ? row.Text(0) : row.Text(1);
        moderators.push_back({.title = std::string(title),
                              .submissions = row.Int(2),
                              .oldest = absl::FromUnixMicros(row.IsNull(3) ? 0 : row.Int(3))});
        return absl::OkStatus();
      }));
  return moderators;
}

absl::StatusOr<std::vector<SubmissionReport::Change>> CountChanges(Transaction& tx,
                                                                   std::string_view tenant,
                                                                   std::int64_t submission) {
  std::vector<SubmissionReport::Change> changes;
  RETURN_IF_ERROR(tx.Query(
      "SELECT centre_mark, final_mark, CASE WHEN basis = $3 THEN 1 ELSE 0 END AS adjusted, "
      "COUNT(*) FROM results WHERE tenant = $1 AND submission = $2 AND centre_mark IS NOT NULL "
      "AND final_mark IS NOT NULL GROUP BY centre_mark, final_mark, adjusted "
      "ORDER BY centre_mark, final_mark, adjusted",
      {tenant, submission, static_cast<int>(Basis::kAdjusted)}, [&](const SqlRow& row) {
        changes.push_back({.before = row.Int(0),
                           .after = row.Int(1),
                           .count = row.Int(3),
                           .adjusted = row.Int(2) != 0});
        return absl::OkStatus();
      }));
  return changes;
}

absl::StatusOr<std::vector<RecordedJudgement>> ListJudgements(Transaction& tx,
                                                              std::string_view tenant,
                                                              const Submission& submission,
                                                              int limit) {
  std::vector<RecordedJudgement> judgements;
  RETURN_IF_ERROR(tx.Query(
      "SELECT number, verdict, stage, finding, tolerance, judged_count, inside_count, "
      "outstanding_count, difference_sum, rank_correlation, intercept, slope, residual_spread, "
      "judged_by, judged_at FROM judgements WHERE tenant = $1 AND submission = $2 AND "
      "sample = $3 ORDER BY number LIMIT $4",
      {tenant, submission.number, submission.sample, limit}, [&](const SqlRow& row) {
        RecordedJudgement& j = judgements.emplace_back();
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
        j.intercept = row.Double(10);
        j.slope = row.Double(11);
        j.residual_spread = row.Double(12);
        j.judged_by = row.Text(13);
        j.judge_time = absl::FromUnixMicros(row.Int(14));
        return absl::OkStatus();
      }));
  return judgements;
}

}  // namespace assay::moderation
