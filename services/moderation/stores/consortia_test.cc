#include "services/moderation/stores/consortia.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "services/moderation/errors.h"
#include "services/moderation/store.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::moderation {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Code = absl::StatusCode;

const absl::Time kNow = absl::FromUnixSeconds(1'777'626'000);
const ConsortiumName kValley{"summer", "coursework", "valley"};

class ConsortiumStoreTest : public platform::testing::EngineTest {
 protected:
  ConsortiumStoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

  void SetUp() override {
    EngineTest::SetUp();
    Write([&](Transaction& tx) -> absl::Status {
      for (const std::string centre : {"urn-1", "urn-2", "urn-3"}) {
        Submission s{.name = {"summer", "coursework", centre},
                     .centre = "centres/" + centre,
                     .secret = std::string(32, 's'),
                     .create_time = kNow,
                     .update_time = kNow};
        if (auto status = submissions_.InsertSubmission(tx, "t", s); !status.ok()) return status;
      }
      return absl::OkStatus();
    });
  }

  void Write(absl::FunctionRef<absl::Status(Transaction&)> body) {
    EXPECT_THAT(db().WriteNow(body), IsOk());
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
  static Caller CallerOf(Reach reach) {
    return {.tenant = "t", .subject = "users/o", .reach = std::move(reach), .now = kNow};
  }
  void Join(const std::string& id, const std::string& consortium) {
    Write([&](Transaction& tx) -> absl::Status {
      auto found =
          submissions_.GetSubmission(tx, CallerOf({.all = true}), {"summer", "coursework", id});
      if (!found.ok()) return found.status();
      return store_.SetMember(tx, "t", *found, consortium);
    });
  }
  std::vector<std::string> Listed(const Reach& reach) {
    std::vector<std::string> ids;
    const auto found = Run([&](Transaction& tx) {
      return store_.List(tx, CallerOf(reach), "summer", "coursework", "", 10);
    });
    EXPECT_THAT(found, IsOk());
    for (const Consortium& one : *found) ids.push_back(one.name.id);
    return ids;
  }
  std::vector<std::string> MembersOf(const ConsortiumName& name) {
    std::vector<std::string> ids;
    const auto found = Run([&](Transaction& tx) {
      return store_.Members(tx, CallerOf({.centre = "centres/x"}), name);
    });
    EXPECT_THAT(found, IsOk());
    for (const Submission& one : *found) ids.push_back(one.name.id);
    return ids;
  }

  Store submissions_;
  ConsortiumStore store_;
  const Consortium valley_{.name = kValley,
                           .title = "Valley",
                           .secret = std::string("\0secret", 7),
                           .create_time = kNow};
};

INSTANTIATE_TEST_SUITE_P(Engines, ConsortiumStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(ConsortiumStoreTest, GivesAConsortiumBackAsItWasAndOnlyToItsTenant) {
  Write([&](Transaction& tx) { return store_.Insert(tx, "t", valley_); });
  const auto back = Run([&](Transaction& tx) { return store_.Get(tx, "t", kValley); });
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->title, "Valley");
  EXPECT_EQ(back->secret, valley_.secret);
  EXPECT_FALSE(back->secret_revealed);
  EXPECT_EQ(back->create_time, kNow);
  EXPECT_THAT(Run([&](Transaction& tx) { return store_.Get(tx, "other", kValley); }),
              IsError(Code::kNotFound, kConsortiumNotFound));
  EXPECT_THAT(Run([&](Transaction& tx) { return store_.Insert(tx, "t", valley_); }),
              IsError(Code::kAlreadyExists, kConsortiumExists));
}

TEST_P(ConsortiumStoreTest, MembersAreThoseThatJoinedWhoeverAsks) {
  Write([&](Transaction& tx) { return store_.Insert(tx, "t", valley_); });
  Join("urn-2", "valley");
  Join("urn-1", "valley");
  EXPECT_THAT(MembersOf(kValley), ElementsAre("urn-1", "urn-2"));
  Join("urn-1", "");
  EXPECT_THAT(MembersOf(kValley), ElementsAre("urn-2"));
}

TEST_P(ConsortiumStoreTest, ListsToACentreOnlyWhatItIsPartOf) {
  Write([&](Transaction& tx) { return store_.Insert(tx, "t", valley_); });
  Join("urn-1", "valley");
  EXPECT_THAT(Listed({.all = true}), ElementsAre("valley"));
  EXPECT_THAT(Listed({.centre = "centres/urn-1"}), ElementsAre("valley"));
  EXPECT_THAT(Listed({.centre = "centres/urn-3"}), IsEmpty());
  EXPECT_THAT(Listed({}), IsEmpty());
}

TEST_P(ConsortiumStoreTest, AnUpdateOfWhatHasChangedIsRefused) {
  Write([&](Transaction& tx) { return store_.Insert(tx, "t", valley_); });
  Consortium first = valley_;
  Consortium second = valley_;
  first.secret_revealed = true;
  Write([&](Transaction& tx) { return store_.Update(tx, "t", first); });
  EXPECT_EQ(first.version, 2);
  EXPECT_THAT(Run([&](Transaction& tx) { return store_.Update(tx, "t", second); }),
              IsError(Code::kAborted, "ETAG_MISMATCH"));
  EXPECT_TRUE(Run([&](Transaction& tx) { return store_.Get(tx, "t", kValley); })->secret_revealed);
  Write([&](Transaction& tx) { return store_.Delete(tx, "t", kValley); });
  EXPECT_THAT(Listed({.all = true}), IsEmpty());
}

}  // namespace
}  // namespace assay::moderation
