#include "services/moderation/stores/policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "services/platform/storage/database.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::moderation {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsOk;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr absl::CivilDay kMay(2026, 5, 1);

class PolicyStoreTest : public platform::testing::EngineTest {
 protected:
  PolicyStoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

  // Runs `body`, which gives a StatusOr, in a transaction.
  template <typename Body>
  auto Run(Body body) {
    decltype(body(std::declval<Transaction&>())) result = absl::UnknownError("did not run");
    const absl::Status status = db().WriteNow([&](Transaction& tx) {
      result = body(tx);
      return result.status();
    });
    if (!status.ok()) result = status;
    return result;
  }
  bool Insert(std::string_view tenant, const StoredPolicy& policy, std::string_view generation) {
    const auto added =
        Run([&](Transaction& tx) { return store_.Insert(tx, tenant, policy, generation); });
    EXPECT_THAT(added, IsOk());
    return added.ok() && *added;
  }
  std::string Generation(std::string_view tenant) {
    return *Run([&](Transaction& tx) { return store_.Generation(tx, tenant); });
  }
  absl::Status NoteUse(std::string_view tenant, const PolicyUse& use) {
    return db().WriteNow([&](Transaction& tx) { return store_.NoteUse(tx, tenant, "a", use); });
  }
  std::optional<PolicyUse> LastUse(std::string_view tenant, absl::CivilDay from) {
    return *Run([&](Transaction& tx) { return store_.LastUse(tx, tenant, "a", from); });
  }

  PolicyStore store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, PolicyStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(PolicyStoreTest, VersionsAreKeptOnceATenantInOrder) {
  const absl::Time now = absl::FromUnixSeconds(1'777'626'000);
  EXPECT_TRUE(Insert("t", {"b", 2, "{}", "users/a", now}, "g1"));
  EXPECT_TRUE(Insert("t", {"b", 10, "{}", "users/a", now}, "g2"));
  EXPECT_TRUE(Insert("t", {"a", 1, "{\"é\":1}", "users/b", now}, "g3"));
  EXPECT_FALSE(Insert("t", {"a", 1, "again", "users/b", now}, "g4"));
  const auto kept = Run([&](Transaction& tx) { return store_.Load(tx, "t"); });
  EXPECT_THAT(*kept,
              ElementsAre(AllOf(Field(&StoredPolicy::policy, "a"),
                                Field(&StoredPolicy::document, "{\"é\":1}"),
                                Field(&StoredPolicy::created_by, "users/b"),
                                Field(&StoredPolicy::create_time, now)),
                          Field(&StoredPolicy::version, 2), Field(&StoredPolicy::version, 10)));
  EXPECT_THAT(*Run([&](Transaction& tx) { return store_.Load(tx, "other"); }), IsEmpty());
  EXPECT_TRUE(Run([&](Transaction& tx) { return store_.Get(tx, "t", "b", 10); })->has_value());
  EXPECT_FALSE(Run([&](Transaction& tx) { return store_.Get(tx, "t", "b", 3); })->has_value());
  EXPECT_FALSE(Run([&](Transaction& tx) { return store_.Get(tx, "other", "b", 2); })->has_value());
}

TEST_P(PolicyStoreTest, TheGenerationChangesWithWhatIsAddedAndOnlyThen) {
  EXPECT_EQ(Generation("t"), "");
  EXPECT_TRUE(Insert("t", {"a", 1, "{}", "users/a", absl::UnixEpoch()}, "g1"));
  EXPECT_EQ(Generation("t"), "g1");
  EXPECT_FALSE(Insert("t", {"a", 1, "{}", "users/a", absl::UnixEpoch()}, "g2"));
  EXPECT_EQ(Generation("t"), "g1");
  EXPECT_TRUE(Insert("t", {"a", 2, "{}", "users/a", absl::UnixEpoch()}, "g3"));
  EXPECT_EQ(Generation("t"), "g3");
  EXPECT_EQ(Generation("other"), "");
}

TEST_P(PolicyStoreTest, TheLastUseIsFoundFromADayOn) {
  EXPECT_FALSE(LastUse("t", kMay).has_value());
  for (int again = 0; again < 2; ++again) {
    EXPECT_THAT(NoteUse("t", {.version = 1, .day = kMay}), IsOk());
    EXPECT_THAT(NoteUse("t", {.version = 2, .day = kMay + 3}), IsOk());
  }
  EXPECT_EQ(LastUse("t", kMay)->day, kMay + 3);
  EXPECT_EQ(LastUse("t", kMay)->version, 2);
  EXPECT_TRUE(LastUse("t", kMay + 3).has_value());
  EXPECT_FALSE(LastUse("t", kMay + 4).has_value());
  EXPECT_FALSE(LastUse("other", kMay).has_value());
}

TEST_P(PolicyStoreTest, ChoicesAreThoseOfTheComponentOrOfTheSeries) {
  for (const auto& [component, policy] :
       {std::pair<std::string, std::string>{"c1", "x"}, {"c2", "y"}}) {
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) {
      return store_.PutChoices(tx, "t", "s", component, {{"review", policy}, {"allocation", "z"}});
    }),
                IsOk());
  }
  const auto choices = [&](std::string_view tenant, std::string_view component) {
    return *Run([&](Transaction& tx) { return store_.Choices(tx, tenant, "s", component); });
  };
  EXPECT_THAT(choices("t", "c2"),
              ElementsAre(Pair("c2", ElementsAre(Pair("allocation", "z"), Pair("review", "y")))));
  EXPECT_THAT(choices("t", ""),
              ElementsAre(Pair("c1", ::testing::SizeIs(2)), Pair("c2", ::testing::SizeIs(2))));
  EXPECT_THAT(choices("other", ""), IsEmpty());
}

}  // namespace
}  // namespace assay::moderation
