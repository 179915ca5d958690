#include "services/approval/stores/planner_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/approval/stores/involvement_policies.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PlannerHistoryTest : public platform::testing::EngineTest {
 protected:
  PlannerHistoryTest() : EngineTest({&Migrations()}) {
    planner_.centre = "urn-1";
    planner_.id = "p1";
  }

  template <typename Body>
  auto Run(Body body) {
    std::optional<decltype(body(std::declval<Transaction&>()))> result;
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) {
      result.emplace(body(tx));
      return absl::OkStatus();
    }),
                IsOk());
    return *std::move(result);
  }

  PlannerHistoryStore store_;
  PlannerRecord planner_;
};

// EI-13
TEST_P(PlannerHistoryTest, KeepsEveryDeclaration) {
  for (int number : {1, 2, 3}) {
    ASSERT_THAT(Run([&](Transaction& tx) {
                  return store_.InsertDeclaration(tx, "body-a", planner_,
                                                  {.number = number,
                                                   .document_version = number * 2,
                                                   .signed_by = "Ann",
                                                   .position = "Head",
                                                   .declared_by = "users/a",
                                                   .time = absl::FromUnixMicros(number)});
                }),
                IsOk());
  }
  const auto found =
      Run([&](Transaction& tx) { return store_.ListDeclarations(tx, "body-a", planner_, 1, 1); });
  ASSERT_THAT(found, IsOk());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().number, 2);
  EXPECT_EQ(found->front().document_version, 4);
  EXPECT_EQ(found->front().signed_by, "Ann");
  EXPECT_EQ(found->front().declared_by, "users/a");
  EXPECT_EQ(found->front().time, absl::FromUnixMicros(2));
  EXPECT_THAT(
      *Run([&](Transaction& tx) { return store_.ListDeclarations(tx, "body-b", planner_, 0, 9); }),
      IsEmpty());
}

// EI-11, EI-13, EI-14
TEST_P(PlannerHistoryTest, ListsRulingsAndWaiversInTheirOrder) {
  const auto rule = [&](const char* outcome, int time) {
    ++planner_.rulings;
    EXPECT_THAT(Run([&](Transaction& tx) {
                  return PlannerStore().InsertRuling(
                      tx, "body-a", planner_,
                      {.outcome = outcome,
                       .feedback = "why",
                       .actions = {{"do it", absl::CivilDay(2026, 1, 2)}},
                       .officer = "users/o",
                       .time = absl::FromUnixMicros(time)});
                }),
                IsOk());
  };
  const auto waive = [&](int time) {
    EXPECT_THAT(Run([&](Transaction& tx) {
                  return store_.InsertWaiver(tx, "body-a", planner_,
                                             {.previous = absl::CivilDay(2026, 6, 30),
                                              .until = absl::CivilDay(2026, 7, 7),
                                              .reason = "flood",
                                              .officer = "users/o",
                                              .time = absl::FromUnixMicros(time)});
                }),
                IsOk());
  };
  rule("meets", 10);
  waive(20);
  waive(20);
  rule("returned", 20);
  rule("accepted", 30);
  std::vector<std::string> found;
  std::string after;
  for (;;) {
    const auto page = Run(
        [&](Transaction& tx) { return store_.ListJudgements(tx, "body-a", planner_, after, 2); });
    ASSERT_THAT(page, IsOk());
    for (const PlannerJudgementRow& row : *page) {
      found.push_back(
          absl::StrCat(row.ruling.outcome, " ", row.ruling.number, " ", row.ruling.actions.size()));
    }
    if (page->size() < 2) break;
    after = page->back().position;
  }
  EXPECT_THAT(found,
              ElementsAre("meets 1 1", "returned 2 1", "waived 1 0", "waived 2 0", "accepted 3 1"));
  const auto all =
      Run([&](Transaction& tx) { return store_.ListJudgements(tx, "body-a", planner_, "", 9); });
  EXPECT_EQ((*all)[2].ruling.deadline, absl::CivilDay(2026, 7, 7));
  EXPECT_EQ((*all)[2].ruling.feedback, "flood");
}

// EI-14
TEST_P(PlannerHistoryTest, KeepsEveryDecisionOnALearner) {
  for (bool met : {false, true}) {
    for (const char* enrolment : {"e1", "e2"}) {
      ASSERT_THAT(Run([&](Transaction& tx) {
                    return store_.InsertDecision(tx, "body-a", planner_,
                                                 {.enrolment = enrolment,
                                                  .met = met,
                                                  .reason = "why",
                                                  .officer = "users/o",
                                                  .declaration = met ? 2 : 1,
                                                  .time = absl::FromUnixMicros(5)});
                  }),
                  IsOk());
    }
  }
  const auto found =
      Run([&](Transaction& tx) { return store_.ListDecisions(tx, "body-a", planner_, "e1", 9); });
  ASSERT_THAT(found, IsOk());
  ASSERT_EQ(found->size(), 2u);
  EXPECT_TRUE((*found)[0].met);
  EXPECT_EQ((*found)[0].declaration, 2);
  EXPECT_FALSE((*found)[1].met);
  EXPECT_EQ((*found)[1].officer, "users/o");
}

// EI-13
TEST_P(PlannerHistoryTest, KeepsEveryVersionOfThePolicy) {
  InvolvementPolicyStore policies;
  InvolvementPolicyRecord record{.change_note = "why", .author = "users/o"};
  record.policy.version = 2;
  record.policy.effective_day = absl::CivilDay(2026, 9, 1);
  record.policy.deadline_month = 5;
  record.policy.deadline_day = 31;
  record.policy.period_days_max = 400;
  record.time = absl::FromUnixMicros(7);
  const auto insert = [&] {
    return *Run([&](Transaction& tx) { return policies.Insert(tx, "body-a", record); });
  };
  EXPECT_TRUE(insert());
  EXPECT_FALSE(insert()) << "a version is made once";
  const auto found = Run([&](Transaction& tx) { return policies.List(tx, "body-a"); });
  ASSERT_THAT(found, IsOk());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().policy.effective_day, absl::CivilDay(2026, 9, 1));
  EXPECT_EQ(found->front().policy.deadline_day, 31);
  EXPECT_EQ(found->front().policy.period_days_max, 400);
  EXPECT_EQ(found->front().author, "users/o");
  EXPECT_EQ(found->front().time, record.time);
  EXPECT_THAT(*Run([&](Transaction& tx) { return policies.List(tx, "body-b"); }), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, PlannerHistoryTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::approval
