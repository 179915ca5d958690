#include "services/moderation/policy_shelf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/moderation/policies/loader.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::moderation {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsOk;

constexpr absl::CivilDay kMay(2026, 5, 1);

class PolicyShelfTest : public platform::testing::EngineTest {
 protected:
  PolicyShelfTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

  static absl::Status Insert(Transaction& tx, PolicyShelf& shelf, int marks,
                             std::string_view generation) {
    const std::string document =
        absl::StrCat(R"({"kind":"tolerance","id":"ours","version":1,"effective_from":"2026-01-01",
                        "description":"","fixed":)",
                     marks, "}");
    return shelf.store()
        .Insert(tx, "t", {.policy = "ours", .document = document, .create_time = absl::UnixEpoch()},
                generation)
        .status();
  }
  // The tolerance that the shelf's book has in hundredths; -1 if it has none.
  Mark Fixed(PolicyShelf& shelf, std::string_view tenant = "t") {
    Mark fixed = -1;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const BookPtr book, shelf.BookOf(tx, tenant));
      const Policy* policy = book->InForce("ours", kMay);
      if (policy != nullptr) fixed = policy->tolerance.fixed;
      return absl::OkStatus();
    }),
                IsOk());
    return fixed;
  }
  static PolicyBook Shipped() { return *LoadPolicies(ShippedPolicies()); }
};

INSTANTIATE_TEST_SUITE_P(Engines, PolicyShelfTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(PolicyShelfTest, WhatAnotherReplicaWroteIsReadByTheNextCommand) {
  PolicyShelf here(Shipped()), there(Shipped());
  EXPECT_EQ(Fixed(here), -1);
  EXPECT_THAT(db().WriteNow([&](Transaction& tx) { return Insert(tx, there, 2, "g1"); }), IsOk());
  EXPECT_EQ(Fixed(here), 200);
  EXPECT_EQ(Fixed(there), 200);
  EXPECT_EQ(Fixed(here, "other"), -1);
}

// A command sees its own version before it is kept; if it is not kept, nobody ever does.
TEST_P(PolicyShelfTest, WhatCameToNothingIsNotRemembered) {
  PolicyShelf shelf(Shipped());
  EXPECT_FALSE(db().WriteNow([&](Transaction& tx) -> absl::Status {
                     RETURN_IF_ERROR(Insert(tx, shelf, 3, "g1"));
                     ASSIGN_OR_RETURN(const BookPtr book, shelf.BookOf(tx, "t"));
                     EXPECT_EQ(book->InForce("ours", kMay)->tolerance.fixed, 300);
                     return absl::AbortedError("changed my mind");
                   })
                   .ok());
  EXPECT_EQ(Fixed(shelf), -1);
  EXPECT_THAT(db().WriteNow([&](Transaction& tx) { return Insert(tx, shelf, 4, "g2"); }), IsOk());
  EXPECT_EQ(Fixed(shelf), 400);
}

}  // namespace
}  // namespace assay::moderation
