#include "services/approval/risk/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using Day = absl::CivilDay;

constexpr char kQualification[] = "9001-03";

// MOD-14 as it is written: the figures of risk/data/centre-quality.json.
RiskPolicy Policy() {
  RiskPolicy policy;
  policy.criteria = {{"records", "Records", RiskLevel::kLow, 4},
                     {"standardisation", "Standardisation", RiskLevel::kMedium, 4},
                     {"assessment", "Assessment", RiskLevel::kHigh, 4}};
  policy.one_review = {1, Reliability::kA, false, 3, 2};
  policy.two_reviews = {3, Reliability::kB, true, 0, 3};
  return policy;
}

struct Learners {
  int final = 0;
  int other = 0;
  Reliability reliability = Reliability::kA;
};

ReviewFacts Review(const std::string& id, Day day, std::vector<int> grades, Learners learners,
                   std::string qualification = kQualification) {
  ReviewFacts review{.id = id, .qualification = std::move(qualification), .day = day};
  const char* const kIds[] = {"records", "standardisation", "assessment"};
  for (std::size_t i = 0; i < grades.size(); ++i) review.grades.push_back({kIds[i], grades[i]});
  for (int i = 0; i < learners.final; ++i) {
    review.learners.push_back({LearnerStage::kFinal, learners.reliability});
  }
  for (int i = 0; i < learners.other; ++i) {
    review.learners.push_back({LearnerStage::kMid, learners.reliability});
  }
  return review;
}

QualityFacts Facts(std::vector<ReviewFacts> reviews) {
  return {.day = Day(2026, 11, 1), .reviews = std::move(reviews)};
}

std::string RouteOf(std::vector<ReviewFacts> reviews) {
  return std::string(EvaluateClaims(Policy(), Facts(std::move(reviews)), kQualification).route);
}

TEST(RiskTest, IsTheHighestLevelOfAnyFailedCriterion) {
  struct Case {
    std::vector<int> grades;
    RiskLevel level;
  };
  for (const Case& c : {Case{{1, 1, 1}, RiskLevel::kLow}, Case{{3, 3, 3}, RiskLevel::kLow},
                        Case{{4, 1, 1}, RiskLevel::kLow}, Case{{1, 4, 1}, RiskLevel::kMedium},
                        Case{{4, 4, 1}, RiskLevel::kMedium}, Case{{1, 1, 4}, RiskLevel::kHigh},
                        Case{{4, 4, 4}, RiskLevel::kHigh}, Case{{0, 0, 0}, RiskLevel::kLow}}) {
    EXPECT_EQ(EvaluateQuality(Policy(), Facts({Review("a", Day(2026, 10, 1), c.grades, {})})).level,
              c.level);
  }
  EXPECT_EQ(EvaluateQuality(Policy(), Facts({})).level, RiskLevel::kLow);
}

TEST(RiskTest, LooksAtTheLastReviewOfEachQualificationAndOfTheCentre) {
  const ReviewFacts bad = Review("a", Day(2026, 1, 1), {1, 1, 4}, {});
  const ReviewFacts good = Review("b", Day(2026, 2, 1), {1, 1, 1}, {});
  const ReviewFacts other = Review("c", Day(2026, 3, 1), {1, 1, 1}, {}, "9002-03");
  EXPECT_EQ(EvaluateQuality(Policy(), Facts({bad, good})).level, RiskLevel::kLow);
  EXPECT_EQ(EvaluateQuality(Policy(), Facts({bad, other})).level, RiskLevel::kHigh);
  // Of two on one day the one that was recorded later counts.
  EXPECT_EQ(EvaluateQuality(Policy(), Facts({Review("a", Day(2026, 1, 1), {1, 1, 1}, {}),
                                             Review("b", Day(2026, 1, 1), {1, 4, 1}, {})}))
                .level,
            RiskLevel::kMedium);
}

TEST(RiskTest, SchedulesAnInterimReviewIfItIsHigh) {
  const Day day(2026, 1, 31);
  QualityOutcome outcome = EvaluateQuality(Policy(), Facts({Review("a", day, {1, 1, 4}, {})}));
  EXPECT_TRUE(outcome.interim);
  EXPECT_EQ(outcome.next_review, Day(2026, 4, 30));
  outcome = EvaluateQuality(Policy(), Facts({Review("a", day, {1, 4, 1}, {})}));
  EXPECT_FALSE(outcome.interim);
  EXPECT_EQ(outcome.next_review, Day(2027, 1, 31));
  EXPECT_FALSE(EvaluateQuality(Policy(), Facts({})).next_review.has_value());
}

TEST(RiskTest, SchedulesTheInterimReviewByTheReviewThatFailed) {
  const QualityOutcome outcome =
      EvaluateQuality(Policy(), Facts({Review("a", Day(2025, 6, 1), {1, 1, 1}, {}, "9002-03"),
                                       Review("b", Day(2026, 1, 1), {1, 1, 4}, {})}));
  EXPECT_EQ(outcome.next_review, Day(2026, 4, 1));
}

TEST(DirectClaimTest, IsEarnedByOneReviewWithoutAFault) {
  struct Case {
    std::vector<int> grades;
    Learners learners;
    bool granted;
  };
  const Day day(2026, 10, 1);
  for (const Case& c :
       {Case{{1, 1, 1}, {2, 1}, true}, Case{{1, 1, 1}, {3, 0}, true},
        Case{{1, 1, 1}, {2, 0}, false}, Case{{1, 1, 1}, {1, 2}, false},
        Case{{1, 1, 2}, {2, 1}, false}, Case{{1, 0, 1}, {2, 1}, true},
        Case{{0, 0, 0}, {2, 1}, false}, Case{{1, 1, 1}, {2, 1, Reliability::kB}, false}}) {
    EXPECT_EQ(RouteOf({Review("a", day, c.grades, c.learners)}), c.granted ? "one review" : "");
  }
}

TEST(DirectClaimTest, IsNotEarnedByOneReviewWhileAnActionIsOpen) {
  ReviewFacts review = Review("b", Day(2026, 10, 1), {1, 1, 1}, {2, 1});
  review.open_actions = {1};
  EXPECT_EQ(RouteOf({review}), "");
  review.open_actions.clear();
  // Of an earlier review, or of the centre as a whole, it is open all the same.
  for (const char* qualification : {kQualification, ""}) {
    ReviewFacts earlier = Review("a", Day(2020, 1, 1), {4, 1, 1}, {}, qualification);
    earlier.open_actions = {2};
    EXPECT_EQ(RouteOf({review, earlier}), "");
  }
  ReviewFacts elsewhere = Review("a", Day(2020, 1, 1), {1, 1, 1}, {}, "9002-03");
  elsewhere.open_actions = {2};
  EXPECT_EQ(RouteOf({review, elsewhere}), "one review");
}

TEST(DirectClaimTest, IsEarnedByTwoReviewsOneToEighteenMonthsApart) {
  struct Case {
    Day first;
    Day last;
    bool granted;
  };
  for (const Case& c : {Case{Day(2026, 1, 15), Day(2026, 2, 14), false},
                        Case{Day(2026, 1, 15), Day(2026, 2, 15), true},
                        Case{Day(2026, 1, 31), Day(2026, 2, 27), false},
                        Case{Day(2026, 1, 31), Day(2026, 2, 28), true},
                        Case{Day(2025, 1, 15), Day(2026, 7, 15), true},
                        Case{Day(2025, 1, 15), Day(2026, 7, 16), false},
                        Case{Day(2024, 8, 31), Day(2026, 2, 28), true},
                        Case{Day(2026, 1, 15), Day(2026, 1, 15), false}}) {
    EXPECT_EQ(RouteOf({Review("a", c.first, {3, 2, 1}, {1, 1, Reliability::kB}),
                       Review("b", c.last, {1, 3, 3}, {2, 0, Reliability::kB})}),
              c.granted ? "two reviews" : "")
        << c.first << " and " << c.last;
  }
}

TEST(DirectClaimTest, AsksGradesReliabilityAndFinalLearnersOfBothReviews) {
  const Day first(2026, 1, 1), last(2026, 6, 1);
  const auto route = [&](std::vector<int> g1, Learners l1, std::vector<int> g2, Learners l2) {
    return RouteOf({Review("a", first, std::move(g1), l1), Review("b", last, std::move(g2), l2)});
  };
  EXPECT_EQ(route({3, 3, 3}, {3, 0}, {3, 3, 3}, {0, 1}), "two reviews");
  EXPECT_EQ(route({3, 3, 3}, {1, 5}, {3, 3, 3}, {1, 5}), "");
  EXPECT_EQ(route({4, 3, 3}, {3, 0}, {3, 3, 3}, {3, 0}), "");
  EXPECT_EQ(route({3, 3, 3}, {3, 0}, {3, 3, 4}, {3, 0}), "");
  EXPECT_EQ(route({3, 3, 3}, {3, 0, Reliability::kC}, {3, 3, 3}, {3, 0}), "");
  EXPECT_EQ(route({3, 3, 3}, {3, 0}, {3, 3, 3}, {3, 0, Reliability::kC}), "");
}

TEST(DirectClaimTest, DoesNotAskTwoReviewsForClosedActions) {
  ReviewFacts last = Review("b", Day(2026, 6, 1), {3, 3, 3}, {3, 0});
  last.open_actions = {1};
  EXPECT_EQ(RouteOf({Review("a", Day(2026, 1, 1), {3, 3, 3}, {}), last}), "two reviews");
}

TEST(DirectClaimTest, DoesNotStepOverABadReview) {
  const ReviewFacts first = Review("a", Day(2026, 1, 1), {2, 2, 2}, {3, 0});
  const ReviewFacts last = Review("c", Day(2026, 6, 20), {2, 2, 2}, {3, 0});
  // Too near to the last one to be its pair, and bad.
  EXPECT_EQ(RouteOf({first, Review("b", Day(2026, 6, 1), {4, 4, 4}, {3, 0}), last}), "");
  EXPECT_EQ(RouteOf({first, Review("b", Day(2026, 6, 1), {3, 3, 3}, {3, 0}), last}), "two reviews");
}

TEST(DirectClaimTest, SaysWhatEachRouteLacks) {
  const ClaimOutcome outcome = EvaluateClaims(
      Policy(), Facts({Review("a", Day(2026, 1, 1), {1, 2, 1}, {1, 0})}), kQualification);
  EXPECT_FALSE(outcome.granted);
  std::vector<std::string> routes;
  for (const RouteShortfall& shortfall : outcome.shortfalls) {
    routes.push_back(std::string(shortfall.route));
    EXPECT_THAT(shortfall.message, Not(IsEmpty()));
  }
  EXPECT_THAT(routes, ElementsAre("one review", "one review", "one review", "two reviews"));
}

TEST(DirectClaimTest, IsLostByAWorseReview) {
  const ReviewFacts good = Review("a", Day(2026, 1, 1), {1, 1, 1}, {3, 0});
  EXPECT_EQ(RouteOf({good}), "one review");
  EXPECT_EQ(RouteOf({good, Review("b", Day(2026, 6, 1), {1, 1, 4}, {3, 0})}), "");
}

// What Relevant leaves out must never matter, and a better grade must never make anything worse.
TEST(QualityPropertyTest, HoldsForRandomReviews) {
  std::mt19937 chance(14);
  const RiskPolicy policy = Policy();
  for (int round = 0; round < 2000; ++round) {
    QualityFacts all = Facts({});
    const int count = static_cast<int>(chance() % 6);
    for (int i = 0; i < count; ++i) {
      const char* const kScopes[] = {"", kQualification, "9002-03"};
      ReviewFacts review =
          Review("r" + std::to_string(i), Day(2020, 1, 1) + static_cast<int>(chance() % 2400),
                 {1 + static_cast<int>(chance() % 4), 1 + static_cast<int>(chance() % 3), 1},
                 {static_cast<int>(chance() % 3), static_cast<int>(chance() % 3),
                  static_cast<Reliability>(chance() % 3)},
                 kScopes[chance() % 3]);
      if (chance() % 4 == 0) review.open_actions = {1};
      all.reviews.push_back(std::move(review));
    }
    const QualityOutcome outcome = EvaluateQuality(policy, all);
    EXPECT_EQ(EvaluateQuality(policy, Relevant(policy, all)), outcome);
    QualityFacts better = all;
    for (ReviewFacts& review : better.reviews) {
      for (CriterionGrade& grade : review.grades) grade.grade = std::max(1, grade.grade - 1);
    }
    const QualityOutcome improved = EvaluateQuality(policy, better);
    EXPECT_LE(improved.level, outcome.level);
    for (std::size_t i = 0; i < outcome.claims.size(); ++i) {
      EXPECT_GE(improved.claims[i].granted, outcome.claims[i].granted);
    }
  }
}

TEST(CheckGradesTest, WantsEveryCriterionOnceAndGradesThatThereAre) {
  const RiskPolicy policy = Policy();
  EXPECT_THAT(CheckGrades(policy, {{"records", 0}, {"standardisation", 4}, {"assessment", 1}}),
              IsEmpty());
  const auto faults =
      CheckGrades(policy, {{"records", 5}, {"records", 1}, {"assessment", -1}, {"unknown", 1}});
  std::vector<std::string> places;
  for (const PolicyFault& fault : faults) places.push_back(fault.place);
  EXPECT_THAT(places, ElementsAre("grades[0].grade", "grades[1].criterion", "grades[2].grade",
                                  "grades[3].criterion", "grades"));
}

}  // namespace
}  // namespace assay::approval
