// What is due of approvals, applications and reviews (NOT-3), on both engines; the rest is in
// oversight_test.cc.
#include "services/approval/stores/deadlines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/stores/approvals.h"
#include "services/approval/stores/planners.h"
#include "services/approval/stores/quality.h"
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
using ::testing::SizeIs;

const Reach kTenant = {.tenant = "body-a", .within = ""};
const absl::CivilDay kDay(2026, 3, 10);
const absl::Time kTime = absl::FromUnixMicros(1'700'000'000'123'456);

class DeadlineStoreTest : public platform::testing::EngineTest {
 protected:
  DeadlineStoreTest() : EngineTest({&Migrations()}) {}

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> body) {
    return db().WriteNow(body);
  }
  template <typename Read>
  auto InRead(Read read) {
    std::optional<decltype(read(std::declval<Transaction&>()))> result;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
      result.emplace(read(tx));
      return absl::OkStatus();
    }),
                IsOk());
    return *std::move(result);
  }
  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped()) return;
    Centre centre;
    centre.id = "urn-1";
    centre.facts.title = "Hill College";
    centre.state = CentreState::kApproved;
    centre.create_time = centre.update_time = kTime;
    const IndexedCentre indexed[] = {{centre, {}}};
    ASSERT_THAT(
        Write([&](Transaction& tx) { return Store().InsertCentres(tx, "body-a", indexed); }),
        IsOk());
  }
  static QualificationApproval Approval(const std::string& id, ApprovalState state) {
    QualificationApproval approval;
    approval.centre = "urn-1";
    approval.id = id;
    approval.qualification = "q-" + id;
    approval.state = state;
    approval.create_time = approval.update_time = kTime;
    return approval;
  }
  void Insert(const QualificationApproval& approval,
              const std::vector<ApprovalCondition>& conditions = {}) {
    ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                  RETURN_IF_ERROR(Store().InsertApproval(tx, "body-a", approval));
                  for (const ApprovalCondition& condition : conditions) {
                    RETURN_IF_ERROR(
                        ApprovalStore().AddCondition(tx, "body-a", approval, condition).status());
                  }
                  return absl::OkStatus();
                }),
                IsOk());
  }
  void OpenPlanner(const std::string& approval, PlannerState state) {
    PlannerRecord planner;
    planner.centre = "urn-1";
    planner.id = "p-" + approval;
    planner.approval = approval;
    planner.qualification = "q-" + approval;
    planner.first_day = kDay;
    planner.last_day = kDay + 300;
    planner.declaration_deadline = kDay + 310;
    planner.state = state;
    planner.create_time = planner.update_time = kTime;
    ASSERT_THAT(
        Write([&](Transaction& tx) { return PlannerStore().Insert(tx, "body-a", planner); }),
        IsOk());
  }
  // "5 RULE item: text (party)"
  std::vector<std::string> Due() {
    std::vector<std::string> found;
    const auto page = InRead([&](Transaction& tx) {
      return store_.List(tx, kTenant, "urn-1", std::nullopt, kDay, "", 50);
    });
    EXPECT_THAT(page, IsOk());
    for (const DueItem& item : *page) {
      found.push_back(absl::StrCat(item.due - kDay, " ", std::string(RuleOf(item.kind)), " ",
                                   item.item.substr(14), ": ", item.text, " (", item.party, ")"));
    }
    const auto count =
        InRead([&](Transaction& tx) { return store_.Count(tx, kTenant, "urn-1", kDay); });
    EXPECT_THAT(count, IsOk());
    EXPECT_EQ(count->all, static_cast<std::int64_t>(found.size()));
    return found;
  }
  // The items of a window that nobody was told of, in all.
  std::vector<std::string> Untold() {
    const auto found = InRead([&](Transaction& tx) {
      return store_.ListUntold(tx, "body-a", {28, kDay - 50, kDay + 50}, kDay, 50);
    });
    EXPECT_THAT(found, IsOk());
    std::vector<std::string> items;
    for (const DueItem& item : *found) items.push_back(item.item.substr(14));
    return items;
  }

  DeadlineStore store_;
};

// QUAL-7, EI-9
TEST_P(DeadlineStoreTest, ConditionsAreDueWhileTheyAreOpenAndTheApprovalIsGiven) {
  const ApprovalCondition other = {.text = "Train a verifier.", .due_day = kDay + 5};
  const ApprovalCondition planner = {
      .kind = ConditionKind::kPlanner, .text = "Hand it in.", .due_day = kDay - 2};
  ApprovalCondition met = other;
  met.state = ConditionState::kMet;
  Insert(Approval("a", ApprovalState::kApproved), {other, met, planner});
  Insert(Approval("b", ApprovalState::kWithdrawn), {other});
  EXPECT_THAT(Due(),
              ElementsAre("-2 EI-9 qualificationApprovals/a/conditions/3: condition of q-a: Hand "
                          "it in. (centre)",
                          "5 QUAL-7 qualificationApprovals/a/conditions/1: condition of q-a: Train "
                          "a verifier. (centre)"));
  EXPECT_THAT(Untold(), SizeIs(2));
  EXPECT_EQ(
      InRead([&](Transaction& tx) { return *store_.Count(tx, kTenant, "urn-1", kDay); }).overdue,
      1);
  // The centre has done its part: an officer is to close the condition.
  OpenPlanner("a", PlannerState::kMeets);
  EXPECT_THAT(Due()[0], ::testing::EndsWith("(quality)"));
}

// QUAL-7, QUAL-9
TEST_P(DeadlineStoreTest, ApprovalsThatEndByThemselvesAndApplicationsAreDue) {
  QualificationApproval expires = Approval("a", ApprovalState::kApproved);
  expires.expire_date = kDay + 20;
  expires.first_use_due_date = kDay + 10;
  QualificationApproval used = Approval("b", ApprovalState::kSuspended);
  used.expire_date = kDay + 30;
  used.first_use_due_date = kDay + 5;
  used.first_use_date = kDay - 5;
  QualificationApproval first = Approval("c", ApprovalState::kApproved);
  first.expire_date = kDay + 15;
  first.first_use_due_date = kDay + 40;  // Expires before.
  QualificationApproval waits = Approval("d", ApprovalState::kApplied);
  waits.answer_due_date = kDay - 1;
  QualificationApproval ended = Approval("e", ApprovalState::kLapsed);
  ended.expire_date = kDay - 3;
  ended.answer_due_date = kDay - 9;
  for (const auto& approval : {expires, used, first, waits, ended}) Insert(approval);
  const std::string ends = " ends on this day unless it is renewed (centre)";
  EXPECT_THAT(
      Due(),
      ElementsAre("-1 QUAL-7 qualificationApprovals/d: answer the application for q-d (quality)",
                  "10 QUAL-7 qualificationApprovals/a: approval for q-a lapses on this day unless "
                  "a learner is registered (centre)",
                  "15 QUAL-7 qualificationApprovals/c: approval for q-c" + ends,
                  "20 QUAL-7 qualificationApprovals/a: approval for q-a" + ends,
                  "30 QUAL-7 qualificationApprovals/b: approval for q-b" + ends));
  EXPECT_THAT(Untold(), SizeIs(5));  // Applications too: the quality team is reminded of its own.
}

// MOD-14
TEST_P(DeadlineStoreTest, OpenActionsOfReviewsAndTheNextReviewAreDue) {
  QualityReviewRecord review;
  review.centre = "urn-1";
  review.id = "r1";
  review.day = kDay - 10;
  review.create_time = kTime;
  review.actions = {{.number = 1, .text = "Sample more.", .due = kDay + 7},
                    {.number = 2, .text = "Done.", .due = kDay + 8}};
  QualityReviewRecord voided = review;
  voided.id = "r2";
  voided.voided = true;
  QualityStore quality;
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                RETURN_IF_ERROR(quality.InsertReview(tx, "body-a", review));
                RETURN_IF_ERROR(quality.InsertReview(tx, "body-a", voided));
                RETURN_IF_ERROR(quality.UpdateReview(tx, "body-a", voided));
                ReviewActionRecord done = review.actions[1];
                done.close_time = kTime;
                RETURN_IF_ERROR(quality.CloseAction(tx, "body-a", review, done));
                return quality.PutDue(tx, "body-a",
                                      {.centre = "urn-1", .due = kDay + 9, .interim = true});
              }),
              IsOk());
  EXPECT_THAT(Due(), ElementsAre("7 MOD-14 qualityReviews/r1/actions/1: Sample more. (centre)",
                                 "9 MOD-14 risk: interim review of the centre: its risk is high "
                                 "(quality)"));
  EXPECT_THAT(Untold(), SizeIs(2));
  ASSERT_THAT(Write([&](Transaction& tx) {
                return quality.PutDue(tx, "body-a", {.centre = "urn-1", .due = kDay + 90});
              }),
              IsOk());
  EXPECT_EQ(Due()[1], "90 MOD-14 risk: review the centre (quality)");
  EXPECT_THAT(InRead([&](Transaction& tx) {
                return *store_.List(tx, {"body-b", ""}, "urn-1", std::nullopt, kDay, "", 50);
              }),
              IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, DeadlineStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::approval
