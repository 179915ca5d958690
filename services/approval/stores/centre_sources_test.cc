#include "services/approval/stores/centre_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/approval/stores/duplicates.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const absl::Time kTime = absl::FromUnixMicros(1'700'000'000'123'456);

class CentreSourceStoreTest : public platform::testing::EngineTest {
 protected:
  CentreSourceStoreTest() : EngineTest({&Migrations()}) {}

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
  std::vector<SourceFacts> Load(const std::string& centre, std::string_view tenant = "body-a") {
    return InRead([&](Transaction& tx) {
      const std::string ids[] = {centre, "urn-999999"};
      return (*store_.Load(tx, tenant, ids))[centre];
    });
  }
  void Correct(const std::string& field, const std::string& value) {
    const Correction correction = {"urn-1", field, value, value.empty(), "why", "users/o", kTime};
    ASSERT_THAT(Write([&](Transaction& tx) {
                  return store_.AddCorrections(tx, "body-a", {&correction, 1});
                }),
                IsOk());
  }

  CentreSourceStore store_;
};

TEST_P(CentreSourceStoreTest, KeepsEachSourceApart) {
  const StoredSource made[] = {
      {"urn-1", {"gias", "urn-1", {{"title", "A\xE2\x80\x99s"}, {"address_lines", "x\ny"}}}, kTime},
      {"urn-1", {"uk-providers", "ukprn-2", {{"title", "B"}}}, kTime}};
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.Insert(tx, "body-a", made); }), IsOk());
  EXPECT_THAT(Load("urn-1"), ElementsAre(made[0].said, made[1].said));
  EXPECT_THAT(Load("urn-1", "body-b"), IsEmpty());
  EXPECT_TRUE(absl::IsAlreadyExists(
      Write([&](Transaction& tx) { return store_.Insert(tx, "body-a", made); })));
  StoredSource changed = made[1];
  changed.said.facts["title"] = "C";
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.Put(tx, "body-a", changed); }), IsOk());
  EXPECT_THAT(Load("urn-1"), ElementsAre(made[0].said, changed.said));
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.Move(tx, "body-a", "urn-1", "urn-3"); }),
              IsOk());
  EXPECT_THAT(Load("urn-1"), IsEmpty());
  EXPECT_EQ(Load("urn-3").size(), 2u);
  std::vector<std::pair<std::string, std::string>> origins;
  EXPECT_THAT(InRead([&](Transaction& tx) {
                return store_.ForEachOrigin(
                    tx, "body-a", "uk-providers",
                    [&](auto origin, auto centre) { origins.emplace_back(origin, centre); });
              }),
              IsOk());
  EXPECT_THAT(origins, ElementsAre(Pair("ukprn-2", "urn-3")));
}

TEST_P(CentreSourceStoreTest, TheLastCorrectionOfAFieldCounts) {
  Correct("title", "A");
  Correct("town", "Leeds");
  Correct("title", "B");
  EXPECT_THAT(Load("urn-1"),
              ElementsAre(SourceFacts{"officer", "", {{"title", "B"}, {"town", "Leeds"}}}));
  Correct("title", "");
  EXPECT_THAT(Load("urn-1"), ElementsAre(SourceFacts{"officer", "", {{"town", "Leeds"}}}));
  const auto newest =
      InRead([&](Transaction& tx) { return *store_.ListCorrections(tx, "body-a", "urn-1", 2); });
  ASSERT_EQ(newest.size(), 2u);
  EXPECT_TRUE(newest[0].withdrawn);
  EXPECT_EQ(newest[1].value, "B");
  EXPECT_EQ(newest[1].officer, "users/o");
  EXPECT_EQ(newest[1].time, kTime);
}

TEST_P(CentreSourceStoreTest, FindsCentresByTheirKeys) {
  const CentreKey keys[] = {{"urn:1", "urn-1"}, {"pc:LS14AP", "urn-1"}, {"pc:LS14AP", "urn-2"}};
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.InsertKeys(tx, "body-a", keys); }),
              IsOk());
  const auto find = [&](std::string_view tenant) {
    return InRead([&](Transaction& tx) {
      std::vector<std::string> asked = {"urn:1", "pc:LS14AP"};
      for (int i = 0; i < 450; ++i) asked.push_back("urn:none" + std::to_string(i));
      return *store_.FindKeys(tx, tenant, asked);
    });
  };
  EXPECT_THAT(find("body-a"), ElementsAre(Pair("pc:LS14AP", ElementsAre("urn-1", "urn-2")),
                                          Pair("urn:1", ElementsAre("urn-1"))));
  EXPECT_THAT(find("body-b"), IsEmpty());
  const std::string other[] = {"urn:1"};
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.SetKeys(tx, "body-a", "urn-1", other); }),
              IsOk());
  EXPECT_THAT(find("body-a"), ElementsAre(Pair("pc:LS14AP", ElementsAre("urn-2")),
                                          Pair("urn:1", ElementsAre("urn-1"))));
}

TEST_P(CentreSourceStoreTest, ListsPairsTheLikeliestFirst) {
  DuplicateStore store;
  const auto put = [&](const char* first, const char* second, int score, DuplicateState state) {
    Duplicate pair;
    pair.first = first;
    pair.second = second;
    pair.score = score;
    pair.reasons = {"SAME_UKPRN", "SAME_NAME"};
    pair.state = state;
    if (state != DuplicateState::kOpen) pair.decide_time = kTime;
    EXPECT_THAT(Write([&](Transaction& tx) { return store.Put(tx, "body-a", pair); }), IsOk());
    return pair;
  };
  const Duplicate low = put("urn-1", "urn-2", 40, DuplicateState::kOpen);
  const Duplicate high = put("urn-2", "urn-3", 90, DuplicateState::kOpen);
  const Duplicate also = put("urn-1", "urn-3", 90, DuplicateState::kOpen);
  put("urn-1", "urn-4", 95, DuplicateState::kDismissed);
  const auto list = [&](const std::string& centre, std::optional<Duplicate> after, int limit) {
    return InRead([&](Transaction& tx) {
      return *store.List(tx, "body-a", DuplicateState::kOpen, centre, after, limit);
    });
  };
  EXPECT_THAT(list("", {}, 10), ElementsAre(also, high, low));
  EXPECT_THAT(list("", also, 1), ElementsAre(high));
  EXPECT_THAT(list("urn-2", {}, 10), ElementsAre(high, low));
  EXPECT_THAT(list("urn-2", high, 10), ElementsAre(low));
  const std::string ids[] = {"urn-1", "urn-3"};
  EXPECT_EQ(InRead([&](Transaction& tx) { return *store.PairsOf(tx, "body-a", ids); }).size(), 4u);
  ASSERT_THAT(Write([&](Transaction& tx) { return store.Remove(tx, "body-a", "urn-1", "urn-2"); }),
              IsOk());
  EXPECT_THAT(InRead([&](Transaction& tx) { return store.Get(tx, "body-a", "urn-1", "urn-2"); }),
              IsError(absl::StatusCode::kNotFound, "DUPLICATE_NOT_FOUND"));
  EXPECT_THAT(InRead([&](Transaction& tx) { return store.Get(tx, "body-b", "urn-2", "urn-3"); }),
              IsError(absl::StatusCode::kNotFound, "DUPLICATE_NOT_FOUND"));
}

INSTANTIATE_TEST_SUITE_P(Engines, CentreSourceStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::approval
