#include "services/approval/stores/declaration_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "services/approval/errors.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsError;
using platform::testing::IsOk;
using Code = absl::StatusCode;

class DeclarationSampleStoreTest : public platform::testing::EngineTest {
 protected:
  DeclarationSampleStoreTest() : EngineTest({&Migrations()}) {
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
  absl::Status Insert(int declaration) {
    DeclarationSample sample{.declaration = declaration,
                             .policy = "evidence-check@1",
                             .commitment = "ab",
                             .published = "{}",
                             .drawn_by = "users/o",
                             .time = absl::FromUnixSeconds(9)};
    sample.checks = {{.item = "b/2"}, {.item = "a/1"}};
    return Run([&](Transaction& tx) { return store_.Insert(tx, "t", planner_, sample); });
  }
  absl::StatusOr<DeclarationSample> Get(std::string_view tenant, int declaration) {
    return Run([&](Transaction& tx) { return store_.Get(tx, tenant, planner_, declaration); });
  }

  PlannerRecord planner_;
  DeclarationSampleStore store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, DeclarationSampleStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(DeclarationSampleStoreTest, ASecretIsReplacedByTheNext) {
  const auto secret = [&] {
    return *Run([&](Transaction& tx) { return store_.Secret(tx, "t", planner_); });
  };
  EXPECT_EQ(secret(), "");
  for (const std::string next : {std::string("\0one", 4), std::string("two")}) {
    EXPECT_THAT(Run([&](Transaction& tx) { return store_.PutSecret(tx, "t", planner_, next); }),
                IsOk());
    EXPECT_EQ(secret(), next);
  }
}

TEST_P(DeclarationSampleStoreTest, KeepsOneSampleADeclarationWithWhatWasFound) {
  ASSERT_THAT(Insert(1), IsOk());
  EXPECT_THAT(Insert(1), IsError(Code::kAlreadyExists, kDeclarationSampleExists));
  ASSERT_THAT(Insert(2), IsOk());
  EvidenceCheck check{.item = "a/1",
                      .in_order = false,
                      .note = "another's",
                      .checked_by = "users/x",
                      .time = absl::FromUnixSeconds(11)};
  EXPECT_TRUE(*Run([&](Transaction& tx) { return store_.PutCheck(tx, "t", planner_, 1, check); }));
  check.item = "none";
  EXPECT_FALSE(*Run([&](Transaction& tx) { return store_.PutCheck(tx, "t", planner_, 1, check); }));
  const auto sample = Get("t", 1);
  ASSERT_THAT(sample, IsOk());
  EXPECT_EQ(sample->time, absl::FromUnixSeconds(9));
  ASSERT_EQ(sample->checks.size(), 2u);
  EXPECT_EQ(sample->checks[0].in_order, false);
  EXPECT_EQ(sample->checks[0].note, "another's");
  EXPECT_EQ(sample->checks[0].time, absl::FromUnixSeconds(11));
  EXPECT_EQ(sample->checks[1].item, "b/2");
  EXPECT_FALSE(sample->checks[1].in_order.has_value());
  EXPECT_FALSE(Get("t", 2)->checks[0].in_order.has_value()) << "another declaration's";
  EXPECT_THAT(Get("other", 1), IsError(Code::kNotFound, kDeclarationSampleNotFound));
  EXPECT_THAT(Get("t", 3), IsError(Code::kNotFound, kDeclarationSampleNotFound));
}

}  // namespace
}  // namespace assay::approval
