#include "services/evidence/stores/locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/evidence/store.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::evidence {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsOk;
using ::testing::ElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'777'626'000);
constexpr char kSubmission[] = "series/j/components/c/submissions/s";

class LockStoreTest : public platform::testing::EngineTest {
 protected:
  LockStoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

  void Put(const Lock& lock, const std::string& tenant = "t") {
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) { return locks_.Put(tx, tenant, lock); }),
                IsOk());
  }
  // Who holds a file that is linked to `subject`; "" if nobody does.
  std::string Holder(const std::string& subject, absl::Time now = kNow) {
    std::string holder;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) -> absl::Status {
      const Evidence file{.centre = "centres/a", .id = "1", .subjects = {subject}};
      const auto lock = locks_.Holding(tx, "t", file, now);
      if (!lock.ok()) return lock.status();
      if (lock->has_value()) holder = (*lock)->holder;
      return absl::OkStatus();
    }),
                IsOk());
    return holder;
  }
  LockStore locks_;
};

INSTANTIATE_TEST_SUITE_P(Engines, LockStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(LockStoreTest, ALockHoldsWhatIsLinkedToItsSubjectOrBelow) {
  Put({.subject = kSubmission, .holder = "moderation", .time = kNow});
  EXPECT_EQ(Holder(kSubmission), "moderation");
  EXPECT_EQ(Holder(std::string(kSubmission) + "/candidates/1"), "moderation");
  EXPECT_EQ(Holder("series/j/components/c/submissions/sx"), "");
  EXPECT_EQ(Holder("series/j/components/c/submissions/t"), "");
  Put({.subject = "centres/a/evidence/1", .holder = "users/q", .time = kNow});
  EXPECT_EQ(Holder("series/j/components/c/submissions/t"), "users/q");
}

TEST_P(LockStoreTest, EndsAtItsTimeOrWhenReleasedAndAnOlderWordChangesNothing) {
  Put({.subject = kSubmission, .holder = "m", .until = kNow + absl::Hours(1), .time = kNow});
  EXPECT_EQ(Holder(kSubmission), "m");
  EXPECT_EQ(Holder(kSubmission, kNow + absl::Hours(1)), "");
  Put({.subject = kSubmission, .holder = "m", .active = false, .time = kNow - absl::Hours(1)});
  EXPECT_EQ(Holder(kSubmission), "m");
  Put({.subject = kSubmission, .holder = "m", .active = false, .time = kNow});
  EXPECT_EQ(Holder(kSubmission), "");
  Put({.subject = kSubmission, .holder = "m", .time = kNow}, "another tenant");
  EXPECT_EQ(Holder(kSubmission), "");
}

TEST_P(LockStoreTest, ListsWhatIsInForceByPages) {
  for (const char* holder : {"c", "a", "b"}) {
    Put({.subject = kSubmission, .holder = holder, .time = kNow});
  }
  Put({.subject = kSubmission, .holder = "gone", .active = false, .time = kNow});
  std::vector<std::string> holders;
  std::string after;
  do {
    ASSERT_THAT(db().ReadNow([&](Transaction& tx) -> absl::Status {
      const auto page = locks_.List(tx, "t", "", kNow, after, 2);
      if (!page.ok()) return page.status();
      for (const Lock& lock : page->locks) holders.push_back(lock.holder);
      after = page->next;
      return absl::OkStatus();
    }),
                IsOk());
  } while (!after.empty());
  EXPECT_THAT(holders, ElementsAre("a", "b", "c"));
}

}  // namespace
}  // namespace assay::evidence
