#include "services/moderation/policies/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/moderation/sampling/size.h"
#include "services/platform/core/view.h"

namespace assay::moderation {
namespace {

using platform::View;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::CivilDay kToday(2026, 5, 1);

PolicyBook Shipped() {
  auto book = LoadPolicies(ShippedPolicies());
  EXPECT_TRUE(book.ok()) << book.status();
  return *std::move(book);
}

std::string Complaints(std::vector<PolicyText> texts) {
  const auto book = LoadPolicies(texts);
  return book.ok() ? "" : std::string(book.status().message());
}

PolicyText Fixed(std::string_view id, int version, std::string_view day) {
  return {absl::StrCat(View(id), version),
          absl::StrCat(R"({"kind":"tolerance","id":")", View(id), R"(","version":)", version,
                       R"(,"effective_from":")", View(day), R"(","description":"","fixed":)",
                       version, "}")};
}

// The sizes of MOD-2, at the edges of every rung.
TEST(ShippedPoliciesTest, HaveTheLaddersOfMod2) {
  const PolicyBook book = Shipped();
  struct Case {
    std::string policy;
    std::int64_t cohort, size;
  };
  for (const Case& c : std::vector<Case>{
           {"pearson-2026", 1, 1},
           {"pearson-2026", 15, 15},
           {"pearson-2026", 16, 15},
           {"pearson-2026", 100, 15},
           {"pearson-2026", 101, 20},
           {"pearson-2026", 200, 20},
           {"pearson-2026", 201, 25},
           {"pearson-2026", 9000, 25},
           {"jcq-classic", 1, 1},
           {"jcq-classic", 10, 10},
           {"jcq-classic", 11, 10},
           {"jcq-classic", 100, 10},
           {"jcq-classic", 101, 15},
           {"jcq-classic", 200, 15},
           {"jcq-classic", 201, 20},
           {"btec-international-standard", 5, 5},
           {"btec-international-standard", 6, 6},
           {"btec-international-standard", 25, 6},
           {"btec-international-standard", 26, 9},
           {"btec-international-standard", 100, 9},
           {"btec-international-standard", 101, 12},
           {"btec-international-standard", 200, 12},
           {"btec-international-standard", 201, 24},
           {"btec-international-standard", 300, 24},
           {"btec-international-standard", 301, 36},
           {"aqa-endorsement", 30, 30},
           {"aqa-endorsement", 31, 30},
           {"sqa-national", 11, 11},
           {"sqa-national", 50, 12},
           {"nzqa", 5, 5},
           {"nzqa", 50, 6},
           {"cxc-sequential", 4, 4},
           {"cxc-sequential", 8, 8},
           {"cxc-sequential", 50, 10},
           // As of high risk.
           {"percent-by-risk", 2, 2},
           {"percent-by-risk", 17, 6},
           {"percent-by-risk", 18, 7},
           {"percent-by-risk", 19, 5},
           {"percent-by-risk", 100, 25},
           {"percent-by-risk", 101, 16},
           {"percent-by-risk", 201, 21},
           {"percent-by-risk", 501, 51},
           {"acceptance-sampling", 3201, 200},
           {"acceptance-sampling", 10000, 200},
       }) {
    const Policy* policy = book.InForce(c.policy, PolicyKind::kSampling, kToday);
    ASSERT_NE(policy, nullptr) << c.policy;
    EXPECT_EQ(SizeOf(policy->sampling, {}, c.cohort).size, c.size) << c.policy << c.cohort;
  }
  EXPECT_EQ(book.InForce("pearson-2026", kToday)->sampling.extremes,
            SamplingRule::Extremes::kOnTop);
  EXPECT_EQ(book.InForce("pearson-2026", kToday)->VersionName(), "pearson-2026@1");
}

// MOD-10: 6 % by default, and a fixed number of marks.
TEST(ShippedPoliciesTest, HaveTheTolerancesOfMod10) {
  const PolicyBook book = Shipped();
  const auto tolerance = [&](std::string_view id, std::int64_t maximum) {
    return ToleranceOf(book.InForce(id, PolicyKind::kTolerance, kToday)->tolerance,
                       {.maximum = maximum * kOneMark});
  };
  EXPECT_EQ(tolerance("six-percent", 100), 6 * kOneMark);
  EXPECT_EQ(tolerance("six-percent", 6), kOneMark);
  EXPECT_EQ(tolerance("one-mark", 6), kOneMark);
  EXPECT_EQ(tolerance("one-mark", 600), kOneMark);
  EXPECT_NE(book.InForce("least-squares", PolicyKind::kAdjustment, kToday), nullptr);
}

// MOD-11: each method ships.
TEST(ShippedPoliciesTest, HaveTheMethodsOfMod11) {
  const PolicyBook book = Shipped();
  const auto fit = [&](std::string_view id) {
    return book.InForce(id, PolicyKind::kAdjustment, kToday)->adjustment.fit;
  };
  EXPECT_EQ(fit("least-squares").method, Method::kLeastSquares);
  EXPECT_EQ(fit("structural").method, Method::kStructural);
  EXPECT_EQ(fit("structural").variance_ratio, 100);
  EXPECT_EQ(fit("band-wise").method, Method::kBandWise);
  EXPECT_THAT(fit("band-wise").bands_from, ::testing::ElementsAre(0, 4000, 6000, 8000));
}

TEST(PolicyBookTest, WhatAnotherMethodWouldIgnoreIsRefused) {
  const auto adjustment = [](std::string_view rest) {
    return PolicyText{"x.json", absl::StrCat(R"({"kind":"adjustment","id":"x","version":1,)",
                                             R"("effective_from":"2026-01-01","description":"",)",
                                             View(rest), "}")};
  };
  EXPECT_EQ(Complaints({adjustment(R"("method":"structural","variance_ratio":2.5)")}), "");
  EXPECT_THAT(Complaints({adjustment(R"("variance_ratio":1)")}),
              HasSubstr("variance_ratio is not known"));
  EXPECT_THAT(Complaints({adjustment(R"("method":"structural","bands":[{"from_percent":0}])")}),
              HasSubstr("bands is not known"));
  EXPECT_THAT(Complaints({adjustment(R"("method":"band-wise")")}), HasSubstr("bands is missing"));
  EXPECT_THAT(Complaints({adjustment(
                  R"("method":"band-wise","bands":[{"from_percent":10},{"from_percent":"a"}])")}),
              AllOf(HasSubstr("is not a number"), HasSubstr("does not begin at 0")));
  EXPECT_THAT(Complaints({adjustment(R"("method":"orthogonal")")}), HasSubstr("orthogonal"));
}

TEST(PolicyBookTest, GivesTheVersionInForceOnTheDay) {
  const std::vector<PolicyText> texts = {Fixed("fix", 2, "2026-09-01"),
                                         Fixed("fix", 1, "2025-09-01")};
  const auto book = LoadPolicies(texts);
  ASSERT_TRUE(book.ok()) << book.status();
  EXPECT_EQ(book->InForce("fix", absl::CivilDay(2025, 8, 31)), nullptr);
  EXPECT_EQ(book->InForce("fix", absl::CivilDay(2025, 9, 1))->version, 1);
  EXPECT_EQ(book->InForce("fix", absl::CivilDay(2026, 8, 31))->version, 1);
  EXPECT_EQ(book->InForce("fix", absl::CivilDay(2026, 9, 1))->version, 2);
  EXPECT_EQ(book->InForce("fix@2", absl::CivilDay(2020, 1, 1))->version, 2);
  EXPECT_EQ(book->InForce("fix@3", kToday), nullptr);
  EXPECT_EQ(book->InForce("fix@", kToday), nullptr);
  EXPECT_EQ(book->InForce("fix", PolicyKind::kSampling, kToday), nullptr);
}

TEST(PolicyBookTest, EveryContradictionOfEveryFileIsNamed) {
  EXPECT_THAT(
      Complaints({{"a.json", R"({"kind":"sampling","id":"a","version":1,
                     "effective_from":"2026-01-01","description":"","extremes":"sideways",
                     "ladder":[{"from":1,"to":10,"size":"all"},{"from":16,"size":15,"tp":3}]})"},
                  {"b.json", R"({"kind":"tolerance","id":"B","version":0,
                     "effective_from":"2026","description":"","fixed":1,"share_percent":6,
                     "flor":1})"},
                  {"c.json", "{"}}),
      AllOf(HasSubstr("a.json: extremes is \"sideways\""),
            HasSubstr("a@1: no rung covers cohorts of 11 to 15"),
            HasSubstr("a.json: ladder[1].tp is not known"), HasSubstr("b.json: id is not"),
            HasSubstr("b.json: version is not 1 or above"),
            HasSubstr("b.json: effective_from is not a day"), HasSubstr("only one"),
            HasSubstr("b.json: flor is not known"), HasSubstr("c.json: is not a JSON object")));
}

std::string Sampling(std::string_view members) {
  return Complaints({{"s.json", absl::StrCat(R"({"kind":"sampling","id":"s","version":1,
                                 "effective_from":"2026-01-01","description":"",)",
                                             View(members), "}")}});
}

// MOD-2, MOD-3, MOD-5
TEST(PolicyBookTest, TheContradictionsOfEveryDesignAreNamed) {
  EXPECT_THAT(Sampling(R"("design":"lottery","ladder":[])"),
              AllOf(HasSubstr("design is \"lottery\""), HasSubstr("the ladder has no rungs")));
  EXPECT_THAT(Sampling(R"("ladder":[{"from":1,"size":1,"more":3,"every":2,"sise":1}])"),
              AllOf(HasSubstr("grows by 3 for 2"), HasSubstr("ladder[0].sise is not known")));
  EXPECT_THAT(Sampling(R"("design":"grade quotas","quotas":[{"grades":["a"],"count":0}])"),
              HasSubstr("the quota of a is below one candidate"));
  EXPECT_THAT(Sampling(R"("design":"grade quotas","each_grade":6,"minimum":4)"),
              HasSubstr("the minimum of 4 is below the 6"));
  EXPECT_THAT(Sampling(R"("design":"percent by risk","low":[{"from":1,"percent":10}],
                          "medium":[{"from":2,"percent":101}],"high":[])"),
              AllOf(HasSubstr("medium risk: no rung covers cohorts of 1 to 1"),
                    HasSubstr("not above 0 and up to 100 %"),
                    HasSubstr("high risk: no rung says what to draw")));
  EXPECT_THAT(Sampling(R"("design":"acceptance sampling","level":"IV","aql":2)"),
              AllOf(HasSubstr("level is \"IV\""), HasSubstr("is not one of the tables")));
  EXPECT_THAT(Sampling(R"("design":"acceptance sampling")"), HasSubstr("aql is missing"));
  EXPECT_THAT(Sampling(R"("design":"sequential","steps":[{"size":5},{"size":0}])"),
              AllOf(HasSubstr("step 1 decides nothing"), HasSubstr("step 2 adds fewer")));
  EXPECT_THAT(
      Sampling(R"("ladder":[{"from":1,"size":"all"}],"coverage":["site","moon","site"],
                  "mode":"before marks","spread":"systematic","new_assessors":"twice")"),
      AllOf(HasSubstr("coverage names \"moon\""), HasSubstr("coverage names SITE twice"),
            HasSubstr("cannot be spread over them"), HasSubstr("new_assessors is \"twice\"")));
}

TEST(PolicyBookTest, VersionsOfOneNameFollowEachOther) {
  EXPECT_THAT(Complaints({Fixed("a", 1, "2026-01-01"), Fixed("a", 1, "2026-02-01")}),
              HasSubstr("a@1 is defined twice"));
  EXPECT_THAT(Complaints({Fixed("a", 1, "2026-01-01"), Fixed("a", 2, "2026-01-01")}),
              HasSubstr("a@2 is not in force later than a@1"));
}

// A body that has made a version of its own goes on with its own, whatever ships later.
TEST(PolicyBookTest, ABodysOwnVersionsHideWhatShipsFromThereOn) {
  const auto base = LoadPolicies(std::vector<PolicyText>{
      Fixed("a", 1, "2026-01-01"), Fixed("a", 2, "2026-06-01"), Fixed("b", 1, "2026-01-01")});
  ASSERT_TRUE(base.ok()) << base.status();
  std::vector<PolicyProblem> problems;
  std::vector<Policy> own;
  own.push_back(*ReadPolicy(Fixed("a", 2, "2026-03-01").json, problems));
  const auto book = base->With(own);
  ASSERT_TRUE(book.ok()) << book.status();
  EXPECT_EQ(book->all().size(), 3);
  EXPECT_EQ(book->InForce("a", absl::CivilDay(2026, 3, 1))->version, 2);
  EXPECT_EQ(book->InForce("b", kToday)->version, 1);
  EXPECT_EQ(book->EndOf(*book->Version("a", 1)), absl::CivilDay(2026, 3, 1));
  EXPECT_EQ(book->EndOf(*book->Newest("a")), std::nullopt);
  own[0].effective_from = absl::CivilDay(2026, 1, 1);
  EXPECT_THAT(std::string(base->With(own).status().message()), HasSubstr("not in force later"));
}

TEST(ShippedPoliciesTest, HaveTheUsualPolicyOfEveryKind) {
  const PolicyBook book = Shipped();
  for (const KindFacts& facts : PolicyKinds()) {
    EXPECT_NE(book.InForce(facts.usual, facts.kind, kToday), nullptr) << facts.usual;
  }
}

// MOD-7
TEST(ShippedPoliciesTest, SayHowWorkIsAllocated) {
  const PolicyBook book = Shipped();
  const auto rule = [&](const char* id) {
    return book.InForce(id, PolicyKind::kAllocation, kToday)->allocation;
  };
  EXPECT_FALSE(rule("fair-share").prefer_same);
  EXPECT_EQ(rule("fair-share").support_years, 3);
  EXPECT_TRUE(rule("same-moderator").prefer_same);
  EXPECT_TRUE(rule("same-moderator").competence_needed);
  EXPECT_EQ(rule("same-moderator").series_in_a_row_max, 3);
  EXPECT_EQ(rule("same-moderator").seniority.at(0).candidates_from, 500);
  EXPECT_EQ(rule("new-eyes").series_in_a_row_max, 1);
  EXPECT_EQ(rule("new-eyes").employment_years, 5);
  EXPECT_EQ(rule("new-eyes").measure, AllocationRule::Measure::kSubmissions);
  EXPECT_EQ(rule("new-eyes").balance, AllocationRule::Balance::kEqual);
  EXPECT_THAT(Complaints({{"a.json", R"({"kind":"allocation","id":"a","version":1,
                     "effective_from":"2026-01-01","description":"","seniority":[],
                     "conflict_years":{"suport":3},"balance":"fair",
                     "prefer_same_moderator":true,"series_in_a_row_max":1})"}}),
              AllOf(HasSubstr("suport is not known"), HasSubstr("balance is \"fair\""),
                    HasSubstr("never allows a second series running")));
}

TEST(LoadPoliciesTest, ReadsTheDaysOfCheckpointsAndNamesWhatTheyCannotBe) {
  const PolicyBook book = Shipped();
  const Policy* shipped = book.InForce("term-dates", PolicyKind::kCheckpoints, kToday);
  ASSERT_NE(shipped, nullptr);
  ASSERT_EQ(shipped->checkpoints.checks.size(), 5u);
  EXPECT_EQ(shipped->checkpoints.checks[0].term, Term::kMarksDue);
  EXPECT_EQ(shipped->checkpoints.checks[0].days_ahead, (std::vector<int>{28, 7, 1, 0, -1, -7}));
  const PolicyText bad{"c.json", R"({"kind": "checkpoints", "id": "c", "version": 1,
    "effective_from": "2026-01-01", "description": "d", "checks": [
      {"term": "marks due", "days_ahead": [-3], "days_overdue": [0]},
      {"term": "tea time", "days_ahead": [7, 9999999999]},
      {"days_ahead": [7], "day_ahead": [7]}]})"};
  EXPECT_THAT(Complaints({bad}), AllOf(HasSubstr("below zero"), HasSubstr("not 1 or above"),
                                       HasSubstr("tea time"), HasSubstr("term is missing"),
                                       HasSubstr("day_ahead is not known"), HasSubstr("367 days")));
}

TEST(PoliciesInTest, NamesAFolderThatIsNotThere) {
  EXPECT_TRUE(PoliciesIn("")->empty());
  EXPECT_THAT(std::string(PoliciesIn("/does/not/exist").status().message()),
              HasSubstr("/does/not/exist"));
  const auto shipped = PoliciesIn(ASSAY_ROOT "/services/moderation/policies");
  ASSERT_TRUE(shipped.ok());
  EXPECT_EQ(shipped->size(), ShippedPolicies().size());
}

}  // namespace
}  // namespace assay::moderation
