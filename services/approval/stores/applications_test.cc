#include "services/approval/stores/applications.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ApplicationStoreTest : public platform::testing::EngineTest {
 protected:
  ApplicationStoreTest() : EngineTest({&Migrations()}) {}
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
  std::vector<std::string> Of(const std::string& centre, const Reach& reach = {"t", ""},
                              const std::string& after = "", int limit = 10) {
    const auto found =
        Run([&](Transaction& tx) { return store_.List(tx, reach, centre, after, limit); });
    EXPECT_THAT(found, IsOk());
    std::vector<std::string> texts;
    for (const ApplicationRecord& a : *found) {
      texts.push_back(absl::StrCat(a.id, " ", a.applicant, ": ", a.reason, " (", a.actor, ")"));
    }
    return texts;
  }
  ApplicationStore store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, ApplicationStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(ApplicationStoreTest, GivesApplicationsBackInOrderWithinReachAndMovesThem) {
  for (const char* id : {"a2", "a1"}) {
    ASSERT_THAT(Run([&](Transaction& tx) {
                  return store_.Insert(tx, "t",
                                       {.centre = "ab-1",
                                        .id = id,
                                        .applicant = "Ann, head",
                                        .reason = "to teach",
                                        .actor = "users/p",
                                        .time = absl::FromUnixSeconds(5)});
                }),
                IsOk());
  }
  const std::string first = "a1 Ann, head: to teach (users/p)";
  const std::string second = "a2 Ann, head: to teach (users/p)";
  EXPECT_THAT(Of("ab-1"), ElementsAre(first, second));
  EXPECT_THAT(Of("ab-1", {"t", ""}, "", 1), ElementsAre(first));
  EXPECT_THAT(Of("ab-1", {"t", ""}, "a1"), ElementsAre(second));
  EXPECT_THAT(Of("ab-1", {"t", "ab-2"}), IsEmpty());
  EXPECT_THAT(Of("ab-1", {"u", ""}), IsEmpty());
  ASSERT_THAT(Run([&](Transaction& tx) { return store_.Move(tx, "t", "ab-1", "urn-1"); }), IsOk());
  EXPECT_THAT(Of("ab-1"), IsEmpty());
  EXPECT_THAT(Of("urn-1"), ElementsAre(first, second));
}

}  // namespace
}  // namespace assay::approval
