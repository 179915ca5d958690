#include "services/moderation/stores/reviews.h"

#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
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

constexpr int kAll = std::numeric_limits<std::int32_t>::max();

constexpr std::string_view kReviewColumns =
    "submission, series, component, submission_id, id, centre, centre_title, state, policy, "
    "grounds, requested_by, ordered_by, reviewer, reviewer_subject, accepted_by, verdict, raised, "
    "lowered, reasons, released_by, outcome_at, reasons_at, appeal_end, created_at, updated_at, "
    "version, (SELECT COUNT(*) FROM review_marks m WHERE m.tenant = r.tenant AND "
    "m.review = r.id AND m.mark IS NULL)";

Review ReviewFrom(const SqlRow& row) {
  Review r;
  r.submission = row.Int(0);
  r.name = {{std::string(row.Text(1)), std::string(row.Text(2)), std::string(row.Text(3))},
            std::string(row.Text(4))};
  r.centre = row.Text(5);
  r.centre_title = row.Text(6);
  r.state = static_cast<ReviewState>(row.Int(7));
  r.policy = row.Text(8);
  r.grounds = row.Text(9);
  r.requested_by = row.Text(10);
  r.ordered_by = row.Text(11);
  r.reviewer = row.Text(12);
  r.reviewer_subject = row.Text(13);
  r.accepted_by = row.Text(14);
  if (!row.IsNull(15)) r.verdict = static_cast<Verdict>(row.Int(15));
  r.raised = row.Int(16);
  r.lowered = row.Int(17);
  r.reasons = row.Text(18);
  r.released_by = row.Text(19);
  r.outcome_time = OptionalTime(row, 20);
  r.reasons_time = OptionalTime(row, 21);
  r.appeal_end = OptionalTime(row, 22);
  r.create_time = absl::FromUnixMicros(row.Int(23));
  r.update_time = absl::FromUnixMicros(row.Int(24));
  r.version = row.Int(25);
  r.outstanding = row.Int(26);
  return r;
}

constexpr std::string_view kAppealColumns =
    "submission, series, component, submission_id, review, id, centre, centre_title, state, "
    "grounds, lodged_by, panel, opened_by, reasons, decided_by, ordered_review, decided_at, "
    "created_at, updated_at, version";

Appeal AppealFrom(const SqlRow& row) {
  Appeal a;
  a.submission = row.Int(0);
  a.name = {{{std::string(row.Text(1)), std::string(row.Text(2)), std::string(row.Text(3))},
             std::string(row.Text(4))},
            std::string(row.Text(5))};
  a.centre = row.Text(6);
  a.centre_title = row.Text(7);
  a.state = static_cast<AppealState>(row.Int(8));
  a.grounds = row.Text(9);
  a.lodged_by = row.Text(10);
  if (!row.Text(11).empty()) a.panel = absl::StrSplit(View(row.Text(11)), '\n');
  a.opened_by = row.Text(12);
  a.reasons = row.Text(13);
  a.decided_by = row.Text(14);
  a.ordered_review = row.Text(15);
  a.decide_time = OptionalTime(row, 16);
  a.create_time = absl::FromUnixMicros(row.Int(17));
  a.update_time = absl::FromUnixMicros(row.Int(18));
  a.version = row.Int(19);
  return a;
}

// What a caller reaches; a reviewer's column is there for reviews only.
void LimitTo(Statement& sql, const Reach& reach, std::string_view reviewer_column) {
  if (reach.all) return;
  sql.Add(" AND (1 = 0");
  if (!reach.centre.empty()) sql.Add(" OR centre = ").Bind(reach.centre);
  if (!reach.moderator.empty() && !reviewer_column.empty()) {
    sql.Add(" OR ").Add(reviewer_column).Add(" = ").Bind(reach.moderator);
  }
  sql.Add(")");
}

// `filter` outlives the query, which keeps views into it.
void Filter(Statement& sql, const ReviewFilter& filter) {
  const SubmissionName& name = filter.submission;
  if (!name.series.empty()) sql.Add(" AND series = ").Bind(name.series);
  if (!name.component.empty()) sql.Add(" AND component = ").Bind(name.component);
  if (!name.id.empty()) sql.Add(" AND submission_id = ").Bind(name.id);
  if (!filter.review.empty()) sql.Add(" AND review = ").Bind(filter.review);
  if (filter.state.has_value()) sql.Add(" AND state = ").Bind(*filter.state);
}

Error Changed(const std::string& name) {
  return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
               "it has changed meanwhile; get it and try again")
      .With("name", name);
}

}  // namespace

absl::Status ReviewStore::PutRelease(Tx& tx, std::string_view tenant, std::int64_t submission,
                                     const ReleaseRecord& r) {
  return tx
      .Execute(
          "INSERT INTO releases (tenant, submission, policy, released_by, released_at, "
          "review_end) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, submission) DO UPDATE "
          "SET policy = excluded.policy, released_by = excluded.released_by, "
          "released_at = excluded.released_at, review_end = excluded.review_end",
          {tenant, submission, r.policy, r.released_by, absl::ToUnixMicros(r.release_time),
           absl::ToUnixMicros(r.review_end)})
      .status();
}

absl::StatusOr<std::optional<ReleaseRecord>> ReviewStore::FindRelease(Tx& tx,
                                                                      std::string_view tenant,
                                                                      std::int64_t submission) {
  std::optional<ReleaseRecord> found;
  RETURN_IF_ERROR(
      tx.Query("SELECT policy, released_by, released_at, review_end FROM releases WHERE "
               "tenant = $1 AND submission = $2",
               {tenant, submission}, [&](const SqlRow& row) {
                 found = ReleaseRecord{.policy = std::string(row.Text(0)),
                                       .released_by = std::string(row.Text(1)),
                                       .release_time = absl::FromUnixMicros(row.Int(2)),
                                       .review_end = absl::FromUnixMicros(row.Int(3))};
                 return absl::OkStatus();
               }));
  return found;
}

absl::Status ReviewStore::InsertReview(Tx& tx, std::string_view tenant, const Review& r) {
  const SubmissionName& name = r.name.submission;
  return tx
      .Execute(
          "INSERT INTO reviews (tenant, id, submission, series, component, submission_id, centre, "
          "centre_title, state, policy, grounds, requested_by, ordered_by, reviewer, "
          "reviewer_subject, accepted_by, raised, lowered, reasons, released_by, created_at, "
          "updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
          "'', '', '', 0, 0, '', '', $14, $15, $16)",
          {tenant, r.name.id, r.submission, name.series, name.component, name.id, r.centre,
           r.centre_title, static_cast<int>(r.state), r.policy, r.grounds, r.requested_by,
           r.ordered_by, absl::ToUnixMicros(r.create_time), absl::ToUnixMicros(r.update_time),
           r.version})
      .status();
}

absl::StatusOr<Review> ReviewStore::GetReview(Tx& tx, const Caller& caller,
                                              const ReviewName& name) {
  const ReviewFilter filter{.submission = name.submission};
  Statement sql("SELECT ");
  sql.Add(kReviewColumns).Add(" FROM reviews r WHERE tenant = ").Bind(caller.tenant);
  sql.Add(" AND id = ").Bind(name.id);
  Filter(sql, filter);
  LimitTo(sql, caller.reach, "reviewer_subject");
  ASSIGN_OR_RETURN(auto found, Collect<Review>(tx, sql.sql(), sql.values(), ReviewFrom));
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kReviewNotFound, "there is no such review")
      .With("review", name.Text());
}

absl::Status ReviewStore::UpdateReview(Tx& tx, const Caller& caller, Review& r) {
  r.update_time = caller.now;
  std::optional<int> verdict;
  if (r.verdict.has_value()) verdict = static_cast<int>(*r.verdict);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE reviews SET state = $1, reviewer = $2, reviewer_subject = $3, "
                 "accepted_by = $4, verdict = $5, raised = $6, lowered = $7, reasons = $8, "
                 "released_by = $9, outcome_at = $10, reasons_at = $11, appeal_end = $12, "
                 "updated_at = $13, version = version + 1 WHERE tenant = $14 AND id = $15 AND "
                 "version = $16",
                 {static_cast<int>(r.state), r.reviewer, r.reviewer_subject, r.accepted_by, verdict,
                  r.raised, r.lowered, r.reasons, r.released_by, Micros(r.outcome_time),
                  Micros(r.reasons_time), Micros(r.appeal_end), absl::ToUnixMicros(r.update_time),
                  caller.tenant, r.name.id, r.version}));
  if (rows == 0) return Changed(r.name.Text());
  ++r.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Review>> ReviewStore::ListReviews(Tx& tx, const Caller& caller,
                                                             const ReviewFilter& filter,
                                                             std::string_view after, int limit) {
  Statement sql("SELECT ");
  sql.Add(kReviewColumns).Add(" FROM reviews r WHERE tenant = ").Bind(caller.tenant);
  sql.Add(" AND id > ").Bind(after);
  Filter(sql, filter);
  LimitTo(sql, caller.reach, "reviewer_subject");
  sql.Add(" ORDER BY id LIMIT ").Bind(limit);
  return Collect<Review>(tx, sql.sql(), sql.values(), ReviewFrom);
}

absl::StatusOr<std::vector<Review>> ReviewStore::ReviewsOf(Tx& tx, std::string_view tenant,
                                                           const Submission& submission) {
  Statement sql("SELECT ");
  sql.Add(kReviewColumns).Add(" FROM reviews r WHERE tenant = ").Bind(tenant);
  sql.Add(" AND submission = ").Bind(submission.number).Add(" ORDER BY id");
  return Collect<Review>(tx, sql.sql(), sql.values(), ReviewFrom);
}

absl::StatusOr<std::int64_t> ReviewStore::OpenWork(Tx& tx, std::string_view tenant,
                                                   const Submission& submission,
                                                   const Review& review) {
  RETURN_IF_ERROR(tx.Execute("DELETE FROM review_marks WHERE tenant = $1 AND review = $2",
                             {tenant, review.name.id})
                      .status());
  return tx.Execute(
      "INSERT INTO review_marks (tenant, review, candidate, centre_mark, moderator_mark) "
      "SELECT p.tenant, CAST($1 AS TEXT), p.candidate, r.centre_mark, p.mark "
      "FROM sample_candidates p JOIN results r ON r.tenant = p.tenant AND "
      "r.submission = p.submission AND r.candidate = p.candidate WHERE p.tenant = $2 AND "
      "p.submission = $3 AND p.sample = $4 AND p.mark IS NOT NULL",
      {review.name.id, tenant, submission.number, submission.sample});
}

absl::StatusOr<std::vector<ReviewMark>> ReviewStore::ListWork(Tx& tx, std::string_view tenant,
                                                              const Review& review,
                                                              std::string_view after, int limit) {
  Statement sql(
      "SELECT candidate, centre_mark, moderator_mark, mark FROM review_marks WHERE tenant = ");
  sql.Bind(tenant).Add(" AND review = ").Bind(review.name.id);
  sql.Add(" AND candidate > ").Bind(after).Add(" ORDER BY candidate LIMIT ").Bind(limit);
  return Collect<ReviewMark>(tx, sql.sql(), sql.values(), [](const SqlRow& row) {
    return ReviewMark{.candidate = std::string(row.Text(0)),
                      .centre_mark = OptionalInt(row, 1),
                      .moderator_mark = OptionalInt(row, 2),
                      .mark = OptionalInt(row, 3)};
  });
}

absl::StatusOr<bool> ReviewStore::RecordMark(Tx& tx, const Caller& caller, const Review& review,
                                             std::string_view candidate, Mark mark) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE review_marks SET mark = $1, marked_by = $2, marked_at = $3 WHERE "
                 "tenant = $4 AND review = $5 AND candidate = $6 AND mark IS NULL",
                 {mark, caller.subject, absl::ToUnixMicros(caller.now), caller.tenant,
                  review.name.id, candidate}));
  return rows > 0;
}

absl::Status ReviewStore::InsertChanges(Tx& tx, std::string_view tenant, const Review& review,
                                        std::span<const Reviewed> changes) {
  static constexpr std::string_view kColumns[] = {
      "tenant", "review", "candidate", "before_mark", "before_basis", "after_mark", "after_basis"};
  return tx.BulkInsert("review_changes", kColumns, static_cast<std::int64_t>(changes.size()),
                       [&](std::int64_t i, std::span<SqlValue> out) {
                         const Reviewed& change = changes[i];
                         out[0] = tenant;
                         out[1] = review.name.id;
                         out[2] = change.before.candidate;
                         out[3] = change.before.final_mark;
                         out[4] = static_cast<int>(change.before.basis);
                         out[5] = change.after.final_mark;
                         out[6] = static_cast<int>(change.after.basis);
                       });
}

absl::StatusOr<std::vector<Reviewed>> ReviewStore::ListChanges(Tx& tx, std::string_view tenant,
                                                               const Review& review,
                                                               std::string_view after, int limit) {
  Statement sql(
      "SELECT candidate, before_mark, before_basis, after_mark, after_basis FROM review_changes "
      "WHERE tenant = ");
  sql.Bind(tenant).Add(" AND review = ").Bind(review.name.id);
  sql.Add(" AND candidate > ").Bind(after).Add(" ORDER BY candidate LIMIT ").Bind(limit);
  return Collect<Reviewed>(tx, sql.sql(), sql.values(), [](const SqlRow& row) {
    Reviewed change;
    change.before.candidate = row.Text(0);
    change.before.final_mark = OptionalInt(row, 1);
    change.before.basis = static_cast<Basis>(row.Int(2));
    change.after.candidate = row.Text(0);
    change.after.final_mark = OptionalInt(row, 3);
    change.after.basis = static_cast<Basis>(row.Int(4));
    return change;
  });
}

absl::Status ReviewStore::ApplyChanges(Tx& tx, std::string_view tenant, const Review& review) {
  return tx
      .Execute(
          "UPDATE results SET final_mark = (SELECT c.after_mark FROM review_changes c WHERE "
          "c.tenant = results.tenant AND c.review = $1 AND c.candidate = results.candidate), "
          "basis = (SELECT c.after_basis FROM review_changes c WHERE c.tenant = results.tenant "
          "AND c.review = $2 AND c.candidate = results.candidate) WHERE tenant = $3 AND "
          "submission = $4 AND candidate IN (SELECT candidate FROM review_changes WHERE "
          "tenant = $5 AND review = $6)",
          {review.name.id, review.name.id, tenant, review.submission, tenant, review.name.id})
      .status();
}

absl::Status ReviewStore::InsertAppeal(Tx& tx, std::string_view tenant, const Appeal& a) {
  const SubmissionName& name = a.name.review.submission;
  return tx
      .Execute(
          "INSERT INTO appeals (tenant, id, review, submission, series, component, "
          "submission_id, centre, centre_title, state, grounds, lodged_by, panel, opened_by, "
          "reasons, decided_by, ordered_review, created_at, updated_at, version) VALUES ($1, $2, "
          "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '', '', '', '', $13, $14, $15)",
          {tenant, a.name.id, a.name.review.id, a.submission, name.series, name.component, name.id,
           a.centre, a.centre_title, static_cast<int>(a.state), a.grounds, a.lodged_by,
           absl::ToUnixMicros(a.create_time), absl::ToUnixMicros(a.update_time), a.version})
      .status();
}

absl::StatusOr<Appeal> ReviewStore::GetAppeal(Tx& tx, const Caller& caller,
                                              const AppealName& name) {
  const ReviewFilter filter{.submission = name.review.submission, .review = name.review.id};
  Statement sql("SELECT ");
  sql.Add(kAppealColumns).Add(" FROM appeals WHERE tenant = ").Bind(caller.tenant);
  sql.Add(" AND id = ").Bind(name.id);
  Filter(sql, filter);
  LimitTo(sql, caller.reach, "");
  ASSIGN_OR_RETURN(auto found, Collect<Appeal>(tx, sql.sql(), sql.values(), AppealFrom));
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kAppealNotFound, "there is no such appeal")
      .With("appeal", name.Text());
}

absl::Status ReviewStore::UpdateAppeal(Tx& tx, const Caller& caller, Appeal& a) {
  a.update_time = caller.now;
  const std::string panel = absl::StrJoin(a.panel, "\n");
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE appeals SET state = $1, panel = $2, opened_by = $3, reasons = $4, "
                 "decided_by = $5, ordered_review = $6, decided_at = $7, updated_at = $8, "
                 "version = version + 1 WHERE tenant = $9 AND id = $10 AND version = $11",
                 {static_cast<int>(a.state), panel, a.opened_by, a.reasons, a.decided_by,
                  a.ordered_review, Micros(a.decide_time), absl::ToUnixMicros(a.update_time),
                  caller.tenant, a.name.id, a.version}));
  if (rows == 0) return Changed(a.name.Text());
  ++a.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Appeal>> ReviewStore::ListAppeals(Tx& tx, const Caller& caller,
                                                             const ReviewFilter& filter,
                                                             std::string_view after, int limit) {
  Statement sql("SELECT ");
  sql.Add(kAppealColumns).Add(" FROM appeals WHERE tenant = ").Bind(caller.tenant);
  sql.Add(" AND id > ").Bind(after);
  Filter(sql, filter);
  LimitTo(sql, caller.reach, "");
  sql.Add(" ORDER BY id LIMIT ").Bind(limit);
  return Collect<Appeal>(tx, sql.sql(), sql.values(), AppealFrom);
}

absl::StatusOr<std::vector<Appeal>> ReviewStore::AppealsOf(Tx& tx, std::string_view tenant,
                                                           const Submission& submission) {
  Caller all{.tenant = std::string(tenant), .reach = {.all = true}};
  return ListAppeals(tx, all, {.submission = submission.name}, "", kAll);
}

absl::StatusOr<bool> ReviewStore::IsReviewing(Tx& tx, const Caller& caller,
                                              const Submission& submission) {
  bool reviewing = false;
  RETURN_IF_ERROR(tx.Query(
      "SELECT 1 FROM reviews WHERE tenant = $1 AND submission = $2 AND "
      "reviewer_subject = $3 AND state = $4 LIMIT 1",
      {caller.tenant, submission.number, caller.subject, static_cast<int>(ReviewState::kAccepted)},
      [&](const SqlRow&) {
        reviewing = true;
        return absl::OkStatus();
      }));
  return reviewing;
}

absl::StatusOr<std::vector<std::string>> ReviewStore::Involved(Tx& tx, std::string_view tenant,
                                                               const Submission& submission) {
  std::set<std::string> people = {submission.moderator_subject};
  for (const char* sql :
       {"SELECT marked_by FROM sample_candidates WHERE tenant = $1 AND submission = $2",
        "SELECT judged_by FROM judgements WHERE tenant = $1 AND submission = $2",
        "SELECT released_by FROM releases WHERE tenant = $1 AND submission = $2",
        "SELECT reviewer_subject FROM reviews WHERE tenant = $1 AND submission = $2",
        "SELECT accepted_by FROM reviews WHERE tenant = $1 AND submission = $2",
        "SELECT released_by FROM reviews WHERE tenant = $1 AND submission = $2",
        "SELECT decided_by FROM appeals WHERE tenant = $1 AND submission = $2"}) {
    RETURN_IF_ERROR(tx.Query(sql, {tenant, submission.number}, [&](const SqlRow& row) {
      people.emplace(row.Text(0));
      return absl::OkStatus();
    }));
  }
  people.erase("");
  return std::vector<std::string>(people.begin(), people.end());
}

}  // namespace assay::moderation
