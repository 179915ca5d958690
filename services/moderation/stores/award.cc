#include "services/moderation/stores/award.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "services/moderation/stores/sql.h"

namespace assay::moderation {
namespace {

using platform::SqlRow;

// The words of the index submissions_unfinished.
constexpr std::string_view kUnfinished = " AND (state < 5 OR (state = 5 AND missing_count > 0))";
static_assert(static_cast<int>(State::kReleased) == 5);
// The words of the index candidates_missing.
constexpr std::string_view kMissing = " AND mark IS NULL AND (flags & 3) = 0";
static_assert((kAbsent | kWithdrawn) == 3);

constexpr std::string_view kColumns =
    "s.number, s.series, s.component, s.id, s.centre, s.centre_title, s.state, s.stage, "
    "s.candidate_count, s.marked_count, s.missing_count, s.excluded_count, s.cohort_changed, "
    "s.sample, s.moderator, s.moderator_subject, s.submitted_at, s.version";

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
  s.sample = row.Text(13);
  s.moderator = row.Text(14);
  s.moderator_subject = row.Text(15);
  s.submit_time = OptionalTime(row, 16);
  s.version = row.Int(17);
  return s;
}

void Narrow(Statement& sql, const AwardFilter& filter) {
  if (!filter.series.empty()) sql.Add(" AND s.series = ").Bind(filter.series);
  if (!filter.component.empty()) sql.Add(" AND s.component = ").Bind(filter.component);
  if (!filter.id.empty()) sql.Add(" AND s.id = ").Bind(filter.id);
  if (!filter.centre.empty()) sql.Add(" AND s.centre = ").Bind(filter.centre);
}

// What comes in the order of the columns that the filter leaves open, so that an index can seek.
void GoOn(Statement& sql, const AwardFilter& filter, const AwardFrom& from) {
  const std::string_view than = from.inclusive ? " >= (" : " > (";
  if (filter.series.empty()) {
    sql.Add(" AND (s.series, s.component, s.id)").Add(than).Bind(from.name.series);
    sql.Add(", ").Bind(from.name.component).Add(", ");
  } else if (filter.component.empty()) {
    sql.Add(" AND (s.component, s.id)").Add(than).Bind(from.name.component).Add(", ");
  } else {
    sql.Add(" AND s.id").Add(than);
  }
  sql.Bind(from.name.id).Add(")");
}

// Adds the candidate of the submission, if it has them.
absl::Status AddEntry(platform::Transaction& tx, std::string_view tenant,
                      const Submission& submission, std::string_view candidate,
                      std::vector<Entry>& entries) {
  return tx.Query(
      "SELECT mark, flags, uln FROM candidates WHERE tenant = $1 AND submission = $2 AND "
      "candidate = $3",
      {tenant, submission.number, candidate}, [&](const SqlRow& row) {
        entries.push_back({.submission = submission,
                           .candidate = {.number = std::string(candidate),
                                         .mark = OptionalInt(row, 0),
                                         .flags = static_cast<std::uint32_t>(row.Int(1)),
                                         .uln = std::string(row.Text(2))}});
        return absl::OkStatus();
      });
}

}  // namespace

absl::StatusOr<std::vector<Submission>> AwardStore::ListSubmissions(Tx& tx, const Caller& caller,
                                                                    const AwardFilter& filter,
                                                                    const AwardFrom* from,
                                                                    int limit) {
  Statement sql("SELECT ");
  sql.Add(kColumns).Add(" FROM submissions s WHERE s.tenant = ").Bind(caller.tenant);
  Narrow(sql, filter);
  if (filter.unfinished_only) sql.Add(kUnfinished);
  Limit(sql, caller.reach);
  if (from != nullptr) GoOn(sql, filter, *from);
  sql.Add(" ORDER BY s.series, s.component, s.id LIMIT ").Bind(limit);
  return Collect<Submission>(tx, sql.sql(), sql.values(), SubmissionFrom);
}

absl::StatusOr<absl::flat_hash_map<std::int64_t, std::int64_t>> AwardStore::CountOutstanding(
    Tx& tx, std::string_view tenant, std::span<const Submission> submissions) {
  absl::flat_hash_map<std::int64_t, std::int64_t> counts;
  Statement sql(
      "SELECT s.number, COUNT(*) FROM submissions s JOIN sample_candidates p ON "
      "p.tenant = s.tenant AND p.submission = s.number AND p.sample = s.sample AND "
      "p.stage <= s.stage AND p.mark IS NULL WHERE s.tenant = ");
  sql.Bind(tenant).Add(" AND s.number IN (");
  bool any = false;
  for (const Submission& submission : submissions) {
    if (submission.state != State::kAllocated) continue;
    if (std::exchange(any, true)) sql.Add(", ");
    sql.Bind(submission.number);
  }
  if (!any) return counts;
  sql.Add(") GROUP BY s.number");
  RETURN_IF_ERROR(tx.Query(sql.sql(), sql.values(), [&](const SqlRow& row) {
    counts[row.Int(0)] = row.Int(1);
    return absl::OkStatus();
  }));
  return counts;
}

absl::StatusOr<std::vector<std::string>> AwardStore::ListMissing(Tx& tx, std::string_view tenant,
                                                                 std::int64_t submission,
                                                                 int limit) {
  Statement sql("SELECT candidate FROM candidates WHERE tenant = ");
  sql.Bind(tenant).Add(" AND submission = ").Bind(submission).Add(kMissing);
  sql.Add(" ORDER BY candidate LIMIT ").Bind(limit);
  return Collect<std::string>(tx, sql.sql(), sql.values(),
                              [](const SqlRow& row) { return std::string(row.Text(0)); });
}

absl::StatusOr<std::vector<std::string>> AwardStore::ListDrawn(Tx& tx, std::string_view tenant,
                                                               const Submission& submission,
                                                               int limit) {
  return Collect<std::string>(
      tx,
      "SELECT candidate FROM sample_candidates WHERE tenant = $1 AND submission = $2 AND "
      "sample = $3 ORDER BY candidate LIMIT $4",
      {tenant, submission.number, submission.sample, limit},
      [](const SqlRow& row) { return std::string(row.Text(0)); });
}

absl::StatusOr<std::vector<Entry>> AwardStore::FindLearner(Tx& tx, const Caller& caller,
                                                           const AwardFilter& filter,
                                                           const LearnerKey& key, int limit) {
  std::vector<Entry> entries;
  if (key.uln.empty()) {
    AwardFilter narrow = filter;
    if (!key.centre.empty()) narrow.centre = key.centre;
    ASSIGN_OR_RETURN(const std::vector<Submission> submissions,
                     ListSubmissions(tx, caller, narrow, nullptr, limit));
    for (const Submission& submission : submissions) {
      RETURN_IF_ERROR(AddEntry(tx, caller.tenant, submission, key.candidate, entries));
    }
    return entries;
  }
  // Each step seeks in one index, whatever a planner thinks of joining them.
  struct Place {
    std::int64_t submission = 0;
    std::string candidate;
  };
  ASSIGN_OR_RETURN(const std::vector<Place> places,
                   Collect<Place>(tx,
                                  "SELECT submission, candidate FROM candidates WHERE "
                                  "tenant = $1 AND uln <> '' AND uln = $2 LIMIT $3",
                                  {caller.tenant, key.uln, limit}, [](const SqlRow& row) {
                                    return Place{row.Int(0), std::string(row.Text(1))};
                                  }));
  for (const Place& place : places) {
    if (!key.candidate.empty() && place.candidate != key.candidate) continue;
    Statement sql("SELECT ");
    sql.Add(kColumns).Add(" FROM submissions s WHERE s.number = ").Bind(place.submission);
    sql.Add(" AND s.tenant = ").Bind(caller.tenant);
    AwardFilter narrow = filter;
    if (!key.centre.empty()) narrow.centre = key.centre;
    Narrow(sql, narrow);
    Limit(sql, caller.reach);
    ASSIGN_OR_RETURN(const auto found,
                     Collect<Submission>(tx, sql.sql(), sql.values(), SubmissionFrom));
    if (found.empty()) continue;
    RETURN_IF_ERROR(AddEntry(tx, caller.tenant, found[0], place.candidate, entries));
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    const SubmissionName& x = a.submission.name;
    const SubmissionName& y = b.submission.name;
    return std::tie(x.series, x.component, x.id, a.candidate.number) <
           std::tie(y.series, y.component, y.id, b.candidate.number);
  });
  return entries;
}

absl::StatusOr<std::vector<ComponentKey>> AwardStore::ComponentsOf(Tx& tx, std::string_view tenant,
                                                                   std::string_view qualification,
                                                                   std::string_view series,
                                                                   int limit) {
  return Collect<ComponentKey>(
      tx,
      "SELECT series, id, title FROM components WHERE tenant = $1 AND qualification = $2 "
      "AND ($3 = '' OR series = $3) ORDER BY series, id LIMIT $4",
      {tenant, qualification, series, limit}, [](const SqlRow& row) {
        return ComponentKey{std::string(row.Text(0)), std::string(row.Text(1)),
                            std::string(row.Text(2))};
      });
}

absl::StatusOr<std::optional<Result>> AwardStore::FindResult(Tx& tx, std::string_view tenant,
                                                             std::int64_t submission,
                                                             std::string_view candidate) {
  std::optional<Result> result;
  RETURN_IF_ERROR(tx.Query(
      "SELECT candidate, centre_mark, final_mark, basis FROM results WHERE tenant = $1 AND "
      "submission = $2 AND candidate = $3",
      {tenant, submission, candidate}, [&](const SqlRow& row) {
        result = Result{.candidate = std::string(row.Text(0)),
                        .centre_mark = OptionalInt(row, 1),
                        .final_mark = OptionalInt(row, 2),
                        .basis = static_cast<Basis>(row.Int(3))};
        return absl::OkStatus();
      }));
  return result;
}

}  // namespace assay::moderation
