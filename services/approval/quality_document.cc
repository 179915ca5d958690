#include "services/approval/quality_document.h"

#include "absl/strings/str_cat.h"
#include "services/approval/convert.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {
namespace {

constexpr std::string_view kRoutes[] = {"", "one review", "two reviews"};

template <typename Message>
absl::StatusOr<Message> Parse(std::string_view bytes, const char* what) {
  Message message;
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return message;
  return absl::DataLossError(absl::StrCat(what, " cannot be read"));
}

std::string LastOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }
std::string ReviewName(const std::string& centre, const std::string& id) {
  return absl::StrCat("centres/", centre, "/qualityReviews/", id);
}
std::string QualificationName(const std::string& number) {
  return number.empty() ? "" : "qualifications/" + number;
}
absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}
// A view that outlives what it was read from.
std::string_view RouteOf(const std::string& text) {
  for (const std::string_view route : kRoutes) {
    if (route == text) return route;
  }
  return "";
}

template <typename Grades, typename Learners>
ReviewContent ContentOf(const Grades& grades, const Learners& learners) {
  ReviewContent content;
  for (const v1::CriterionGrade& grade : grades) {
    content.grades.push_back({grade.criterion(), grade.grade()});
  }
  for (const v1::SampledLearner& learner : learners) {
    content.learners.push_back(
        {static_cast<LearnerStage>(static_cast<int>(learner.stage()) - 1),
         static_cast<Reliability>(static_cast<int>(learner.reliability()) - 1)});
  }
  return content;
}

CriterionFailure FailureOf(const v1::FailedCriterion& failed) {
  return {LastOf(failed.quality_review()), failed.criterion(), failed.title(), failed.grade(),
          static_cast<RiskLevel>(static_cast<int>(failed.level()) - 1)};
}

ClaimOutcome ClaimOf(const v1::DirectClaimOutcome& in) {
  ClaimOutcome out;
  out.qualification = LastOf(in.qualification());
  out.granted = in.granted();
  out.route = RouteOf(in.route());
  for (const std::string& review : in.quality_reviews()) out.reviews.push_back(LastOf(review));
  for (const v1::ClaimShortfall& shortfall : in.shortfalls()) {
    out.shortfalls.push_back({RouteOf(shortfall.route()), shortfall.message()});
  }
  out.reason = in.reason();
  return out;
}

}  // namespace

v1::RiskLevel LevelOf(RiskLevel level) {
  return static_cast<v1::RiskLevel>(static_cast<int>(level) + 1);
}

ReviewContent ContentOf(const v1::QualityReview& review) {
  return ContentOf(review.grades(), review.learners());
}

absl::StatusOr<v1::QualityReview> ReviewFromBytes(std::string_view document) {
  return Parse<v1::QualityReview>(document, "a quality review");
}

absl::StatusOr<ReviewContent> ContentFromBytes(std::string_view document) {
  ASSIGN_OR_RETURN(const v1::QualityReview review, ReviewFromBytes(document));
  return ContentOf(review);
}

v1::EvaluationFacts ToProto(const QualityFacts& facts, const std::string& centre) {
  v1::EvaluationFacts out;
  *out.mutable_day() = ToDate(facts.day);
  for (const ReviewFacts& review : facts.reviews) {
    v1::ReviewFacts& to = *out.add_reviews();
    to.set_quality_review(ReviewName(centre, review.id));
    to.set_qualification(QualificationName(review.qualification));
    *to.mutable_review_day() = ToDate(review.day);
    for (const CriterionGrade& grade : review.grades) {
      to.add_grades()->set_criterion(grade.criterion);
      to.mutable_grades()->rbegin()->set_grade(grade.grade);
    }
    for (const SampledLearner& learner : review.learners) {
      v1::SampledLearner& sampled = *to.add_learners();
      sampled.set_stage(
          static_cast<v1::SampledLearner::Stage>(static_cast<int>(learner.stage) + 1));
      sampled.set_reliability(
          static_cast<v1::Reliability>(static_cast<int>(learner.reliability) + 1));
    }
    for (const int action : review.open_actions) to.add_open_actions(action);
  }
  return out;
}

v1::DirectClaimOutcome ToProto(const ClaimOutcome& outcome, const std::string& centre) {
  v1::DirectClaimOutcome out;
  out.set_qualification(QualificationName(outcome.qualification));
  out.set_granted(outcome.granted);
  out.set_route(std::string(outcome.route));
  for (const std::string& review : outcome.reviews) {
    out.add_quality_reviews(ReviewName(centre, review));
  }
  for (const RouteShortfall& shortfall : outcome.shortfalls) {
    v1::ClaimShortfall& to = *out.add_shortfalls();
    to.set_route(std::string(shortfall.route));
    to.set_message(shortfall.message);
  }
  out.set_reason(outcome.reason);
  return out;
}

v1::EvaluationOutcome ToProto(const QualityOutcome& outcome, const std::string& centre) {
  v1::EvaluationOutcome out;
  out.set_level(LevelOf(outcome.level));
  for (const CriterionFailure& failure : outcome.failed) {
    v1::FailedCriterion& to = *out.add_failed();
    to.set_quality_review(ReviewName(centre, failure.review));
    to.set_criterion(failure.criterion);
    to.set_title(failure.title);
    to.set_grade(failure.grade);
    to.set_level(LevelOf(failure.level));
  }
  out.set_reason(outcome.reason);
  if (outcome.next_review.has_value()) {
    *out.mutable_next_review_day() = ToDate(*outcome.next_review);
  }
  out.set_interim(outcome.interim);
  for (const ClaimOutcome& claim : outcome.claims)
    *out.add_direct_claims() = ToProto(claim, centre);
  return out;
}

std::string BytesOf(const QualityFacts& facts, const std::string& centre) {
  return ToProto(facts, centre).SerializeAsString();
}

std::string BytesOf(const QualityOutcome& outcome, const std::string& centre) {
  return ToProto(outcome, centre).SerializeAsString();
}

absl::StatusOr<QualityFacts> FactsFromBytes(std::string_view bytes) {
  ASSIGN_OR_RETURN(const auto in, Parse<v1::EvaluationFacts>(bytes, "an evaluation's facts"));
  QualityFacts facts;
  facts.day = DayOf(in.day());
  for (const v1::ReviewFacts& review : in.reviews()) {
    ReviewContent content = ContentOf(review.grades(), review.learners());
    facts.reviews.push_back({LastOf(review.quality_review()),
                             LastOf(review.qualification()),
                             DayOf(review.review_day()),
                             std::move(content.grades),
                             std::move(content.learners),
                             {review.open_actions().begin(), review.open_actions().end()}});
  }
  return facts;
}

absl::StatusOr<QualityOutcome> OutcomeFromBytes(std::string_view bytes) {
  ASSIGN_OR_RETURN(const auto in, Parse<v1::EvaluationOutcome>(bytes, "an evaluation's outcome"));
  QualityOutcome outcome;
  outcome.level = static_cast<RiskLevel>(static_cast<int>(in.level()) - 1);
  for (const v1::FailedCriterion& failed : in.failed()) outcome.failed.push_back(FailureOf(failed));
  outcome.reason = in.reason();
  if (in.has_next_review_day()) outcome.next_review = DayOf(in.next_review_day());
  outcome.interim = in.interim();
  for (const v1::DirectClaimOutcome& claim : in.direct_claims()) {
    outcome.claims.push_back(ClaimOf(claim));
  }
  return outcome;
}

}  // namespace assay::approval
