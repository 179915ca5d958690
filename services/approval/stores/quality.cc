#include "services/approval/stores/quality.h"

#include <utility>

#include "services/approval/errors.h"
#include "services/approval/stores/rows.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;

constexpr std::string_view kReviewColumns =
    "centre, id, qualification, review_day, reviewer, summary, document, policy, interim, void, "
    "void_reason, officer, create_us, version";
constexpr std::string_view kEvaluationColumns =
    "centre, number, policy, cause, actor, facts, outcome, time_us";
constexpr std::string_view kDueColumns = "centre, due_day, interim, level, evaluation";

absl::StatusOr<QualityReviewRecord> ReviewOf(const SqlRow& row) {
  QualityReviewRecord r;
  r.centre = row.Text(0);
  r.id = row.Text(1);
  r.qualification = row.Text(2);
  ASSIGN_OR_RETURN(r.day, DayAt(row, 3));
  r.reviewer = row.Text(4);
  r.summary = row.Text(5);
  r.document = row.Bytes(6);
  r.policy = static_cast<int>(row.Int(7));
  r.interim = row.Int(8) != 0;
  r.voided = row.Int(9) != 0;
  r.void_reason = row.Text(10);
  r.officer = row.Text(11);
  r.create_time = TimeAt(row, 12);
  r.version = row.Int(13);
  return r;
}

EvaluationRecord EvaluationOf(const SqlRow& row) {
  EvaluationRecord e;
  e.centre = row.Text(0);
  e.number = static_cast<int>(row.Int(1));
  e.policy = static_cast<int>(row.Int(2));
  e.cause = row.Text(3);
  e.actor = row.Text(4);
  e.facts = row.Bytes(5);
  e.outcome = row.Bytes(6);
  e.time = TimeAt(row, 7);
  return e;
}

absl::StatusOr<ReviewDueRecord> DueRecordOf(const SqlRow& row) {
  ReviewDueRecord due;
  due.centre = row.Text(0);
  ASSIGN_OR_RETURN(due.due, DayAt(row, 1));
  due.interim = row.Int(2) != 0;
  ASSIGN_OR_RETURN(due.level, EnumAt<RiskLevel>(row, 3, 3));
  due.evaluation = static_cast<int>(row.Int(4));
  return due;
}

absl::Status AddActions(Transaction& tx, std::string_view tenant, QualityReviewRecord& review) {
  return tx.Query(
      "SELECT number, text, due_day, closing_note, closed_by, close_us FROM review_actions "
      "WHERE tenant = $1 AND centre = $2 AND review = $3 ORDER BY number",
      {tenant, review.centre, review.id}, [&](const SqlRow& row) -> absl::Status {
        ReviewActionRecord action;
        action.number = static_cast<int>(row.Int(0));
        action.text = row.Text(1);
        ASSIGN_OR_RETURN(action.due, DayAt(row, 2));
        action.closing_note = row.Text(3);
        action.closed_by = row.Text(4);
        if (!row.IsNull(5)) action.close_time = TimeAt(row, 5);
        review.actions.push_back(std::move(action));
        return absl::OkStatus();
      });
}

absl::StatusOr<std::vector<QualityReviewRecord>> ReadReviews(Transaction& tx,
                                                             std::string_view tenant,
                                                             const std::string& sql,
                                                             std::span<const SqlValue> values) {
  std::vector<QualityReviewRecord> found;
  RETURN_IF_ERROR(tx.Query(sql, values, [&](const SqlRow& row) -> absl::Status {
    ASSIGN_OR_RETURN(QualityReviewRecord review, ReviewOf(row));
    found.push_back(std::move(review));
    return absl::OkStatus();
  }));
  for (QualityReviewRecord& review : found) RETURN_IF_ERROR(AddActions(tx, tenant, review));
  return found;
}

absl::StatusOr<std::vector<EvaluationRecord>> ReadEvaluations(Transaction& tx,
                                                              const std::string& sql,
                                                              std::span<const SqlValue> values) {
  std::vector<EvaluationRecord> found;
  RETURN_IF_ERROR(tx.Query(sql, values, [&](const SqlRow& row) {
    found.push_back(EvaluationOf(row));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<ReviewDueRecord>> ReadDue(Transaction& tx, const std::string& sql,
                                                     std::span<const SqlValue> values) {
  std::vector<ReviewDueRecord> found;
  RETURN_IF_ERROR(tx.Query(sql, values, [&](const SqlRow& row) -> absl::Status {
    ASSIGN_OR_RETURN(ReviewDueRecord due, DueRecordOf(row));
    found.push_back(std::move(due));
    return absl::OkStatus();
  }));
  return found;
}

}  // namespace

std::string QualityReviewRecord::Name() const {
  return absl::StrCat("centres/", centre, "/qualityReviews/", id);
}
std::string EvaluationRecord::Name() const {
  return absl::StrCat("centres/", centre, "/evaluations/", number);
}

absl::Status QualityStore::InsertReview(Tx& tx, std::string_view tenant,
                                        const QualityReviewRecord& r) {
  const std::string day = TextOf(r.day);
  RETURN_IF_ERROR(
      tx.Execute(absl::StrCat("INSERT INTO quality_reviews (tenant, ", View(kReviewColumns),
                              ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                              "$14, $15)"),
                 {tenant, r.centre, r.id, r.qualification, day, r.reviewer, r.summary,
                  platform::Blob{r.document}, r.policy, r.interim ? 1 : 0, r.voided ? 1 : 0,
                  r.void_reason, r.officer, absl::ToUnixMicros(r.create_time), r.version})
          .status());
  for (const ReviewActionRecord& action : r.actions) {
    const std::string due = TextOf(action.due);
    RETURN_IF_ERROR(
        tx.Execute("INSERT INTO review_actions (tenant, centre, review, number, text, "
                   "due_day, closing_note, closed_by, close_us) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                   {tenant, r.centre, r.id, action.number, action.text, due, "", "", nullptr})
            .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<QualityReviewRecord> QualityStore::GetReview(Tx& tx, const Reach& reach,
                                                            std::string_view centre,
                                                            std::string_view id) {
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kReviewColumns),
                   " FROM quality_reviews WHERE tenant = $1 AND centre = $2 AND id = $3 "
                   "AND ($4 = '' OR centre = $4)");
  const SqlValue values[] = {reach.tenant, centre, id, reach.within};
  ASSIGN_OR_RETURN(auto found, ReadReviews(tx, reach.tenant, kSql, values));
  if (!found.empty()) return std::move(found[0]);
  const std::string name = absl::StrCat("centres/", View(centre), "/qualityReviews/", View(id));
  return Error(absl::StatusCode::kNotFound, kQualityReviewNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("quality_review", name);
}

absl::Status QualityStore::UpdateReview(Tx& tx, std::string_view tenant, QualityReviewRecord& r) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE quality_reviews SET void = $4, void_reason = $5, version = version + 1 "
                 "WHERE tenant = $1 AND centre = $2 AND id = $3 AND version = $6",
                 {tenant, r.centre, r.id, r.voided ? 1 : 0, r.void_reason, r.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 absl::StrCat(r.Name(), " has changed meanwhile; read it again"))
        .With("resource", r.Name());
  }
  ++r.version;
  return absl::OkStatus();
}

absl::Status QualityStore::CloseAction(Tx& tx, std::string_view tenant,
                                       const QualityReviewRecord& review,
                                       const ReviewActionRecord& action) {
  std::optional<std::int64_t> closed;
  if (action.close_time.has_value()) closed = absl::ToUnixMicros(*action.close_time);
  return tx
      .Execute(
          "UPDATE review_actions SET closing_note = $5, closed_by = $6, close_us = $7 "
          "WHERE tenant = $1 AND centre = $2 AND review = $3 AND number = $4",
          {tenant, review.centre, review.id, action.number, action.closing_note, action.closed_by,
           closed})
      .status();
}

absl::StatusOr<std::vector<QualityReviewRecord>> QualityStore::ListReviews(
    Tx& tx, const Reach& reach, std::string_view centre, std::string_view after, int limit) {
  const RowSpan span(reach, centre, after);
  if (span.none()) return std::vector<QualityReviewRecord>();
  const SqlValue values[] = {reach.tenant, span.first(), span.id(), span.last(), limit};
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kReviewColumns),
                   " FROM quality_reviews WHERE tenant = $1 AND (centre, id) > ($2, $3) "
                   "AND centre <= $4 ORDER BY centre, id LIMIT $5");
  return ReadReviews(tx, reach.tenant, kSql, values);
}

absl::StatusOr<std::vector<QualityReviewRecord>> QualityStore::ReviewsOf(Tx& tx,
                                                                         std::string_view tenant,
                                                                         std::string_view centre,
                                                                         int limit) {
  const SqlValue values[] = {tenant, centre, limit};
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kReviewColumns),
                   " FROM quality_reviews WHERE tenant = $1 AND centre = $2 AND void = 0 "
                   "ORDER BY review_day DESC, id DESC LIMIT $3");
  return ReadReviews(tx, tenant, kSql, values);
}

absl::Status QualityStore::InsertEvaluation(Tx& tx, std::string_view tenant, EvaluationRecord& e) {
  ASSIGN_OR_RETURN(const auto last, LastEvaluation(tx, tenant, e.centre));
  e.number = last.has_value() ? last->number + 1 : 1;
  return tx
      .Execute(absl::StrCat("INSERT INTO quality_evaluations (tenant, ", View(kEvaluationColumns),
                            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
               {tenant, e.centre, e.number, e.policy, e.cause, e.actor, platform::Blob{e.facts},
                platform::Blob{e.outcome}, absl::ToUnixMicros(e.time)})
      .status();
}

absl::StatusOr<std::optional<EvaluationRecord>> QualityStore::LastEvaluation(
    Tx& tx, std::string_view tenant, std::string_view centre) {
  ASSIGN_OR_RETURN(auto found, ListEvaluations(tx, tenant, centre, 0, 1));
  if (found.empty()) return std::optional<EvaluationRecord>();
  return std::optional<EvaluationRecord>(std::move(found[0]));
}

absl::StatusOr<EvaluationRecord> QualityStore::GetEvaluation(Tx& tx, const Reach& reach,
                                                             std::string_view centre, int number) {
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kEvaluationColumns),
                   " FROM quality_evaluations WHERE tenant = $1 AND centre = $2 AND number = $3 "
                   "AND ($4 = '' OR centre = $4)");
  const SqlValue values[] = {reach.tenant, centre, number, reach.within};
  ASSIGN_OR_RETURN(auto found, ReadEvaluations(tx, kSql, values));
  if (!found.empty()) return std::move(found[0]);
  const std::string name = absl::StrCat("centres/", View(centre), "/evaluations/", number);
  return Error(absl::StatusCode::kNotFound, kEvaluationNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("evaluation", name);
}

absl::StatusOr<std::vector<EvaluationRecord>> QualityStore::ListEvaluations(Tx& tx,
                                                                            std::string_view tenant,
                                                                            std::string_view centre,
                                                                            int before, int limit) {
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kEvaluationColumns),
                   " FROM quality_evaluations WHERE tenant = $1 AND centre = $2 "
                   "AND ($3 = 0 OR number < $3) ORDER BY number DESC LIMIT $4");
  const SqlValue values[] = {tenant, centre, before, limit};
  return ReadEvaluations(tx, kSql, values);
}

absl::Status QualityStore::PutDue(Tx& tx, std::string_view tenant, const ReviewDueRecord& d) {
  const std::string day = TextOf(d.due);
  return tx
      .Execute(
          absl::StrCat("INSERT INTO reviews_due (tenant, ", View(kDueColumns),
                       ") VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, centre) "
                       "DO UPDATE SET due_day = $3, interim = $4, level = $5, evaluation = $6"),
          {tenant, d.centre, day, d.interim ? 1 : 0, static_cast<int>(d.level), d.evaluation})
      .status();
}

absl::Status QualityStore::DropDue(Tx& tx, std::string_view tenant, std::string_view centre) {
  return tx.Execute("DELETE FROM reviews_due WHERE tenant = $1 AND centre = $2", {tenant, centre})
      .status();
}

absl::StatusOr<std::vector<ReviewDueRecord>> QualityStore::ListDue(
    Tx& tx, const Reach& reach, std::string_view centre, std::optional<absl::CivilDay> due_by,
    bool interim_only, std::string_view after, int limit) {
  if (centre.empty()) centre = reach.within;
  if (!reach.within.empty() && centre != reach.within) return std::vector<ReviewDueRecord>();
  const std::size_t slash = after.find('/');
  const std::string_view after_day = after.substr(0, slash);
  const std::string_view after_centre = slash == after.npos ? "" : after.substr(slash + 1);
  const std::string until = due_by.has_value() ? TextOf(*due_by) : "9999-12-31";
  if (!centre.empty()) {
    ASSIGN_OR_RETURN(const auto due, DueOf(tx, reach.tenant, centre));
    const bool asked = due.has_value() && after.empty() && (due->interim || !interim_only) &&
                       TextOf(due->due) <= until;
    return asked ? std::vector<ReviewDueRecord>{*due} : std::vector<ReviewDueRecord>();
  }
  const SqlValue values[] = {reach.tenant,         after_day, after_centre, until,
                             interim_only ? 1 : 0, limit};
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kDueColumns),
                   " FROM reviews_due WHERE tenant = $1 AND (due_day, centre) > ($2, $3) "
                   "AND due_day <= $4 AND ($5 = 0 OR interim = 1) "
                   "ORDER BY due_day, centre LIMIT $6");
  return ReadDue(tx, kSql, values);
}

absl::StatusOr<std::optional<ReviewDueRecord>> QualityStore::DueOf(Tx& tx, std::string_view tenant,
                                                                   std::string_view centre) {
  static const std::string kSql = absl::StrCat(
      "SELECT ", View(kDueColumns), " FROM reviews_due WHERE tenant = $1 AND centre = $2");
  const SqlValue values[] = {tenant, centre};
  ASSIGN_OR_RETURN(auto found, ReadDue(tx, kSql, values));
  if (found.empty()) return std::optional<ReviewDueRecord>();
  return std::optional<ReviewDueRecord>(std::move(found[0]));
}

absl::StatusOr<bool> QualityStore::InsertPolicy(Tx& tx, std::string_view tenant,
                                                const RiskPolicyRecord& p) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("INSERT INTO risk_policies (tenant, version, document, creator, create_us) "
                 "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                 {tenant, p.version, p.document, p.creator, absl::ToUnixMicros(p.create_time)}));
  return rows > 0;
}

absl::StatusOr<std::vector<RiskPolicyRecord>> QualityStore::Policies(Tx& tx,
                                                                     std::string_view tenant) {
  std::vector<RiskPolicyRecord> found;
  RETURN_IF_ERROR(
      tx.Query("SELECT version, document, creator, create_us FROM risk_policies WHERE tenant = $1 "
               "ORDER BY version LIMIT 1000",
               {tenant}, [&](const SqlRow& row) {
                 found.push_back({static_cast<int>(row.Int(0)), std::string(row.Text(1)),
                                  std::string(row.Text(2)), TimeAt(row, 3)});
                 return absl::OkStatus();
               }));
  return found;
}

}  // namespace assay::approval
