#include "services/approval/stores/planner_gaps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
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
using ::testing::Pair;

const Reach kTenant = {.tenant = "body-a", .within = ""};

class PlannerGapStoreTest : public platform::testing::EngineTest {
 protected:
  PlannerGapStoreTest() : EngineTest({&Migrations()}) {}

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
  PlannerRecord Insert(const std::string& id, absl::CivilDay first,
                       PlannerState state = PlannerState::kDraft,
                       const std::string& centre = "urn-1") {
    PlannerRecord planner;
    planner.centre = centre;
    planner.id = id;
    planner.approval = "approval-" + id;
    planner.qualification = "9001-03";
    planner.first_day = first;
    planner.last_day = first + 300;
    planner.declaration_deadline = first + 310;
    planner.state = state;
    const std::vector<LearnerStanding> learners = {
        {.enrolment = "E1", .outcome = Involvement::kMet},
        {.enrolment = "E2", .outcome = Involvement::kNotMet},
        {.enrolment = "E3", .outcome = Involvement::kReferred},
        {.enrolment = "E4", .outcome = Involvement::kReferred},
        {.enrolment = "E5", .outcome = Involvement::kReferred}};
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
      PlannerStore store;
      RETURN_IF_ERROR(store.Insert(tx, "body-a", planner));
      return store.ReplaceLearners(tx, "body-a", planner, learners);
    }),
                IsOk());
    return planner;
  }
  std::vector<std::string> List(const Reach& reach, int limit = 9) {
    const auto found =
        InRead([&](Transaction& tx) { return store_.List(tx, reach, "urn-1", limit); });
    EXPECT_THAT(found, IsOk());
    std::vector<std::string> lines;
    for (const PlannerGap& gap : *found) {
      lines.push_back(
          absl::StrCat(gap.planner.id, " ", gap.learners, " ", gap.not_met, " ", gap.referred));
    }
    return lines;
  }

  PlannerGapStore store_;
};

// EI-15, EI-7
TEST_P(PlannerGapStoreTest, CountsWhoLacksWhatWithWhatWasDecided) {
  const PlannerRecord old = Insert("p1", absl::CivilDay(2024, 9, 1), PlannerState::kAccepted);
  Insert("p2", absl::CivilDay(2025, 9, 1));
  Insert("p3", absl::CivilDay(2025, 9, 1), PlannerState::kRemoved);
  Insert("p4", absl::CivilDay(2025, 9, 1), PlannerState::kDraft, "urn-2");
  ASSERT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
    PlannerStore store;
    RETURN_IF_ERROR(store.Decide(tx, "body-a", old, "E3", true, "seen"));
    return store.Decide(tx, "body-a", old, "E4", false, "no reason");
  }),
              IsOk());
  EXPECT_THAT(List(kTenant), ElementsAre("p2 5 1 3", "p1 5 2 1"));
  EXPECT_THAT(List(kTenant, 1), ElementsAre("p2 5 1 3"));
  EXPECT_THAT(List({"body-a", "urn-2"}), IsEmpty());
  EXPECT_THAT(List({"body-b", ""}), IsEmpty());
  EXPECT_EQ(InRead([&](Transaction& tx) { return *store_.Count(tx, kTenant, "urn-1"); }), 2);
  EXPECT_THAT(InRead([&](Transaction& tx) { return *store_.Decisions(tx, "body-a", old); }),
              ElementsAre(Pair("E3", true), Pair("E4", false)));
}

// EI-1, EI-9
TEST_P(PlannerGapStoreTest, FindsWhatHasNoPlannerOnADay) {
  const absl::CivilDay first(2025, 9, 1);
  Insert("a", first);
  Insert("b", first, PlannerState::kRemoved);
  for (const char* id : {"a", "b", "c", "d"}) {
    QualificationApproval approval;
    approval.centre = "urn-1";
    approval.id = absl::StrCat("approval-", id);
    approval.qualification = absl::StrCat("q-", id);
    if (approval.id == "approval-d") approval.state = ApprovalState::kRefused;
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) {
      return Store().InsertApproval(tx, "body-a", approval);
    }),
                IsOk());
  }
  const auto without = [&](absl::CivilDay day, const Reach& reach) {
    return InRead(
        [&](Transaction& tx) { return *store_.WithoutPlanner(tx, reach, "urn-1", day, 9); });
  };
  EXPECT_THAT(without(first + 300, kTenant), ElementsAre("q-b", "q-c"));
  EXPECT_THAT(without(first + 301, kTenant), ElementsAre("q-a", "q-b", "q-c"));
  EXPECT_THAT(without(first, {"body-a", "urn-2"}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, PlannerGapStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::approval
