// Quality reviews, risk and direct claim status (MOD-14), through the RPCs, on the real wiring.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "assay/approval/v1/learner_service.pb.h"
#include "assay/approval/v1/merge_service.pb.h"
#include "assay/approval/v1/oversight_service.pb.h"
#include "assay/approval/v1/quality_service.pb.h"
#include "services/approval/errors.h"
#include "services/approval/testing/learner_fixture.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::FieldsOf;
using platform::MetadataOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::Contains;
using testing::DateOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Code = absl::StatusCode;
using v1::QualityReview;

constexpr char kQualification[] = "qualifications/9001-03";

class QualityTest : public testing::LearnerFixture {
 protected:
  QualityTest() {
    program_ = service_.Token({.subject = "services/moderation", .roles = {"service"}});
    v1::GetRiskPolicyRequest request;
    request.set_name("riskPolicies/current");
    const auto policy =
        Call<v1::RiskPolicy>("QualityReviewService/GetRiskPolicy", request, officer_);
    EXPECT_THAT(policy, IsOk());
    document_ = policy->document();
    for (const char* id : {"management", "staff-competence", "resources", "learner-support",
                           "registration", "assessment", "authenticity", "internal-verification",
                           "standardisation", "records", "previous-actions"}) {
      criteria_.push_back(id);
    }
  }

  // All criteria with one grade, three final learners.
  QualityReview Draft(int grade, v1::Reliability reliability, absl::CivilDay day) {
    QualityReview review;
    review.set_qualification(kQualification);
    *review.mutable_review_day() = DateOf(day);
    for (const std::string& id : criteria_) {
      v1::CriterionGrade& to = *review.add_grades();
      to.set_criterion(id);
      to.set_grade(grade);
      to.set_comment("looked at");
    }
    for (int i = 0; i < 3; ++i) {
      v1::SampledLearner& learner = *review.add_learners();
      learner.set_stage(v1::SampledLearner::STAGE_FINAL);
      learner.set_reliability(reliability);
    }
    return review;
  }
  absl::StatusOr<QualityReview> Record(const QualityReview& draft) {
    v1::RecordQualityReviewRequest request;
    request.set_parent(kCentre);
    *request.mutable_quality_review() = draft;
    return Call<QualityReview>("QualityReviewService/RecordQualityReview", request, officer_);
  }
  v1::CentreRisk Risk(const std::string& token) {
    v1::GetCentreRiskRequest request;
    request.set_name(absl::StrCat(kCentre, "/risk"));
    const auto risk = Call<v1::CentreRisk>("QualityReviewService/GetCentreRisk", request, token);
    EXPECT_THAT(risk, IsOk());
    return risk.ok() ? *risk : v1::CentreRisk();
  }
  v1::DirectClaimStatus Claims(const std::string& token) {
    v1::GetDirectClaimStatusRequest request;
    request.set_name(absl::StrCat(kCentre, "/directClaimStatuses/9001-03"));
    const auto status =
        Call<v1::DirectClaimStatus>("QualityReviewService/GetDirectClaimStatus", request, token);
    EXPECT_THAT(status, IsOk());
    return status.ok() ? *status : v1::DirectClaimStatus();
  }
  std::vector<v1::ReviewDue> Due(const std::string& token, bool interim_only = false) {
    v1::ListReviewsDueRequest request;
    request.set_parent("centres/-");
    request.set_interim_only(interim_only);
    const auto due =
        Call<v1::ListReviewsDueResponse>("QualityReviewService/ListReviewsDue", request, token);
    EXPECT_THAT(due, IsOk());
    return {due->reviews_due().begin(), due->reviews_due().end()};
  }

  std::string program_;
  std::string document_;
  std::vector<std::string> criteria_;
};

TEST_F(QualityTest, ReviewsAreReadOneByOneAndInPages) {
  const auto made = Record(Draft(1, v1::RELIABILITY_A, Today() - 10));
  ASSERT_THAT(made, IsOk());
  ASSERT_THAT(Record(Draft(2, v1::RELIABILITY_A, Today() - 5)), IsOk());
  v1::GetQualityReviewRequest get;
  get.set_name(made->name());
  const auto got = Call<QualityReview>("QualityReviewService/GetQualityReview", get, officer_);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->grades_size(), made->grades_size());
  v1::ListQualityReviewsRequest list;
  list.set_parent(kCentre);
  list.set_page_size(1);
  const auto first = Call<v1::ListQualityReviewsResponse>("QualityReviewService/ListQualityReviews",
                                                          list, officer_);
  ASSERT_THAT(first, IsOk());
  ASSERT_EQ(first->quality_reviews_size(), 1);
  list.set_page_token(first->next_page_token());
  const auto second = Call<v1::ListQualityReviewsResponse>(
      "QualityReviewService/ListQualityReviews", list, officer_);
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->quality_reviews_size(), 1);
  EXPECT_NE(second->quality_reviews(0).name(), first->quality_reviews(0).name());
}

TEST_F(QualityTest, TheTimelineTellsOfReviewsAndWhatFollowsAndAMergeDoesNotShedThem) {
  QualityReview draft = Draft(1, v1::RELIABILITY_A, Today() - 1);
  draft.set_summary("A good centre.");
  const auto made = Record(draft);
  ASSERT_THAT(made, IsOk());
  v1::MergeCentresRequest merge;
  merge.set_name(kNeighbour);
  merge.set_duplicate(kCentre);
  merge.set_reason("one college");
  const auto merged = Call<v1::Centre>("CentreMergeService/MergeCentres", merge, officer_);
  EXPECT_THAT(merged, IsError(Code::kFailedPrecondition, kCentreInUse));
  EXPECT_THAT(MetadataOf(merged.status(), "uses"), HasSubstr("quality reviews"));
  v1::VoidQualityReviewRequest discard;
  discard.set_name(made->name());
  discard.set_reason("the wrong centre");
  ASSERT_THAT(Call<QualityReview>("QualityReviewService/VoidQualityReview", discard, officer_),
              IsOk());
  v1::ListTimelineRequest list;
  list.set_parent(kCentre);
  list.set_kind(v1::TIMELINE_KIND_QUALITY);
  const auto page = Call<v1::ListTimelineResponse>("OversightService/ListTimeline", list, head_);
  ASSERT_THAT(page, IsOk());
  std::vector<std::string> told;
  for (const auto& entry : page->entries()) {
    told.push_back(entry.what());
    EXPECT_EQ(entry.rule(), "MOD-14");
    EXPECT_NE(entry.reason(), "");
  }
  ASSERT_THAT(told,
              ElementsAre("direct claims not granted: 9001-03", "quality review void: 9001-03",
                          "direct claims granted: 9001-03", "quality review recorded: 9001-03"));
  EXPECT_EQ(page->entries(3).reason(), "A good centre.");
}

TEST_F(QualityTest, ACentreThatWasNeverReviewedHasLowRiskAndNoDirectClaims) {
  const v1::CentreRisk risk = Risk(program_);
  EXPECT_EQ(risk.level(), v1::RISK_LEVEL_LOW);
  EXPECT_EQ(risk.evaluation(), "");
  EXPECT_FALSE(risk.has_next_review_day());
  const v1::DirectClaimStatus status = Claims(program_);
  EXPECT_FALSE(status.in_force());
  EXPECT_THAT(status.outcome().shortfalls(), SizeIs(2));
}

TEST_F(QualityTest, AFailedCriterionOfHighRiskSchedulesAnInterimReview) {
  QualityReview draft = Draft(1, v1::RELIABILITY_A, Today());
  draft.mutable_grades(5)->set_grade(4);  // assessment
  draft.mutable_grades(0)->set_grade(4);  // management: medium
  ASSERT_THAT(Record(draft), IsOk());
  const v1::CentreRisk risk = Risk(program_);
  EXPECT_EQ(risk.level(), v1::RISK_LEVEL_HIGH);
  EXPECT_TRUE(risk.interim());
  ASSERT_THAT(risk.failed(), SizeIs(2));
  EXPECT_EQ(risk.failed(0).criterion(), "assessment");
  EXPECT_THAT(risk.reason(), HasSubstr("MOD-14"));
  ASSERT_THAT(Due(officer_, /*interim_only=*/true), SizeIs(1));
  EXPECT_EQ(Due(officer_)[0].centre(), kCentre);
  EXPECT_THAT(Due(neighbour_), IsEmpty());
  const auto interim = Record(Draft(2, v1::RELIABILITY_A, Today()));
  ASSERT_THAT(interim, IsOk());
  EXPECT_TRUE(interim->interim());
  EXPECT_EQ(Risk(officer_).level(), v1::RISK_LEVEL_LOW);
  EXPECT_THAT(Due(officer_, /*interim_only=*/true), IsEmpty());
  EXPECT_THAT(Due(officer_), SizeIs(1));
}

// MOD-14
TEST_F(QualityTest, OnlyAReviewOfWhatFailedIsTheInterimOne) {
  QualityReview draft = Draft(1, v1::RELIABILITY_A, Today());
  draft.mutable_grades(5)->set_grade(4);  // assessment: high
  ASSERT_THAT(Record(draft), IsOk());
  QualityReview whole = Draft(1, v1::RELIABILITY_A, Today());
  whole.clear_qualification();
  EXPECT_FALSE(Record(whole)->interim());
  EXPECT_FALSE(Record(Draft(1, v1::RELIABILITY_A, Today() - 1))->interim());
  QualityReview without = Draft(1, v1::RELIABILITY_A, Today());
  without.mutable_grades(5)->set_grade(0);
  without.mutable_grades(6)->set_grade(4);  // authenticity
  const auto passed_over = Record(without);
  ASSERT_THAT(passed_over, IsOk());
  EXPECT_FALSE(passed_over->interim());
}

TEST_F(QualityTest, DirectClaimsAreEarnedLostAndKeptAsHistory) {
  QualityReview draft = Draft(1, v1::RELIABILITY_A, Today());
  v1::ReviewAction& action = *draft.add_actions();
  action.set_text("write the plan down");
  *action.mutable_due_day() = DateOf(Today() + 30);
  const auto review = Record(draft);
  ASSERT_THAT(review, IsOk());
  EXPECT_FALSE(Claims(head_).in_force());
  v1::CloseReviewActionRequest close;
  close.set_name(review->name());
  close.set_action(2);
  close.set_note("seen on a visit");
  EXPECT_THAT(Call<QualityReview>("QualityReviewService/CloseReviewAction", close, officer_),
              IsError(Code::kNotFound, kReviewActionNotFound));
  close.set_action(1);
  const auto closed =
      Call<QualityReview>("QualityReviewService/CloseReviewAction", close, officer_);
  ASSERT_THAT(closed, IsOk());
  EXPECT_FALSE(closed->actions(0).open());
  EXPECT_THAT(Call<QualityReview>("QualityReviewService/CloseReviewAction", close, officer_),
              IsError(Code::kFailedPrecondition, kQualityReviewStateWrong));
  EXPECT_TRUE(Claims(head_).in_force());
  EXPECT_EQ(Claims(head_).outcome().route(), "one review");
  v1::VoidQualityReviewRequest annul;
  annul.set_name(review->name());
  annul.set_reason("recorded for the wrong centre");
  ASSERT_THAT(Call<QualityReview>("QualityReviewService/VoidQualityReview", annul, officer_),
              IsOk());
  EXPECT_FALSE(Claims(head_).in_force());

  v1::ListEvaluationsRequest list;
  list.set_parent(kCentre);
  list.set_page_size(2);
  const auto page =
      Call<v1::ListEvaluationsResponse>("QualityReviewService/ListEvaluations", list, head_);
  ASSERT_THAT(page, IsOk());
  ASSERT_THAT(page->evaluations(), SizeIs(2));
  EXPECT_EQ(page->evaluations(0).cause(), "review void");
  EXPECT_EQ(page->evaluations(1).cause(), "action closed");
  list.set_page_token(page->next_page_token());
  const auto rest =
      Call<v1::ListEvaluationsResponse>("QualityReviewService/ListEvaluations", list, head_);
  ASSERT_THAT(rest, IsOk());
  ASSERT_THAT(rest->evaluations(), SizeIs(1));
  EXPECT_EQ(rest->evaluations(0).cause(), "review recorded");
}

TEST_F(QualityTest, EveryEvaluationCanBeMadeAgainFromItsFacts) {
  const auto review = Record(Draft(3, v1::RELIABILITY_B, Today()));
  ASSERT_THAT(review, IsOk());
  v1::GetEvaluationRequest get;
  get.set_name(absl::StrCat(kCentre, "/evaluations/1"));
  const auto evaluation = Call<v1::Evaluation>("QualityReviewService/GetEvaluation", get, officer_);
  ASSERT_THAT(evaluation, IsOk());
  EXPECT_EQ(evaluation->risk_policy(), "riskPolicies/1");
  ASSERT_THAT(evaluation->facts().reviews(), SizeIs(1));
  EXPECT_EQ(evaluation->facts().reviews(0).quality_review(), review->name());
  EXPECT_THAT(evaluation->facts().reviews(0).grades(), SizeIs(criteria_.size()));
  EXPECT_EQ(evaluation->facts().reviews(0).grades(0).comment(), "");
  v1::ReplayEvaluationRequest replay;
  replay.set_name(get.name());
  const auto again =
      Call<v1::ReplayEvaluationResponse>("QualityReviewService/ReplayEvaluation", replay, officer_);
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(again->same());
  replay.set_name(absl::StrCat(kCentre, "/evaluations/2"));
  EXPECT_THAT(
      Call<v1::ReplayEvaluationResponse>("QualityReviewService/ReplayEvaluation", replay, officer_),
      IsError(Code::kNotFound, kEvaluationNotFound));
}

TEST_F(QualityTest, AReviewGradesEveryCriterionOfThePolicy) {
  QualityReview draft = Draft(1, v1::RELIABILITY_A, Today() + 1);
  draft.mutable_grades(0)->set_grade(5);
  draft.mutable_grades(1)->set_criterion("unheard-of");
  const auto refused = Record(draft);
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, kQualityReviewRefused));
  EXPECT_THAT(FieldsOf(refused.status()),
              ElementsAre(HasSubstr("quality_review.grades[0].grade"),
                          HasSubstr("quality_review.grades[1].criterion"),
                          HasSubstr("lack the criterion staff-competence"),
                          HasSubstr("quality_review.review_day")));
}

TEST_F(QualityTest, ABodyHasItsOwnPolicyFromADayOn) {
  const auto create = [&](const std::string& document) {
    v1::CreateRiskPolicyRequest request;
    request.mutable_risk_policy()->set_document(document);
    return Call<v1::RiskPolicy>("QualityReviewService/CreateRiskPolicy", request, officer_);
  };
  const auto refused = create(document_);
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, kRiskPolicyRefused));
  EXPECT_THAT(FieldsOf(refused.status()), Contains(HasSubstr("version")));
  const std::string own =
      absl::StrReplaceAll(document_, {{"\"version\": 1", "\"version\": 2"},
                                      {"2020-01-01", absl::FormatCivilTime(Today())},
                                      {"\"fails_from\": 4", "\"fails_from\": 3"}});
  EXPECT_THAT(create(absl::StrReplaceAll(own, {{"\"high\"", "\"enormous\""}})),
              IsError(Code::kInvalidArgument, kRiskPolicyRefused));
  ASSERT_THAT(Record(Draft(3, v1::RELIABILITY_B, Today() - 1)), IsOk());
  EXPECT_EQ(Risk(officer_).level(), v1::RISK_LEVEL_LOW);
  ASSERT_THAT(create(own), IsOk());
  v1::EvaluateCentreRequest evaluate;
  evaluate.set_name(kCentre);
  const auto evaluation =
      Call<v1::Evaluation>("QualityReviewService/EvaluateCentre", evaluate, officer_);
  ASSERT_THAT(evaluation, IsOk());
  EXPECT_EQ(evaluation->risk_policy(), "riskPolicies/2");
  EXPECT_EQ(Risk(officer_).level(), v1::RISK_LEVEL_HIGH);
  // What was evaluated before stays as it was, by the version that it was made with.
  v1::ReplayEvaluationRequest replay;
  replay.set_name(absl::StrCat(kCentre, "/evaluations/1"));
  EXPECT_TRUE(
      Call<v1::ReplayEvaluationResponse>("QualityReviewService/ReplayEvaluation", replay, officer_)
          ->same());
  const std::string stranger =
      service_.Token({.tenant = "other-body", .subject = "users/o", .roles = {"quality"}});
  v1::ListRiskPoliciesRequest list;
  EXPECT_THAT(
      Call<v1::ListRiskPoliciesResponse>("QualityReviewService/ListRiskPolicies", list, stranger)
          ->risk_policies(),
      SizeIs(1));
}

TEST_F(QualityTest, ADirectClaimIsAwardedAtOnce) {
  ASSERT_THAT(Record(Draft(1, v1::RELIABILITY_A, Today())), IsOk());
  v1::CreateRegistrationRequest create;
  create.set_parent(kCentre);
  create.mutable_registration()->set_qualification(kQualification);
  create.mutable_registration()->set_enrolment("E1");
  create.mutable_registration()->set_learner_name("Ada");
  *create.mutable_registration()->mutable_birth_day() = DateOf(absl::CivilDay(2000, 1, 1));
  const auto made = Call<v1::Registration>("LearnerService/CreateRegistration", create, head_);
  ASSERT_THAT(made, IsOk());
  v1::RecordAchievementsRequest record;
  record.set_parent(kCentre);
  for (const char* unit : {"301", "302"}) {
    v1::AchievementRow& row = *record.add_achievements();
    row.set_registration(made->name());
    row.set_unit(unit);
    row.set_outcome(v1::ACHIEVEMENT_OUTCOME_ACHIEVED);
    row.set_assessor(ann_);
    *row.mutable_assess_day() = DateOf(Today());
    row.set_verifier(bob_);
    *row.mutable_verify_day() = DateOf(Today());
  }
  ASSERT_THAT(
      Call<v1::RecordAchievementsResponse>("LearnerService/RecordAchievements", record, exams_),
      IsOk());
  v1::ClaimAwardRequest claim;
  claim.set_name(made->name());
  // QUAL-9: not even a direct claim goes past moderation.
  moderation_status_ = absl::UnavailableError("gone");
  EXPECT_THAT(Call<v1::Award>("LearnerService/ClaimAward", claim, head_),
              IsError(Code::kFailedPrecondition, kAwardNotEligible));
  moderation_status_ = absl::OkStatus();
  const auto award = Call<v1::Award>("LearnerService/ClaimAward", claim, head_);
  ASSERT_THAT(award, IsOk());
  EXPECT_TRUE(award->direct());
  EXPECT_EQ(award->state(), v1::Award::STATE_AWARDED);
  EXPECT_THAT(award->reason(), HasSubstr("MOD-14"));
}

}  // namespace
}  // namespace assay::approval
