#include "services/approval/stores/centre_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "services/approval/stores/learners.h"
#include "services/approval/stores/restrictions.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::CivilDay kDay(2026, 3, 10);

class CentreUseTest : public platform::testing::EngineTest {
 protected:
  CentreUseTest() : EngineTest({&Migrations()}) {}
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
  std::vector<std::string> Of(const std::string& centre, absl::CivilDay day = kDay,
                              const std::string& tenant = "t") {
    const auto uses = Run([&](Transaction& tx) { return CentreUse().Of(tx, tenant, centre, day); });
    EXPECT_THAT(uses, IsOk());
    return uses.value_or(std::vector<std::string>{"failed"});
  }
  std::set<std::string> Teaching(const std::string& tenant = "t") {
    const std::string asked[] = {"urn-1", "urn-2", "urn-3", "urn-4"};
    const auto found =
        Run([&](Transaction& tx) { return CentreUse().Teaching(tx, tenant, asked); });
    EXPECT_THAT(found, IsOk());
    return found.value_or(std::set<std::string>{"failed"});
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, CentreUseTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(CentreUseTest, WhatHasEndedDoesNotCount) {
  EXPECT_THAT(Of("urn-1"), IsEmpty());
  RestrictionRecord cap;
  cap.centre = "urn-1";
  cap.id = "r1";
  cap.rule.from = kDay + 5;
  cap.rule.until = kDay + 9;
  ASSERT_THAT(Run([&](Transaction& tx) { return RestrictionStore().Insert(tx, "t", cap); }),
              IsOk());
  EXPECT_THAT(Of("urn-1"), ElementsAre("conditions or sanctions"));
  EXPECT_THAT(Of("urn-1", kDay + 8), ElementsAre("conditions or sanctions"));
  EXPECT_THAT(Of("urn-1", kDay + 9), IsEmpty());
  EXPECT_THAT(Of("urn-2"), IsEmpty());
  EXPECT_THAT(Of("urn-1", kDay, "u"), IsEmpty());
}

TEST_P(CentreUseTest, ACentreTeachesWithAnApprovalInForceOrAnActiveLearner) {
  const auto approval = [&](const std::string& centre, ApprovalState state) {
    QualificationApproval a;
    a.id = "a1";
    a.centre = centre;
    a.qualification = "3818-13";
    a.state = state;
    ASSERT_THAT(Run([&](Transaction& tx) { return Store().InsertApproval(tx, "t", a); }), IsOk());
  };
  approval("urn-1", ApprovalState::kSuspended);
  approval("urn-2", ApprovalState::kApplied);
  approval("urn-3", ApprovalState::kWithdrawn);
  for (const auto& [centre, state] : {std::pair{"urn-3", RegistrationState::kActive},
                                      std::pair{"urn-4", RegistrationState::kAwarded}}) {
    RegistrationRecord r;
    r.centre = centre;
    r.id = "1";
    r.qualification = "3818-13";
    r.learner = {.enrolment = "E1", .name = "Ann"};
    r.register_day = kDay;
    r.end_day = kDay + 10;
    r.state = state;
    const RegistrationRecord records[] = {r};
    ASSERT_THAT(
        Run([&](Transaction& tx) { return LearnerStore().Insert(tx, "t", records, "users/o"); }),
        IsOk());
  }
  EXPECT_THAT(Teaching(), ElementsAre("urn-1", "urn-3"));
  EXPECT_THAT(Teaching("u"), IsEmpty());
  EXPECT_THAT(Of("urn-2"), ElementsAre("qualification approvals"));
  EXPECT_THAT(Of("urn-3"), ElementsAre("learners"));
}

}  // namespace
}  // namespace assay::approval
